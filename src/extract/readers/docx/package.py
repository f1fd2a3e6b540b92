"""The package: ZIP, parts and relationships (ECMA-376 part 2)."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

from extract.errors import ReadError
from extract.language import Message
from extract.readers.docx.names import Element
from extract.readers.package import Package, parse_xml

CONTENT_TYPES = "[content_types].xml"
_USUAL_TARGET = re.compile(r"\w+(?:/\w+)*\.xml", re.ASCII)
USUAL_MAIN_PART = "word/document.xml"
MAIN_TYPE = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.wordprocessingml\.(?:document|template)"
    rb"|ms-word\.(?:document\.macroEnabled|template\.macroEnabledTemplate))\.main\+xml",
    re.IGNORECASE,
)


class WordPackage(Package):
    """The parts of an open Word package by name."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, "docx", Message("Word package", "Word 文件包"))
        # Part names do not mind case (ECMA-376 part 2); some writers use backslashes.
        self._relationships: dict[str, list[tuple[str, str]]] = {}
        self._parts = {info.filename.replace("\\", "/").lower(): info for info in self.members()}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def read(self, name: str) -> bytes | None:
        """The bytes of a part, None if the package does not have it."""
        info = self._parts.get(name.lower())
        if info is None:
            return None
        if info.flag_bits & 0x1:
            raise ReadError(
                "docx.encrypted_part",
                Message(
                    f"the part {name} is encrypted inside the ZIP; unpack the file with its password and pack it again",
                    f"ZIP 中的 {name} 已加密；请用密码解压后重新打包",
                ),
            )
        return self.unpack(info)

    def parse(self, name: str) -> Element | None:
        """The root element of an XML part, None if the package does not have it."""
        xml = self.read(name)
        return None if xml is None else parse_part(xml, name)

    def relationships(self, source: str) -> list[tuple[str, str]]:
        """Kind and part name of all that `source` ("" for the package itself) points to inside the package."""
        if source not in self._relationships:
            self._relationships[source] = self._read_relationships(source)
        return self._relationships[source]

    def _read_relationships(self, source: str) -> list[tuple[str, str]]:
        folder, name = posixpath.split(source)
        links = self.parse(posixpath.join(folder, "_rels", name + ".rels"))
        if links is None:
            return []
        return [
            # Transitional and strict packages differ in all but the last step of the type.
            (link.get("Type", "").rpartition("/")[2], _resolve(folder, link.get("Target", "")))
            for link in links.iterchildren("{*}Relationship")
            if link.get("TargetMode") != "External"
        ]


def _resolve(folder: str, target: str) -> str:
    if _USUAL_TARGET.fullmatch(target):
        return f"{folder}/{target}" if folder else target
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")


def parse_part(xml: bytes, name: str) -> Element:
    """The root element of the part `name`."""
    return parse_xml(xml, "docx", Message(f"part {name}", f"部件 {name}"))


def main_part(package: WordPackage) -> str:
    """The name of the main part: by the package's relationships, or else by content type or habit."""
    for kind, name in package.relationships(""):
        if kind == "officeDocument" and name in package:
            return name
    for name in (*_parts_of_main_type(package), USUAL_MAIN_PART):
        if name in package:
            return name
    raise ReadError(
        "docx.no_document",
        Message(
            "the ZIP holds no main document part; it is not a Word file or it lost its content, so fetch the file "
            "again",
            "ZIP 中没有主文档；不是 Word 文件或内容已丢失，请重新获取",
        ),
    )


def _parts_of_main_type(package: WordPackage) -> list[str]:
    types = package.parse(CONTENT_TYPES)
    if types is None:
        return []
    return [
        part.get("PartName", "").lstrip("/")
        for part in types.iterchildren("{*}Override")
        if MAIN_TYPE.match(part.get("ContentType", "").encode())
    ]
