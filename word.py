# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Letters from a Word model: one .docx for many people, each letter a section of its own.

Headers, footers, pictures and styles are the model's. Same input, same bytes. Needs the Python
package python-docx, only when it is used.
"""

import copy
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from .tools.mail_merge import Slots
from .word_model import WORD, import_docx, open_model

DRAWING_ID = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
# No XML can hold these.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What stands before the numbers of pages (the schema wants an order).
BEFORE_NUMBERS = ("headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz")
BEFORE_NUMBERS += ("pgMar", "paperSrc", "pgBorders", "lnNumType")
MARGINS = ("header", "footer", "first_page_header", "first_page_footer")
MARGINS += ("even_page_header", "even_page_footer")


@dataclass
class WordDocument:
    """Letters in one .docx. ``places``: key -> (first block of the body, number of blocks)."""

    content: bytes
    places: dict[int, tuple[int, int]]


def read_names(content: bytes) -> tuple[set[str], set[str]]:
    """Return the names of the merge fields of a model: all, and those of headers and footers.

    :raise WordError: the model cannot be used
    """
    model = open_model(content)
    return model.names, model.shared


def build_word(content: bytes, letters: Mapping[int, Mapping[str, str]]) -> WordDocument:
    """Write the letters of a model one after the other.

    :param content: the model
    :param letters: key -> (name of a merge field -> text); not empty. Headers and footers take
        the texts of the first letter
    :raise WordError: the model cannot be used
    """
    slots = Slots(f"x{hashlib.sha256(content).hexdigest()[:20]}x")
    model = open_model(content, lambda number: slots[f"v{number}"])
    _fill_margins(model, slots, next(iter(letters.values())))
    lists = _number_lists(model, slots, len(letters))
    drawings = _mark_drawings(model, slots)
    head, moulds, tail, extent = _cut_body(model, slots)
    pieces, places = [head], {}
    for position, (key, texts) in enumerate(letters.items()):
        values = {f"v{number}": _write(slot, texts) for number, slot in enumerate(model.slots)}
        values |= {name: str(numbers[position]) for name, numbers in lists.items()}
        values |= {f"d{n}": str(position * drawings + n + 1) for n in range(drawings)}
        pieces.append(moulds[position == len(letters) - 1].fill(values))
        places[key] = (position * extent, extent)
    return WordDocument(_pack(model.document, "".join([*pieces, tail])), places)


def extract(content: bytes, places: Iterable[tuple[int, int]]) -> bytes:
    """Take letters out of a document that ``build_word`` made; they follow each other.

    :param places: (first block, number of blocks), in the order wanted; not empty
    """
    document = import_docx().Document(io.BytesIO(content))
    body = document.element.body
    *blocks, end = list(body)
    kept = [block for first, count in places for block in blocks[first : first + count]]
    for block in blocks:
        body.remove(block)
    for block in kept:
        end.addprevious(block)
    _drop_last_break(body, kept[-1])
    return _pack(document, etree.tostring(document.element, encoding="unicode"))


# --- texts ---


def _write(slot, texts):
    """Write the value of a merge field as XML; its lines are lines in Word too."""
    text = FORBIDDEN.sub("", texts.get(slot.name) or "") or slot.fallback
    return escape(text.strip()).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')


def _fill_margins(model, slots, texts):
    """Fill what all letters share, in headers and footers."""
    for relation in model.document.part.rels.values():
        if relation.reltype.endswith(("/header", "/footer")):
            for node in relation.target_part.element.iter(f"{WORD}t"):
                mould = slots.cut(node.text or "")
                values = {
                    f"v{number}": (texts.get(slot.name) or slot.fallback).replace("\n", " ")
                    for number, slot in enumerate(model.slots)
                }
                node.text = FORBIDDEN.sub("", mould.fill(values))


# --- what must be different in each letter ---


def _mark_drawings(model, slots):
    """Have pictures numbered through the document; return how many a letter has."""
    body = model.document.element.body
    for node in body.iter():
        if not isinstance(node.tag, str):
            continue
        for name in list(node.attrib):
            if name.endswith(("}paraId", "}textId")):
                del node.attrib[name]  # names of paragraphs, which nobody else may bear
    drawings = list(body.iter(DRAWING_ID))
    for number, node in enumerate(drawings):
        node.set("id", slots[f"d{number}"])
    for node in list(body.iter(f"{WORD}sdtPr")):
        for own in node.findall(f"{WORD}id"):
            node.remove(own)
    return len(drawings)


def _number_lists(model, slots, count):
    """Have numbered lists begin anew in each letter.

    :return: name of a slot -> numbers of the list, one a letter
    :rtype: dict[str, list[str]]
    """
    nodes = list(model.document.element.body.iter(f"{WORD}numId"))
    if not nodes:
        return {}
    numbering = model.document.part.numbering_part.element
    known = {node.get(f"{WORD}numId"): node for node in numbering.findall(f"{WORD}num")}
    following = max(map(int, known), default=0) + 1
    lists = {}
    for number, source in known.items():
        used = [node for node in nodes if node.get(f"{WORD}val") == number]
        if not used or source.find(f"{WORD}abstractNumId") is None:
            continue
        numbers = [number, *(str(n) for n in range(following, following + count - 1))]
        following += count - 1
        for other in numbers[1:]:
            source.getparent().insert(_find_end(numbering), _copy_list(source, other))
        for node in used:
            node.set(f"{WORD}val", slots[f"n{number}"])
        lists[f"n{number}"] = numbers
    return lists


def _find_end(numbering):
    """Find where lists end in the part that describes them."""
    return 1 + max(position for position, node in enumerate(numbering) if node.tag == f"{WORD}num")


def _copy_list(source, number):
    """Copy a list under another number; it begins at the beginning."""
    twin = copy.deepcopy(source)
    twin.set(f"{WORD}numId", number)
    overridden = {node.get(f"{WORD}ilvl") for node in twin.findall(f"{WORD}lvlOverride")}
    for level in (str(n) for n in range(9)):
        if level not in overridden:
            override = etree.SubElement(twin, f"{WORD}lvlOverride", {f"{WORD}ilvl": level})
            etree.SubElement(override, f"{WORD}startOverride", {f"{WORD}val": "1"})
    return twin


# --- sections ---


def _cut_body(model, slots):
    """Cut the document into what stands before the letters, a letter, and what stands after them.

    :return: head, (letter that others follow, last letter), tail, number of blocks of a letter
    """
    document = model.document
    _separate_margins(document)
    body = document.element.body
    end = body.find(f"{WORD}sectPr")
    if end is None:
        end = etree.SubElement(body, f"{WORD}sectPr")
    _begin_page(next(body.iter(f"{WORD}sectPr")))
    paragraph = _find_last_paragraph(body, end)
    extent = len(body) - 1
    body.insert(0, etree.Comment(slots["begin"]))
    end.addprevious(etree.Comment(slots["end"]))
    head, last, tail = _split(document, slots)
    _add_break(paragraph, end)
    _head, letter, _tail = _split(document, slots)
    return head, (slots.cut(letter), slots.cut(last)), tail, extent


def _split(document, slots):
    text = etree.tostring(document.element, encoding="unicode")
    head, rest = text.split(f"<!--{slots['begin']}-->")
    return head, *rest.split(f"<!--{slots['end']}-->")


def _separate_margins(document):
    """Give the first section headers of its own where the letter before would lend it others."""
    first, *others = document.sections
    for name in MARGINS:
        mine = getattr(first, name)
        if mine.is_linked_to_previous and any(
            not getattr(section, name).is_linked_to_previous for section in others
        ):
            mine.is_linked_to_previous = False


def _begin_page(section):
    """Have a section begin on a page of its own, which is page 1."""
    kind = section.find(f"{WORD}type")
    if kind is not None and kind.get(f"{WORD}val") in ("continuous", "nextColumn"):
        section.remove(kind)
    numbers = section.find(f"{WORD}pgNumType")
    if numbers is None:
        numbers = section.makeelement(f"{WORD}pgNumType")
        before = [f"{WORD}{name}" for name in BEFORE_NUMBERS]
        section.insert(sum(node.tag in before for node in section), numbers)
    numbers.set(f"{WORD}start", "1")


def _find_last_paragraph(body, end):
    """Return the paragraph that will hold the break after a letter; make one after a table."""
    last = end.getprevious()
    if last is None or last.tag != f"{WORD}p" or last.find(f"{WORD}pPr/{WORD}sectPr") is not None:
        last = body.makeelement(f"{WORD}p")
        end.addprevious(last)
    return last


def _add_break(paragraph, end):
    properties = paragraph.find(f"{WORD}pPr")
    if properties is None:
        properties = paragraph.makeelement(f"{WORD}pPr")
        paragraph.insert(0, properties)
    change = properties.find(f"{WORD}pPrChange")
    position = len(properties) if change is None else properties.index(change)
    properties.insert(position, copy.deepcopy(end))


def _drop_last_break(body, last):
    """Have the last section end with the document."""
    section = last.find(f"{WORD}pPr/{WORD}sectPr")
    if section is not None:
        body.replace(body.find(f"{WORD}sectPr"), section)


# --- files ---


def _pack(document, text):
    """Write the package with another text.

    :param str text: XML of the main part
    """
    stream, result = io.BytesIO(), io.BytesIO()
    document.save(stream)
    name = document.part.partname.lstrip("/")
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(result, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == name:
                declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
                data = (declaration + text).encode()
            # No date: the same letters are the same bytes.
            target.writestr(zipfile.ZipInfo(info.filename), data, zipfile.ZIP_DEFLATED)
    return result.getvalue()
