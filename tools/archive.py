# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Judge a zip archive of XML parts (a workbook) before anybody opens it."""

import io
import struct
import zipfile
from collections.abc import Iterable
from typing import BinaryIO
from xml.parsers import expat

SAMPLE = 65536
# Limits of an archive: a workbook of a million lines stays below them.
MAX_DIRECTORY = 1_000_000
MAX_ENTRIES = 2_000
MAX_UNPACKED = 512 * 1024**2
MAX_STRINGS = 128 * 1024**2
# Sheets compress to a tenth, rarely to a fiftieth.
MAX_RATIO = 100
SMALL = 10 * 1024**2


class ArchiveRefused(ValueError):
    """The archive must not be opened; the message is a code: why."""


def check_archive(stream: BinaryIO):
    """Refuse an archive that would unpack to too much, or whose parts declare entities.

    Judged from its directory, before any of it is unpacked; sizes that lie there make unpacking
    fail later. Then the beginning of each part is looked at: no spreadsheet program writes a
    document type, which is where entities are declared.

    :raise ArchiveRefused: ``bomb``, ``entities`` or ``not_archive``
    """
    _check_directory_size(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_sizes(archive.infolist())
            for info in archive.infolist():
                with archive.open(info) as part:
                    _check_prolog(part)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise ArchiveRefused("not_archive") from error


def _check_directory_size(stream: BinaryIO):
    """Look at the end of the archive only: a directory may itself be too much."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - SAMPLE - 22))
    tail = stream.read()
    position = tail.rfind(b"PK\x05\x06")
    if position < 0 or len(tail) - position < 22:
        raise ArchiveRefused("not_archive")
    entries, directory = struct.unpack_from("<HI", tail, position + 10)
    if entries > MAX_ENTRIES or directory > MAX_DIRECTORY:
        raise ArchiveRefused("bomb")
    stream.seek(0)


def _check_sizes(infos: Iterable[zipfile.ZipInfo]):
    """Compare what the parts take with what they would take.

    >>> info = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
    >>> info.file_size, info.compress_size = 10**9, 10**6
    >>> _check_sizes([info])
    Traceback (most recent call last):
    archive.ArchiveRefused: bomb
    """
    infos = list(infos)
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    strings = max((info.file_size for info in infos if "sharedStrings" in info.filename), default=0)
    if (
        len(infos) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or strings > MAX_STRINGS
        or (unpacked > SMALL and unpacked > MAX_RATIO * packed)
    ):
        raise ArchiveRefused("bomb")


class _Prolog:
    """Parse the beginning of an XML part, up to its first element."""

    def __init__(self):
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self.on_doctype
        self.parser.StartElementHandler = self.on_element
        self.ended = False

    def on_doctype(self, *_declaration):
        raise ArchiveRefused("entities")

    def on_element(self, _name, _attributes):
        self.ended = True


def _check_prolog(part: BinaryIO):
    prolog = _Prolog()
    while not prolog.ended and (block := part.read(SAMPLE)):
        try:
            prolog.parser.Parse(block, False)
        except expat.ExpatError:  # a picture, or XML that will not be parsed later either
            return
