# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Files of rows, written one row at a time: workbook, comma-separated values, XML."""

import csv
import io
import re

import xlsxwriter
from lxml import etree

# Characters that XML 1.0 cannot hold at all.
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_xlsx(stream, labels, rows):
    """Write a workbook with one sheet, row by row."""
    workbook = xlsxwriter.Workbook(
        stream,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, labels, workbook.add_format({"bold": 1}))
    for line, texts in enumerate(rows, start=1):
        sheet.write_row(line, 0, texts)
    workbook.close()


def write_csv(stream, labels, rows):
    """Write comma-separated values, with the mark by which spreadsheets know UTF-8."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(labels)
    writer.writerows(rows)
    text.flush()
    text.detach()


def write_xml(stream, columns, rows, about):
    """Write recipients as XML, valid against ``static/xsd/recipients.xsd``.

    :param columns: pairs (label, expression)
    :param rows: tuples (id of the recipient, texts)
    :param dict about: attributes of the root, see the schema
    """
    about = {name: NO_XML.sub("", text) for name, text in about.items()}
    with etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("recipients", version="1", **about):
            for recipient_id, texts in rows:
                node = etree.Element("recipient", id=str(recipient_id))
                for (label, expression), text in zip(columns, texts, strict=True):
                    field = etree.SubElement(
                        node, "field", name=expression, label=NO_XML.sub("", label)
                    )
                    field.text = NO_XML.sub("", text)
                xml.write(node)
