"""From the bytes of a page to its tree: encodings (HTML Living Standard 13.2.3), and lxml."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from lxml import etree

from extract.errors import ReadError
from extract.language import Message
from extract.readers.decoding import decode

Element = etree._Element

HEAD = 8192
"""So many bytes show what a page is and declares."""
_MAX_BYTES = 64 * 2**20
_DECLARED = re.compile(
    rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+) | <\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE | re.VERBOSE,
)
# What pages call an encoding and what they mean by it: the wider one that contains it (Encoding Standard, 4.2).
_MEANT = {
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "windows-936", "ms936"), "gb18030"),
    **dict.fromkeys(("big5", "x-x-big5"), "cp950"),
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("shift_jis", "x-sjis"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
}
# A meta element in ASCII that declares UTF-16 is wrong (13.2.3.2).
_NEVER_DECLARED = ("utf-16", "utf-32", "unicode", "utf-7")


def decode_page(data: bytes, declared: str | None) -> tuple[str, str]:
    """The encoding and the text: by byte order mark, by declaration, or else by the ladder of the text reader."""
    if len(data) > _MAX_BYTES:
        raise ReadError(
            "html.too_large",
            Message(
                f"the page has {len(data):,} bytes, more than the {_MAX_BYTES:,} that are read; split the document",
                f"网页有 {len(data):,} 字节，超过可读的 {_MAX_BYTES:,} 字节；请拆分文档",
            ),
        )
    encoding = declared or _declared_encoding(data)
    has_mark = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:HEAD]
    if encoding and not has_mark and not encoding.lower().startswith(_NEVER_DECLARED):
        meant = "utf-8" if _is_surely_utf_8(data) else _MEANT.get(encoding.lower(), encoding)
        with suppress(ValueError, LookupError):  # of an encoding whose name holds a zero byte, too
            return meant, data.decode(meant, "replace" if _is_nearly_utf_8(data, meant) else "strict")
    try:
        return decode(data)
    except ReadError as error:
        raise ReadError(
            "html.undecodable",
            Message(
                f"the page is not text in the encoding that it declares ({encoding or 'none'}) nor in UTF-8, UTF-16, "
                "GB18030 or Big5; it is damaged, so fetch it again",
                f"网页既不符合其声明的编码（{encoding or 'none'}），也不是 UTF-8、UTF-16、GB18030 或 Big5；"
                "文件已损坏，请重新获取",
            ),
        ) from error


def _declared_encoding(data: bytes) -> str | None:
    found = _DECLARED.search(data[:HEAD])
    return (found[1] or found[2]).decode("latin-1") if found else None


def _is_surely_utf_8(data: bytes) -> bool:
    """Whether many characters are UTF-8, which does not happen by chance: editors convert a page but not its meta."""
    with suppress(UnicodeDecodeError):
        return len(data) - len(data.decode("utf-8")) >= _NO_CHANCE
    return False


def _is_nearly_utf_8(data: bytes, encoding: str) -> bool:
    """Whether a few broken bytes cost only themselves, as in UTF-8 alone; they show as U+FFFD."""
    if encoding.lower() not in ("utf-8", "utf8"):
        return False
    text = data.decode("utf-8", "replace")
    return text.count("\N{REPLACEMENT CHARACTER}") <= len(text) * _TOLERATED_DAMAGE


_NO_CHANCE = 24
_TOLERATED_DAMAGE = 0.005
_NOT_IN_HTML = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")


def parse(text: str) -> Element | None:
    """The tree of a page, None for one without any element or text."""
    page = _NOT_IN_HTML.sub("", text).encode()
    # libxml2 stops at 256 open elements otherwise, and unclosed <font> elements add up to more.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = etree.fromstring(page, parser)
    except etree.XMLSyntaxError:
        return None
    for error in parser.error_log.filter_from_fatals():
        if error.type_name == "ERR_RESOURCE_LIMIT" or "depth" in error.message:
            raise ReadError(
                "html.too_deep",
                Message(
                    "the page nests more elements than a browser would show; it is damaged or made to do harm, so "
                    "fetch it again",
                    "网页的嵌套层数超过浏览器所能显示；文件已损坏或有意为害，请重新获取",
                ),
            )
    return root
