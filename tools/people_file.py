# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Read people from a CSV file whose encoding, separator and columns nobody described.

Everything is read as it comes: a file is never held in memory as a whole.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

# The headers that are recognised, as people write them; accents, case, spaces and punctuation do
# not matter. The first ones are those shown as examples.
HEADERS = {
    "reference": (
        *("Reference", "Référence", "Code client", "Ref", "Réf", "Client code", "Customer code"),
        *("Customer reference", "Client reference", "Internal reference", "Référence interne"),
        *("Référence client", "Customer number", "Numéro client", "N° client", "No client"),
    ),
    "email": (
        *("Email", "E-mail", "Courriel", "Mail", "Adresse e-mail", "Email address"),
        *("Adresse mail", "Adresse électronique", "Mél", "email_from"),
    ),
    "phone": (
        *("Phone", "Téléphone", "Tel", "Mobile", "Portable", "Phone number", "Telephone"),
        *("Numéro de téléphone", "N° de téléphone", "Téléphone mobile", "Téléphone portable"),
        *("Téléphone fixe", "Mobile phone", "Cell phone", "GSM", "Tél. mobile", "Tél. portable"),
    ),
    "name": (
        *("Name", "Nom", "Nom complet", "Contact", "Full name", "Complete name", "Display name"),
        *("Contact name", "Nom du contact", "Nom et prénom", "Prénom et nom", "Nom prénom"),
    ),
    "first_name": ("First name", "Prénom", "Given name", "Forename"),
    "last_name": ("Last name", "Nom de famille", "Family name", "Surname"),
    "company": (
        *("Company", "Société", "Entreprise", "Raison sociale", "Company name", "Organisation"),
        *("Nom de la société", "Nom de l'entreprise", "Organization", "partner_name"),
        *("Parent company", "Société liée", "Établissement", "Account"),
    ),
}

# A cell is refused beyond so many characters, and shown cut.
CELL_LENGTH = 500
# What a spreadsheet would run: such a cell hides what the file really says.
FORMULA_STARTS = ("=", "@")

SEPARATORS = (",", ";", "\t", "|")
# Bytes looked at to guess the separator, and at a time elsewhere.
SAMPLE = 65536
# Characters of a line, without which a file without line ends would be one text.
LINE_LENGTH = 1_000_000

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Files of other kinds that often get another name.
OTHER_KINDS = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
CONTROL_CHARACTERS = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
# An accented letter of UTF-8, which makes no sense in Windows-1252 ("Ã©").
UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
# Bytes that Windows-1252 does not define.
NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


class PeopleFileError(ValueError):
    """The whole file is refused.

    :param str code: why; the caller puts it in words
    :param details: figures and texts of that reason
    """

    def __init__(self, code: str, **details):
        super().__init__(f"{code} {details}" if details else code)
        self.code = code
        self.details = details


class Person(NamedTuple):
    """What a line of the file says; empty texts where it says nothing.

    ``problem`` is the reason to refuse the line (``formula``, ``control``, ``too_long``,
    ``blank``), or empty.
    """

    line_number: int
    reference: str
    email: str
    phone: str
    name: str
    company: str
    problem: str


def normalise(header: str) -> str:
    """Give what counts in a header.

    >>> normalise(" Adresse E-Mail "), normalise("PRÉNOM"), normalise("N° client")
    ('adresseemail', 'prenom', 'nclient')
    """
    letters = unicodedata.normalize("NFKD", header.replace("°", "")).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


FIELDS = {normalise(header): field for field, headers in HEADERS.items() for header in headers}


def recognise(headers: Iterable[str]) -> dict[str, list[int]]:
    """Give the columns of each field, from left to right; other columns are left aside.

    >>> recognise(["Nom", "Notes", "Téléphone", "Mobile"])
    {'name': [0], 'phone': [2, 3]}
    >>> recognise(["ann@example.com", "Ann"])
    {}
    """
    columns = {}
    for index, header in enumerate(headers):
        if field := FIELDS.get(normalise(header)):
            columns.setdefault(field, []).append(index)
    return columns


def describe_headers(count: int = 5) -> dict[str, tuple[str, ...]]:
    """Give the first headers that each field is recognised by, to be shown.

    >>> describe_headers(2)["email"]
    ('Email', 'E-mail')
    """
    return {field: headers[:count] for field, headers in HEADERS.items()}


def read_people(
    rows: Iterable[tuple[int, Sequence[str]]], max_lines: int = 1_000_000
) -> Iterator[Person]:
    """Read people from the rows of a file, of which the first that is not blank holds the headers.

    Lazy: one row at a time. Blank rows are passed over.

    :param rows: number of the line in the file, cells
    :raise PeopleFileError: ``empty``, ``no_headers`` (details: ``found``), ``too_many_lines``

    >>> rows = [(1, ["Nom", "Prénom", "Mail"]), (2, ["Roy", "Ann", "ann@example.com"]), (3, [""])]
    >>> [(person.line_number, person.name, person.email) for person in read_people(rows)]
    [(2, 'Ann Roy', 'ann@example.com')]
    """
    columns = None
    count = 0
    for position, (line_number, cells) in enumerate(rows):
        if position > 2 * max_lines:  # blank rows count in the end
            raise PeopleFileError("too_many_lines", limit=max_lines)
        if not any(cells):
            continue
        if columns is None:
            columns = _find_columns(cells)
            continue
        count += 1
        if count > max_lines:
            raise PeopleFileError("too_many_lines", limit=max_lines)
        yield _read_person(line_number, cells, columns)
    if not count:
        raise PeopleFileError("empty")


def _find_columns(headers: Sequence[str]) -> dict[str, list[int]]:
    columns = recognise(headers)
    if not columns:
        found = [header.strip()[:40] for header in headers if header.strip()]
        raise PeopleFileError("no_headers", found=found[:10])
    return columns


def _read_person(line_number: int, cells: Sequence[str], columns: dict) -> Person:
    found = {}
    problem = ""
    for field, indexes in columns.items():
        found[field], wrong = _read_cell(cells, indexes)
        problem = problem or wrong
    name = _join_name(*(found.get(field, "") for field in ("name", "first_name", "last_name")))
    if not any(found.values()):
        problem = "blank"
    return Person(
        line_number,
        *(found.get(field, "") for field in ("reference", "email", "phone")),
        name[:CELL_LENGTH],
        found.get("company", ""),
        problem,
    )


def _read_cell(cells: Sequence[str], indexes: list[int]) -> tuple[str, str]:
    """Give the first text of some columns, and what is wrong with it or an empty text."""
    for index in indexes:
        text = cells[index].strip() if index < len(cells) else ""
        if "\0" in text:  # no database can hold it
            return text.replace("\0", "")[:CELL_LENGTH], "control"
        if text.startswith(FORMULA_STARTS):
            return text[:CELL_LENGTH], "formula"
        if len(text) > CELL_LENGTH:
            return text[:CELL_LENGTH], "too_long"
        if text:
            return text, ""
    return "", ""


def _join_name(name: str, first_name: str, last_name: str) -> str:
    """Give the whole name; "nom" is a family name where there is a first name beside.

    >>> _join_name("Roy", "Ann", ""), _join_name("Ann Roy", "Ann", ""), _join_name("", "A", "Roy")
    ('Ann Roy', 'Ann Roy', 'A Roy')
    """
    if first_name and last_name:
        return f"{first_name} {last_name}"
    if first_name and f" {first_name} ".casefold() not in f" {name} ".casefold():
        return f"{first_name} {name}".strip()
    return name or last_name


# --- CSV ---


def read_csv(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Read rows, each with the number of the line of the file on which it begins.

    :param stream: binary file that can be read from its start again
    :raise PeopleFileError: ``not_text``, ``encoding``, ``nul`` or ``quotes``, with details

    >>> rows = read_csv(io.BytesIO("Nom;Ville\\nZoé;Vitré".encode("cp1252")))
    >>> list(rows)
    [(1, ['Nom', 'Ville']), (2, ['Zoé', 'Vitré'])]
    """
    encoding = guess_encoding(stream)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding, newline="")
    try:
        separator = _guess_separator(text)
        text.seek(0)
        yield from _read_rows(text, separator)
    except UnicodeError as error:
        raise PeopleFileError("encoding", encoding=encoding, line=0) from error
    finally:
        text.detach()


def guess_encoding(stream: BinaryIO) -> str:
    """Give the encoding of the whole file: what its byte order mark says, UTF-8, or Windows-1252.

    :raise PeopleFileError: ``not_text`` or ``encoding``, with the line at which it shows

    >>> guess_encoding(io.BytesIO("é".encode())), guess_encoding(io.BytesIO("é".encode("cp1252")))
    ('utf-8', 'cp1252')
    """
    stream.seek(0)
    head = stream.read(SAMPLE)
    if head.startswith(OTHER_KINDS):
        raise PeopleFileError("not_text")
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    line = _find_foreign_line(stream)
    if not line:
        encoding = "utf-8"
    elif _is_cp1252(stream):
        encoding = "cp1252"
    else:
        raise PeopleFileError("encoding", encoding="utf-8", line=line)
    if CONTROL_CHARACTERS.search(head.decode(encoding, "ignore")):
        raise PeopleFileError("not_text")
    return encoding


def _find_foreign_line(stream: BinaryIO) -> int:
    """Give the number of the first line that is not UTF-8, 0 when there is none."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    line = 1
    for block in _read_blocks(stream):
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return line + block[: error.start].count(b"\n")
        line += block.count(b"\n")
    return 0


def _is_cp1252(stream: BinaryIO) -> bool:
    stream.seek(0)
    return not any(
        NOT_CP1252.search(block) or UTF8_LETTER.search(block) for block in _read_blocks(stream)
    )


def _read_blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Give the file in blocks, the last one empty."""
    while block := stream.read(16 * SAMPLE):
        yield block
    yield b""


def _guess_separator(text: io.TextIOWrapper) -> str:
    """Give the separator that makes most of the first row: known headers, then cells."""
    sample = text.read(SAMPLE).lstrip("\ufeff")
    lines = [line for line in sample.splitlines(keepends=True)[:50] if line.strip()]
    if lines and (named := re.fullmatch(r"sep=(.)\s*", lines[0])):  # as Excel writes and reads it
        return named[1]
    scores = []
    for separator in SEPARATORS:
        try:
            row = next(csv.reader(lines, delimiter=separator), [])
        except csv.Error:
            row = []
        scores.append((len(recognise(row)), len(row)))
    return SEPARATORS[scores.index(max(scores))]


def _read_rows(text: io.TextIOWrapper, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_read_lines(text), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            if not (line == 1 and len(row) <= 2 and row and row[0].startswith("sep=")):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise PeopleFileError("quotes", line=line) from error


def _read_lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(LINE_LENGTH):
        number += 1
        if "\0" in line:
            raise PeopleFileError("nul", line=number)
        if len(line) >= LINE_LENGTH:
            raise PeopleFileError("not_text")
        yield line
