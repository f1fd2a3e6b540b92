"""Reads Word documents in one XML file: Word 2003 XML (WordprocessingML) and flat packages of Word 2007 and later.

Both hold what a .docx holds. A flat package (pkg:package) has the very same parts in one file. Word 2003 XML says
nearly the same in an older namespace: notes, comments, headers and footers stand in the body, deletions are
annotations, vertical merges are spelt in small letters, and lists have other names. So both are put into the parts of a
package, which the .docx reader reads.

Specification: Office 2003 XML Reference Schemas (Microsoft, 2004); ECMA-376 part 2 for packages.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from lxml import etree

from extract.document import Document
from extract.errors import ReadError
from extract.language import Message
from extract.readers import docx
from extract.readers.numbering import format_of_code
from extract.readers.package import parse_xml

FORMAT = "wordxml"

_Element = etree._Element

_HEAD = 8192
_PROLOGUE = rb"(?:\s|<\?[^>]*>|<!--(?:(?!-->)[\s\S])*+-->)*+"
_ROOT = re.compile(_PROLOGUE + rb"<(?:[\w.-]+:)?(?:wordDocument(?=[\s>])|package\s[^>]*?/2006/xmlPackage)")


def accepts(data: bytes) -> bool:
    """Whether `data` is XML whose first element is a Word 2003 document or a flat package."""
    # UTF-16 looks like ASCII without its zero bytes, and the names are ASCII.
    return _ROOT.match(data[:_HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe").translate(None, b"\0")) is not None


def read(data: bytes) -> Document:
    """The content of the document `data`: the body, then headers, footers, notes and comments as asides.

    Raises ReadError `wordxml.lost_merges` and the codes of the .docx reader under this one's name.
    """
    root = parse_xml(data, FORMAT, Message("Word XML file", "Word XML 文件"))
    parts = _parts_of_package(root) if etree.QName(root).localname == "package" else _parts_of_document(root)
    try:
        return replace(docx.read(_pack(parts)), format=FORMAT)
    except ReadError as error:
        raise ReadError(error.code.replace(docx.FORMAT, FORMAT, 1), error.message) from error


class _Part(NamedTuple):
    name: str
    content_type: str
    content: bytes


def _pack(parts: list[_Part]) -> bytes:
    """The parts as a package."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as package:
        package.writestr("[Content_Types].xml", _content_types(parts))
        for part in parts:
            package.writestr(part.name, part.content)
    return packed.getvalue()


def _content_types(parts: list[_Part]) -> bytes:
    types = etree.Element(f"{_TYPES}Types")
    for part in parts:
        etree.SubElement(types, f"{_TYPES}Override", PartName=f"/{part.name}", ContentType=part.content_type)
    return etree.tostring(types)


_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"


# --- Flat packages ---

_PACKAGE = "{http://schemas.microsoft.com/office/2006/xmlPackage}"


def _parts_of_package(root: _Element) -> list[_Part]:
    """The parts of a flat package that are XML; pictures and other binary parts have no text, and nothing refers to a
    part without a name."""
    return [
        _Part(name, str(part.get(f"{_PACKAGE}contentType", "")), etree.tostring(content))
        for part in root.iterchildren(f"{_PACKAGE}part")
        if (name := str(part.get(f"{_PACKAGE}name", "")).strip("/"))
        for data in part.iterchildren(f"{_PACKAGE}xmlData")
        for content in data.iterchildren(etree.Element)
    ]


# --- Word 2003 XML ---

_OLD = "http://schemas.microsoft.com/office/word/2003/wordml"
_NEW = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f"{{{_OLD}}}"
_ANNOTATION = "{http://schemas.microsoft.com/aml/2001/core}annotation"
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONSHIP_TYPE = "application/vnd.openxmlformats-package.relationships+xml"

# What stands in the body of a Word 2003 document and in a part of its own in a package.
_ASIDES = {
    f"{_W}hdr": "header",
    f"{_W}ftr": "footer",
    f"{_W}footnote": "footnotes",
    f"{_W}endnote": "endnotes",
}
_RENAMED = {
    f"{_W}{old}": f"{_W}{new}"
    for old, new in {
        "vmerge": "vMerge",
        "hmerge": "hMerge",
        "listPr": "numPr",
        "ilfo": "numId",
        "lists": "numbering",
        "listDef": "abstractNum",
        "list": "num",
        "ilst": "abstractNumId",
        "nfc": "numFmt",
    }.items()
}
_RENAMED_ATTRIBUTES = {f"{_W}listDefId": f"{_W}abstractNumId", f"{_W}ilfo": f"{_W}numId"}


def _parts_of_document(root: _Element) -> list[_Part]:
    """The parts of the package that says the same as a Word 2003 document."""
    body = root.find(f"{_W}body")
    if body is None:
        raise ReadError(
            "wordxml.no_body",
            Message(
                "the Word XML file has no body; it lost its content, so fetch it again",
                "Word XML 文件没有正文，内容已丢失，请重新获取",
            ),
        )
    if _has_lost_merges(root, body):
        raise ReadError(
            "wordxml.lost_merges",
            Message(
                "LibreOffice wrote this Word 2003 XML file and, as it always does in this format, lost which cells are "
                "merged; find the document that it was made from, or save that as .docx or .odt",
                "此 Word 2003 XML 文件由 LibreOffice 写出，照例丢失了单元格合并信息；请找到原始文档，"
                "或把原文档另存为 .docx 或 .odt",
            ),
        )
    asides = [_aside(kind, element) for kind, element in _take_out(body)]
    _modernize(body)
    # Parts of their own in a package; what else stands beside the body has no text.
    beside = [
        (kind, element)
        for kind, name in (("numbering", "lists"), ("styles", "styles"))
        for element in root.findall(f"{_W}{name}")[:1]
    ]
    for element in root:
        if element is not body:
            root.remove(element)
    for _, element in beside:
        _modernize(element)
    root.tag = f"{_W}document"
    parts = [*asides, *beside]
    links = [(kind, f"{kind}{number}.xml") for number, (kind, _) in enumerate(parts)]
    return [
        _Part("_rels/.rels", _RELATIONSHIP_TYPE, _relationships([("officeDocument", "word/document.xml")])),
        _Part("word/document.xml", f"{_TYPE}.document.main+xml", _renamed(root)),
        _Part("word/_rels/document.xml.rels", _RELATIONSHIP_TYPE, _relationships(links)),
        *(
            _Part(f"word/{name}", f"{_TYPE}.{kind}+xml", _renamed(element))
            for (kind, name), (_, element) in zip(links, parts, strict=True)
        ),
    ]


_EDITOR = "{urn:schemas-microsoft-com:office:office}Editor"


def _has_lost_merges(root: _Element, body: _Element) -> bool:
    """Whether tables lack the cells that vertical merges cover: then no value stands under its own heading."""
    is_libreoffice = any("Office" in (editor.text or "") for editor in root.iter(_EDITOR))
    return is_libreoffice and any(map(_has_short_rows, body.iter(f"{_W}tbl")))


def _has_short_rows(table: _Element) -> bool:
    grid = table.find(f"{_W}tblGrid")
    return grid is not None and any(_columns(row) < len(grid) for row in table.iterchildren(f"{_W}tr"))


def _columns(row: _Element) -> int:
    """How many columns the cells of a row cover."""
    spans = [cell.find(f"{_W}tcPr/{_W}gridSpan") for cell in row.iterchildren(f"{_W}tc")]
    numbers = [1 if span is None else span.get(f"{_W}val", "1") for span in spans]
    return sum(int(str(number)[:9]) for number in numbers if str(number).isdecimal())


def _take_out(body: _Element) -> Iterator[tuple[str, _Element]]:
    """Take headers, footers, notes and comments out of the body; yields each with the kind of its part."""
    for element in list(body.iter(*_ASIDES, _ANNOTATION)):
        kind = _ASIDES.get(str(element.tag)) or ("comments" if _annotates(element) == "Comment" else None)
        if kind:
            _remove(element)
            yield kind, element


def _aside(kind: str, element: _Element) -> tuple[str, _Element]:
    """The root of the part for what was taken out."""
    _modernize(element)
    if kind not in ("footnotes", "endnotes"):
        # On which pages it stands, or that it is a comment; the type of a note tells whether it is one.
        element.attrib.pop(f"{_W}type", "")
    if kind in ("header", "footer"):
        return kind, element
    part = etree.Element(f"{_W}{kind}")
    part.append(element)
    return kind, part


def _modernize(story: _Element) -> None:
    """Change what Word 2003 names differently, and take out deletions."""
    for element in list(story.iter(*_RENAMED, _ANNOTATION)):
        if element.tag in _RENAMED:
            element.tag = _RENAMED[str(element.tag)]
            _modernize_attributes(element)
        elif _annotates(element) == "Deletion":
            parent = element.getparent()
            if parent is not None and parent.tag == f"{_W}trPr":
                element.tag = f"{_W}del"
            elif element is not story:
                _remove(element)


def _modernize_attributes(element: _Element) -> None:
    for old, new in _RENAMED_ATTRIBUTES.items():
        if old in element.attrib:
            element.set(new, element.attrib.pop(old))
    code = element.get(f"{_W}val", "")
    if element.tag == f"{_W}numFmt" and code.isdecimal():
        element.set(f"{_W}val", format_of_code(int(code[:5])))


def _annotates(element: _Element) -> str:
    """What an annotation says: Insertion, Deletion, Comment, Formatting, …; "" for any other element."""
    if element.tag != _ANNOTATION:
        return ""
    return str(element.get(f"{_W}type", "")).removeprefix("Word.")


def _remove(element: _Element) -> None:
    """Remove an element but not the text behind it, which lxml keeps with it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
        element.tail = None
    parent.remove(element)


def _renamed(element: _Element) -> bytes:
    """The XML of a part in the namespace of packages."""
    return etree.tostring(element).replace(_OLD.encode(), _NEW.encode())


def _relationships(links: list[tuple[str, str]]) -> bytes:
    root = etree.Element(f"{_RELATIONSHIPS}Relationships")
    for number, (kind, target) in enumerate(links):
        attributes = {"Id": f"r{number}", "Type": f"{_OFFICE}/{kind}", "Target": target}
        etree.SubElement(root, f"{_RELATIONSHIPS}Relationship", attributes)
    return etree.tostring(root)
