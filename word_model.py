# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""A letter written in Word (.docx), judged and turned into a mould. Nothing in it is evaluated.

Merge fields are Word's own (``MERGEFIELD``) and ``{{ name ||| fallback }}`` anywhere in the text.
Knows nothing of records: names come in, and out.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field

from .tools.archive import ArchiveRefused, check_archive

MAX_SIZE = 10 * 1024**2
MAX_UNPACKED = 60 * 1024**2
# A letter, not a book: five hundred of them make one document.
MAX_TEXT = 400_000
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# Parts of other programs, and programs.
FOREIGN_PART = re.compile(r"vbaProject|vbaData|/activeX/|/embeddings/|/afchunk", re.IGNORECASE)
# What Word works out by itself, from the letter alone.
HARMLESS_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "DATE", "TIME", "PRINTDATE"}
HARMLESS_LINKS = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
FIELD = re.compile(r'\s*(\w+)\s*(?:"([^"]*)"|(\S*))')


class WordError(Exception):
    """A model cannot be used. ``args``: a code and what is to blame.

    Codes: ``package`` (Python package that is missing), ``size``, ``not_word``, ``macros``,
    ``foreign``, ``bomb``, ``entities``, ``link``, ``instruction``, ``changes``, ``notes``,
    ``header`` and ``field``.
    """


@dataclass
class Slot:
    """A merge field of a model: its name as it is written, and what stands in for nothing."""

    name: str
    fallback: str = ""


@dataclass
class Model:
    """A model that was judged. ``slots``: number -> merge field; ``document``: python-docx's."""

    document: object
    slots: list[Slot] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)  # names in headers and footers

    @property
    def names(self) -> set[str]:
        """Names of all merge fields."""
        return {slot.name for slot in self.slots}


def open_model(content: bytes, mark=lambda number: f"[{number}]") -> Model:
    """Open a model and replace each of its merge fields by a mark.

    :param content: the .docx
    :param mark: number of a slot -> text, letters and digits
    :raise WordError: see there
    """
    docx = import_docx()
    _check_content(content)
    try:
        document = docx.Document(io.BytesIO(content))
    except Exception as error:  # whatever is in it, python-docx says it in its own ways
        raise WordError("not_word", str(error)) from error
    _check_parts(document)
    model = Model(document)
    _read(model, document.element.body, mark)
    in_body = len(model.slots)
    for part in _list_margins(document):
        _read(model, part.element, mark)
    model.shared = {slot.name for slot in model.slots[in_body:]}
    return model


def import_docx():
    """Return the package python-docx.

    :raise WordError: it is not installed
    """
    try:
        import docx
    except ImportError as error:
        raise WordError("package", "python-docx") from error
    return docx


# --- judging ---


def _check_content(content):
    """Judge the archive before anything of it is parsed."""
    if len(content) > MAX_SIZE:
        raise WordError("size", MAX_SIZE // 1024**2)
    try:
        check_archive(io.BytesIO(content))
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (ArchiveRefused, zipfile.BadZipFile) as error:
        code = str(error)
        raise WordError(code if code in ("bomb", "entities") else "not_word", "") from error
    with archive:
        infos = archive.infolist()
        if sum(info.file_size for info in infos) > MAX_UNPACKED:
            raise WordError("bomb", "")
        if len({info.filename.lower() for info in infos}) != len(infos):
            raise WordError("not_word", "")  # which of two parts counts is anybody's guess
        for info in infos:
            if FOREIGN_PART.search(f"/{info.filename}"):
                is_macro = "vba" in info.filename.lower()
                raise WordError("macros" if is_macro else "foreign", info.filename)
            if info.filename == "word/document.xml" and info.file_size > MAX_TEXT:
                raise WordError("size", "")


def _check_parts(document):
    """Judge the type of the document and what its parts point to outside of it."""
    main = document.part
    if main.content_type != MAIN_TYPE or document.element.find(f"{WORD}body") is None:
        raise WordError("macros" if "macro" in main.content_type.lower() else "not_word", "")
    for part in main.package.iter_parts():
        for relation in list(part.rels.values()):
            kind = relation.reltype.rsplit("/", 1)[-1]
            if kind.startswith("mailMerge") or kind == "recipientData":
                part.rels.pop(relation.rId)  # the list that Word itself was to merge with
            elif relation.is_external and not (
                kind == "hyperlink" and HARMLESS_LINKS.match(relation.target_ref)
            ):
                raise WordError("link", relation.target_ref)
    settings = document.settings.element
    for node in settings.findall(f"{WORD}mailMerge"):
        settings.remove(node)


def _list_margins(document):
    """List the parts of headers and footers."""
    kinds = ("/header", "/footer")
    return [rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith(kinds)]


# --- merge fields ---


def _read(model, root, mark):
    """Replace the merge fields below a node by marks, and leave out what copies must not have."""
    _check_nodes(root)
    for node in list(root.iter(f"{WORD}fldSimple")):
        _replace_simple(model, node, mark)
    for paragraph in root.iter(f"{WORD}p"):
        _replace_complex(model, paragraph, mark)
        _replace_placeholders(model, paragraph, mark)


def _check_nodes(root):
    for name, code in (
        ("ins", "changes"),
        ("del", "changes"),
        ("moveFrom", "changes"),
        ("moveTo", "changes"),
        ("footnoteReference", "notes"),
        ("endnoteReference", "notes"),
        ("altChunk", "foreign"),
        ("object", "foreign"),
        ("control", "foreign"),
        ("subDoc", "foreign"),
    ):
        if next(root.iter(f"{WORD}{name}"), None) is not None:
            raise WordError(code, name)
    unwanted = ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd")
    unwanted += ("commentReference", "proofErr", "lastRenderedPageBreak")
    for name in unwanted:
        for node in list(root.iter(f"{WORD}{name}")):
            node.getparent().remove(node)


def _add_slot(model, instruction, mark):
    """Return the mark of a merge field; None for another field that may stay.

    :raise WordError: ``instruction``: a field that reads or computes something
    """
    found = FIELD.match(instruction)
    kind = found[1].upper() if found else ""
    if kind == "MERGEFIELD":
        model.slots.append(Slot(found[2] or found[3]))
        return mark(len(model.slots) - 1)
    if kind in HARMLESS_FIELDS or (kind == "HYPERLINK" and HARMLESS_LINKS.match(found[2] or "")):
        return None
    raise WordError("instruction", instruction.strip()[:80])


def _replace_simple(model, node, mark):
    """Turn ``<w:fldSimple>`` into one run with the mark."""
    text = _add_slot(model, node.get(f"{WORD}instr") or "", mark)
    if text is None:
        return
    run = node.find(f"{WORD}r")
    run = run if run is not None else node.makeelement(f"{WORD}r")
    _set_text(run, text)
    node.getparent().replace(node, run)


def _replace_complex(model, paragraph, mark):
    """Turn a field that runs from ``begin`` to ``end`` into one run with the mark."""
    runs, instruction, shown, depth = [], "", None, 0
    for run in _list_own(paragraph, "r"):
        for node in run:
            kind = node.get(f"{WORD}fldCharType") if node.tag == f"{WORD}fldChar" else None
            if kind == "begin":
                depth += 1
                runs, instruction, shown = [], "", None
            elif kind == "separate":
                shown = run.getnext()
            elif node.tag == f"{WORD}instrText":
                instruction += node.text or ""
            if depth > 1:
                raise WordError("instruction", instruction.strip()[:80])
            if kind == "end":
                depth -= 1
                _merge_runs(model, [*runs, run], instruction, shown, mark)
        if depth:
            runs.append(run)
    if depth:
        raise WordError("instruction", instruction.strip()[:80])


def _merge_runs(model, runs, instruction, shown, mark):
    """Keep one run of a field, that of its result where it looks like one."""
    text = _add_slot(model, instruction, mark)
    if text is None:
        return
    kept = shown if shown in runs else runs[0]
    _set_text(kept, text)
    for run in runs:
        if run is not kept:
            run.getparent().remove(run)


def _set_text(run, text):
    """Leave a run its looks and give it one text."""
    for node in list(run):
        if node.tag != f"{WORD}rPr":
            run.remove(node)
    node = run.makeelement(f"{WORD}t")
    node.set(SPACE, "preserve")
    node.text = text
    run.append(node)


def _replace_placeholders(model, paragraph, mark):
    """Replace ``{{ name ||| fallback }}``, which Word likes to cut into several runs."""
    nodes = _list_own(paragraph, "t")
    text = "".join(node.text or "" for node in nodes)
    for found in reversed(list(PLACEHOLDER.finditer(text))):
        name, _bar, fallback = found[1].replace("\xa0", " ").partition("|||")
        model.slots.append(Slot(name.strip(), fallback.strip()))
        _put(nodes, found.span(), mark(len(model.slots) - 1))


def _put(nodes, span, text):
    """Put a text in the place of others, which may stand in several nodes."""
    start, end = span
    position = 0
    for node in nodes:
        own = node.text or ""
        before, after = max(0, start - position), max(0, end - position)
        position += len(own)
        if before < len(own) and after > 0:
            node.text = own[:before] + text + own[after:]
            node.set(SPACE, "preserve")
            text = ""  # what follows of it goes


def _list_own(paragraph, name):
    """List the nodes of a paragraph that are not in a paragraph inside of it (a text box)."""
    return [
        node
        for node in paragraph.iter(f"{WORD}{name}")
        if next(node.iterancestors(f"{WORD}p"), None) is paragraph
    ]
