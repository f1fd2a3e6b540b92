"""Reads binary Word files (.doc, .dot, .wps) of Word 97 to 2003, WPS, and Word 6/95, after [MS-DOC], and older ones.

From bytes to blocks, a module for each division of the format:

container   the streams of the compound file
fib         the header: where everything else is
pieces      the piece table: the text, one character for each CP
code_pages  how Word 6/95 stored its text
fonts       the font table: which fonts draw symbols
properties  bin tables, FKPs, PAPX and CHPX: what a paragraph mark ends, which runs read otherwise
sprms       the single modifiers that properties are made of
lists       how automatic list numbers look, and which styles number
inlines     fields, symbols, deletions and special characters
form_fields the state of check boxes and lists
stories     paragraphs to blocks by the ends of cells and rows
rows        the edges and merges of a table row
tables      rows to tables with a grid
parts       body, text boxes, and what stands beside the body
garbled     refuses what came out as no text

before_word_6 reads Word for Windows 1 and 2, Write and Word for DOS, whose files have another frame around the same
text.

The text is what a person sees in the final version: deletions and hidden text are left out, insertions and field
results are in, and automatic list numbers (but not those of Word 6/95) stand in front of their paragraphs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extract.document import Document, TextWriter
from extract.errors import ReadError
from extract.language import Message
from extract.readers.doc import before_word_6
from extract.readers.doc.code_pages import code_page_of_document, code_page_of_font
from extract.readers.doc.container import SIGNATURE, CompoundFile, broken
from extract.readers.doc.fib import Fib, read_fib
from extract.readers.doc.fonts import Font, read_fonts, telling_fonts
from extract.readers.doc.form_fields import form_field_state
from extract.readers.doc.garbled import refuse_garbled
from extract.readers.doc.inlines import Inlines
from extract.readers.doc.lists import Lists, list_sprms_of_styles
from extract.readers.doc.parts import Parts
from extract.readers.doc.pieces import PieceTable, read_pieces
from extract.readers.doc.properties import Properties, Run
from extract.readers.doc.stories import Stories
from extract.readers.doc.tables import write_story

FORMAT = "doc"

_OTHER_PROGRAMS: Mapping[str, Message] = {
    "workbook": Message("an Excel workbook", "Excel 工作簿"),
    "book": Message("an Excel workbook", "Excel 工作簿"),
    "powerpoint document": Message("a PowerPoint presentation", "PowerPoint 演示文稿"),
    "contents": Message("a Microsoft Works or Publisher file", "Microsoft Works 或 Publisher 文件"),
    "matost": Message("a Microsoft Works file", "Microsoft Works 文件"),
    "visiodocument": Message("a Visio drawing", "Visio 绘图"),
    "\u4840\u3f3f\u4577\u446c\u3b6a\u45e4\u4824": Message("an installer", "安装程序"),
}
_ENCRYPTED_PACKAGE = "encryptedpackage"


def accepts(data: bytes) -> bool:
    """Whether `data` is a compound file, of Word or another program, or a file of a Word older than those."""
    return data.startswith(SIGNATURE) or before_word_6.accepts(data)


def read(data: bytes) -> Document:
    """The content of the Word file `data`: the body with its text boxes, then headers, notes and comments as asides.

    Raises ReadError if the file is broken, encrypted, nested too deeply or not a Word document, and where an old file
    is fast-saved or in a code page that can not be told.
    """
    if not data.startswith(SIGNATURE):
        return before_word_6.read(data)
    container = CompoundFile(data)
    if _ENCRYPTED_PACKAGE in container.names():
        raise ReadError(
            "doc.encrypted",
            Message(
                "this is a Word or Excel file (2007 or later) that is protected with a password; open it with the "
                "password and save it without one",
                "这是设有密码的 Word 或 Excel 文件（2007 及以后版本），请用密码打开后另存为无密码文件",
            ),
        )
    document = container.stream("WordDocument")
    if document is None:
        raise _no_word(container)
    fib = read_fib(document)
    tables = document if fib.table_stream is None else container.stream(fib.table_stream)
    if tables is None:
        raise broken(
            Message(
                f"its stream {fib.table_stream}, which says where the text is, is missing",
                f"缺少记录正文位置的流 {fib.table_stream}",
            )
        )
    data_stream = container.stream("Data") or b""
    fonts = read_fonts(fib, tables)
    pieces = _read_pieces(fib, tables, fonts)
    refuse_garbled(pieces.text if fib.is_word_97 else pieces.text.replace("\0", ""))
    font_names = [font.name for font in fonts]
    lists = Lists(fib, tables, font_names)
    of_styles = list_sprms_of_styles(fib, tables) if lists else ()
    properties = Properties(fib, tables, data_stream, pieces, of_styles if any(of_styles) else ())
    runs = properties.of_runs(telling_fonts(fonts, is_word_97=fib.is_word_97))
    if not fib.is_word_97:
        _decode_by_font(pieces, document, runs, fonts)
    inlines = Inlines(pieces.text, runs, font_names, lambda place: form_field_state(data_stream, place))
    stories = Stories(pieces.text, properties.of_paragraphs, inlines, lists)
    parts = Parts(fib, tables, stories)
    out = TextWriter()
    blocks = write_story(parts.body(), out)
    asides = [block for story in parts.asides() for block in write_story(story, out)]
    unread = ("embedded object",) if container.embeds_objects else ()
    return Document(FORMAT, None, out.text(), blocks, tuple(asides), unread)


def _read_pieces(fib: Fib, tables: bytes, fonts: Sequence[Font]) -> PieceTable:
    if fib.is_word_97:
        return read_pieces(fib, tables, None)
    character_sets = [font.character_set for font in fonts]
    return read_pieces(fib, tables, code_page_of_document(fib.language, fib.computer, character_sets))


def _decode_by_font(pieces: PieceTable, document: bytes, runs: Sequence[Run], fonts: Sequence[Font]) -> None:
    """Read the runs of Word 6/95 whose font is of another script in the code page of that script."""
    by_font = [
        (run.start, run.end, code_page_of_font(fonts[run.properties.fonts[0]].character_set))
        for run in runs
        if run.properties.fonts
    ]
    pieces.decode_again(document, [(start, end, page) for start, end, page in by_font if page])


def _no_word(container: CompoundFile) -> ReadError:
    """The error for a compound file without a WordDocument stream: what it is instead, as far as its streams tell."""
    names = container.names()
    for name, program in _OTHER_PROGRAMS.items():
        if name in names:
            return ReadError(
                "doc.not_word",
                Message(
                    f"this is {program.en}, not a Word document; leave it out, or save what it holds as .docx",
                    f"这是{program.zh}，不是 Word 文档；请剔除，或把内容另存为 .docx",
                ),
            )
    listed = ", ".join(sorted(names)[:5]) or "nothing"
    return ReadError(
        "doc.no_word_stream",
        Message(
            f"the compound file has no WordDocument stream, only {listed}; it is not a Word file or it lost its "
            "content, so fetch it again",
            f"复合文件中没有 WordDocument 流，只有 {listed}；不是 Word 文件或内容已丢失，请重新获取",
        ),
    )
