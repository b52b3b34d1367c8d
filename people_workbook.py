# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Read the rows of a file of people, whatever its kind: an XLSX workbook, else CSV.

The kind is told from the content, never from the name. ``openpyxl`` is a library that the host
always has; a workbook is judged before it is opened.
"""

import logging
import math
from collections.abc import Iterator
from typing import BinaryIO

import openpyxl

from .tools.archive import ArchiveRefused, check_archive
from .tools.people_file import PeopleFileError, read_csv

_logger = logging.getLogger(__name__)

ZIP_START = b"PK\x03\x04"
OLE_START = b"\xd0\xcf\x11\xe0"
# Columns of the widest sheet that a spreadsheet program can hold.
SHEET_WIDTH = 16384


def read_rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Read rows lazily, each with its number in the file.

    A formula is given as text that begins with ``=``, never as its result.

    :param stream: binary file that can be read from its start again
    :raise PeopleFileError: the file cannot be read; see ``tools/people_file.py``, and
        ``old_workbook``, ``bomb``, ``entities``, ``not_workbook``
    """
    stream.seek(0)
    start = stream.read(4)
    if start == OLE_START:
        raise PeopleFileError("old_workbook")
    return _read_workbook(stream) if start == ZIP_START else read_csv(stream)


def _read_workbook(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    try:
        check_archive(stream)
        workbook = openpyxl.load_workbook(stream, read_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        # Not to be trusted: some programs write a wrong one.
        sheet.reset_dimensions()
        rows = enumerate(sheet.iter_rows(values_only=True), 1)
        while row := next(rows, None):
            number, cells = row
            if len(cells) > SHEET_WIDTH:
                raise PeopleFileError("not_workbook")
            yield number, [_to_text(cell) for cell in cells]
    except ArchiveRefused as error:
        code = str(error)
        raise PeopleFileError("not_workbook" if code == "not_archive" else code) from error
    except PeopleFileError:
        raise
    except Exception as error:
        # A broken workbook breaks the library in any way; only the file is to blame.
        _logger.info("A workbook cannot be read", exc_info=True)
        raise PeopleFileError("not_workbook") from error


def _to_text(value) -> str:
    """Give the text of a cell as a person would write it in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    if hasattr(value, "ref"):  # formulas over several cells come as objects
        return "="
    return str(value)
