"""Comparison signs as typists make them: an underlined > is ≥, and the font Symbol has both, in every container."""

from __future__ import annotations

import pytest

import test_reader_doc as of_doc
from extract.document import TICKED, Document
from extract.readers import docx, html, odt, rtf
from extract.readers.symbols import show_field
from test_reader_docx import p, package, r, root

# Runs of a paragraph, the underlined ones marked with "_", and how the paragraph reads.
PARAGRAPHS = [
    (["绿地", "_>", "30亩"], "绿地≥30亩"),
    (["投诉", "_<", "5件"], "投诉≤5件"),
    (["投诉", "_＜", "5件"], "投诉≤5件"),
    (["_>", "_95%"], ">95%"),
    (["占比", "_  >95% ", "以上"], "占比  >95% 以上"),
    ([">", "_95%"], ">95%"),
    (["_", "_>", "3个"], "≥3个"),
]


def docx_of(runs: list[str]) -> Document:
    written = [
        r(run.removeprefix("_").replace("<", "&lt;"), '<w:u w:val="single"/>' if run[0] == "_" else "") for run in runs
    ]
    return docx.read(package(root("document", f"<w:body>{p(*written)}</w:body>")))


def doc_of(runs: list[str]) -> Document:
    stretches, at = [], 0
    for run in runs:
        text = run.removeprefix("_")
        if run[0] == "_" and text:
            stretches.append((at, at + len(text), of_doc.sprm(0x2A3E, 1)))
        at += len(text)
    text = "".join(run.removeprefix("_") for run in runs)
    return of_doc.read(of_doc.Para(text + "\r", runs=tuple(stretches)))


def rtf_of(runs: list[str]) -> Document:
    written = "".join(rf"\ul {run[1:]}\ulnone " if run[0] == "_" else run for run in runs)
    return rtf.read(rf"{{\rtf1\ansi\ansicpg936 {written}\par}}".encode("gb18030"))


def html_of(runs: list[str]) -> Document:
    runs = [run.replace("<", "&lt;") for run in runs]
    written = "".join(f"<u>{run[1:]}</u>" if run[0] == "_" else run for run in runs)
    return html.read(f"<html><meta charset=utf-8><p style='white-space:pre'>{written}</p></html>".encode())


def odt_of(runs: list[str]) -> Document:
    runs = [
        run.replace("<", "&lt;").replace("  ", ' <text:s xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"/>')
        for run in runs
    ]
    written = "".join(f'<text:span text:style-name="U">{run[1:]}</text:span>' if run[0] == "_" else run for run in runs)
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "style")
    )
    line = '<style:text-properties style:text-underline-style="solid"/>'
    style = f'<style:style style:name="U" style:family="text">{line}</style:style>'
    return odt.read(
        f'<office:document{names} office:mimetype="application/vnd.oasis.opendocument.text">'
        f"<office:automatic-styles>{style}</office:automatic-styles>"
        f"<office:body><office:text><text:p>{written}</text:p></office:text></office:body></office:document>".encode()
    )


@pytest.mark.parametrize("container", [docx_of, doc_of, rtf_of, odt_of, html_of])
@pytest.mark.parametrize(("runs", "shown"), PARAGRAPHS)
def test_a_lone_underlined_sign_has_its_line(runs: list[str], shown: str, container: object) -> None:
    document = container(runs)  # type: ignore[operator]
    if container is html_of:
        shown = " ".join(shown.split())
    assert document.text == shown + "\n"


@pytest.mark.parametrize(("code", "shown"), [(0xB3, "≥"), (0xA3, "≤")])
def test_a_sign_of_the_font_symbol_is_the_sign(code: int, shown: str) -> None:
    symbol = f'<w:sym w:font="Symbol" w:char="F0{code:X}"/>'
    by_symbol = docx.read(package(root("document", f"<w:body>{p(r(content=symbol))}</w:body>")))
    fonts = '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>'
    by_font = docx.read(package(root("document", f"<w:body>{p(r(chr(0xF000 + code), fonts))}</w:body>")))
    of_binary = of_doc.read(
        of_doc.Para("(\r", runs=((0, 1, of_doc.sprm(0x6A09, bytes([0, 0, code, 0xF0]))),)), fonts=["Symbol"]
    )
    of_rtf = rtf.read(rf"{{\rtf1{{\fonttbl{{\f3\fcharset2 Symbol;}}}}{{\f3\'{code:02x}}}\par}}".encode())
    of_html = html.read(f'<html><p><font face="Symbol">&#{code};</font></p></html>'.encode())
    for document in (by_symbol, by_font, of_binary, of_rtf, of_html):
        assert document.text == shown + "\n"


@pytest.mark.parametrize(
    ("drawn", "stored", "shown"),
    [(TICKED, "√", TICKED), ("1/2", "0.5", "0.5"), ("1/2", " ", "1/2"), (None, "0.5", "0.5")],
    ids=["a tick", "another drawing", "no result", "no drawing"],
)
def test_a_tick_that_a_field_draws_stands_in_the_place_of_its_result(
    drawn: str | None, stored: str, shown: str
) -> None:
    pieces = ["in front", stored]
    show_field(drawn, 1, pieces)
    assert pieces == ["in front", shown]
