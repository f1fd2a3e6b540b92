"""Writes the neutral model of `containers` in the text dialects, as the tools that dump Word files do.

>>> from containers import Box
>>> table = [[Box("主管\\n部门", 2), Box("城管局", 6)], [Box(), Box("甲", 7)]]
>>> print(one_cell_a_line([table]))
主管
部门
城管局
<BLANKLINE>
甲
<BLANKLINE>
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from containers import LINE_BREAK, Document, Place, Table, column_count, places
from extract.readers.text.antiword import width as antiword_width
from extract.readers.text.content import width

_WIDTHS = (8, 8, 12, 16, 12, 14, 16, 12)


def _widths(table: Table, widths: Sequence[int] = _WIDTHS) -> Sequence[int]:
    """The characters that fit in each column; `widths` are used again and again."""
    columns = column_count(table)
    return (tuple(widths) * columns)[:columns]


def one_cell_a_line(document: Document) -> str:
    """LibreOffice's text export: a line for each paragraph, a blank one for a cell without text."""
    return "".join(f"{line}\n" for block in document for line in _lines(block))


def spaced_lines(document: Document) -> str:
    """The same with a blank line between."""
    return "".join(f"{line}\n\n" for block in document for line in _lines(block))


def _lines(block: str | Table) -> Iterator[str]:
    if isinstance(block, str):
        yield block
        return
    for row in places(block):
        for place in row:
            yield from _paragraphs(place)


def _paragraphs(place: Place) -> list[str]:
    return [""] if place.continued else re.split(f"[\n{LINE_BREAK}]", place.box.text)


def catdoc(document: Document) -> str:
    """catdoc -w: a cell mark is a tab, two of them are a line feed."""
    marked = "".join(f"{block}\n" if isinstance(block, str) else _marked(block) for block in document)
    return re.sub("\a+", lambda marks: "\n" * (len(marks[0]) // 2) + "\t" * (len(marks[0]) % 2), marked)


def _marked(table: Table) -> str:
    return "".join("".join("\n".join(_paragraphs(p)) + "\a" for p in row) + "\a" for row in places(table))


def wrapped_catdoc(document: Document) -> str:
    """catdoc: line feeds doubled, lines of at most 72 bytes."""
    out, line = [], b""
    for character in catdoc(document).rstrip("\n"):
        if character == "\n":
            out.append(line.decode() + "\n\n")
            line = b""
            continue
        line += character.encode()
        if len(line) <= 72:
            continue
        blanks = [i for i in range(1, 73) if line[i : i + 1] in (b" ", b"\t")]
        cut = blanks[-1] if blanks else next(i for i in range(72, 0, -1) if line[i] & 0xC0 != 0x80)
        out.append(line[:cut].decode() + "\n")
        line = line[cut + bool(blanks) :]
    return "".join(out) + line.decode() + "\n"


def tabbed(document: Document) -> str:
    """Rows with a tab between their cells; paragraphs in a cell are lines, as in Word's plain text."""
    return "".join(
        f"{block}\n"
        if isinstance(block, str)
        else "".join("\t".join("\n".join(_paragraphs(p)) for p in row) + "\n" for row in places(block))
        for block in document
    )


def _even(table: Table) -> Iterator[list[str]]:
    """The rows with a text in each of the columns, blank where a merged cell covers it."""
    for row in places(table):
        texts: list[str] = []
        for place in row:
            texts += ["\n".join(_paragraphs(place)), *[""] * (place.box.columns - 1)]
        yield texts


def spreadsheet(document: Document) -> str:
    """As many cells in every row, and no line breaks in them."""
    return "".join(
        f"{block}\n"
        if isinstance(block, str)
        else "".join("\t".join(text.replace("\n", "") for text in row) + "\n" for row in _even(block))
        for block in document
    )


def pipe(document: Document) -> str:
    """Markdown with pipe tables, merged cells blank where they cover."""
    return "\n".join(block if isinstance(block, str) else _pipe(block) for block in document)


def _pipe(table: Table) -> str:
    columns = column_count(table)
    rows = ["| " + " | ".join(t.replace("|", "\\|").replace("\n", "<br>") for t in row) + " |" for row in _even(table)]
    return "\n".join(["", "|" + "   |" * columns, "|" + "---|" * columns, *rows, ""])


def multiline(document: Document) -> str:
    """pandoc's multiline tables: columns under dashes, cells wrapped, a blank line between rows."""
    return "\n".join(block if isinstance(block, str) else _multiline(block) for block in document)


def _multiline(table: Table) -> str:
    widths = _widths(table)
    ruler = "  " + " ".join("-" * w for w in widths)
    lines = ["", ruler]
    for row in _even(table):
        cells = [_chopped(" ".join(text.replace("\n", "").split()), w) for text, w in zip(row, widths, strict=True)]
        lines += ["  " + " ".join(_padded(c, w) for c, w in zip(line, widths, strict=True)) for line in _across(cells)]
        lines.append("")
    return "\n".join([*lines[:-1], ruler, ""])


def _wrapped(text: str, room: int, measure: Callable[[str], int] = width) -> list[str]:
    """`text` cut wherever the room ends, as Chinese is."""
    lines = [""]
    for character in text:
        if measure(lines[-1] + character) > room:
            lines.append("")
        lines[-1] += character
    return lines


def _chopped(text: str, room: int) -> list[str]:
    """`text` as pandoc wraps it: words that fit side by side, longer ones cut from their end."""
    lines = [""]
    for word in text.split(" "):
        pieces = [""]
        for character in reversed(word):
            if width(character + pieces[0]) > room:
                pieces.insert(0, "")
            pieces[0] = character + pieces[0]
        if lines[-1] and width(f"{lines[-1]} {pieces[0]}") <= room and len(pieces) == 1:
            lines[-1] += f" {pieces[0]}"
        else:
            lines += pieces
    return lines[1:] if not lines[0] and len(lines) > 1 else lines


def _padded(text: str, room: int) -> str:
    return text + " " * (room - width(text))


def _across(cells: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    for number in range(max(map(len, cells))):
        yield [cell[number] if number < len(cell) else "" for cell in cells]


def drawn_grid(document: Document) -> str:
    """Grid tables that draw merged cells."""
    return "\n".join(block if isinstance(block, str) else _drawn_grid(block) for block in document)


def _drawn_grid(table: Table) -> str:
    """Each row's border has gaps below cells that reach down; a cell's text stands in its first row."""
    widths = _widths(table)
    edges = [sum(widths[:i]) + 3 * i for i in range(len(widths) + 1)]
    lines: list[str] = []
    for row in places(table):
        lines.append(_border(row, edges))
        cells, column = [], 0
        for place in row:
            room = edges[column + place.box.columns] - edges[column] - 3
            paragraphs = [line for text in _paragraphs(place) for line in (*_wrapped(text, room), "")]
            cells.append((paragraphs[:-1], room))
            column += place.box.columns
        for line in _across([lines_of for lines_of, _ in cells]):
            drawn = (f" {_padded(text.strip(), room)} " for text, (_, room) in zip(line, cells, strict=True))
            lines.append("|" + "|".join(drawn) + "|")
    return "\n".join(["", *lines, "+" + "-" * (edges[-1] - 1) + "+", ""])


def _border(row: Sequence[Place], edges: Sequence[int]) -> str:
    border, column = "", 0
    for place in row:
        end = column + place.box.columns
        fill = " " if place.continued else "-"
        border += "+" + fill * (edges[end] - edges[column] - 1)
        column = end
    return border + "+"


def antiword(document: Document, widths: Sequence[int] = _WIDTHS) -> str:
    """antiword's tables: bars, cells wrapped at their last blank or else anywhere, nothing between rows."""
    return "\n".join(block if isinstance(block, str) else _antiword(block, widths) for block in document)


def _antiword(table: Table, columns: Sequence[int]) -> str:
    lines, widths = [], _widths(table, columns)
    for row in places(table):
        cells, rooms, column = [], [], 0
        for place in row:
            end = column + place.box.columns
            room = sum(widths[column:end]) + end - column - 1
            pieces = [line.rstrip() for text in _paragraphs(place) for line in _broken(text, room)]
            cells.append([piece + " " * (room - antiword_width(piece)) for piece in pieces])
            cells[-1] = cells[-1] or [" " * room]
            rooms.append(room)
            column = end
        for line in _across(cells):
            drawn = (piece or " " * room for piece, room in zip(line, rooms, strict=True))
            lines.append("|" + "|".join(drawn) + "|")
    return "\n".join(["", *lines, ""])


def _broken(text: str, room: int) -> Iterator[str]:
    while antiword_width(text) > room:
        fitting = next(end for end in range(len(text), -1, -1) if antiword_width(text[:end]) <= room)
        end = text.rfind(" ", 0, fitting + 1)
        end = end if end > 0 else fitting
        yield text[:end]
        text = text[end:].lstrip(" ")
    yield text


def aligned(document: Document) -> str:
    """Columns aligned by blanks; a cell has one line."""
    return "\n".join(block if isinstance(block, str) else _aligned(block) for block in document)


def _aligned(table: Table) -> str:
    rows = [[" ".join(text.split()) for text in row] for row in _even(table)]
    starts = [0]
    for column in range(1, column_count(table) + 1):
        starts.append(max(_end_before(row, starts, column) for row in rows) + 3)
    lines = []
    for row in rows:
        line = ""
        for text, start in zip(row, starts, strict=False):
            line = _padded(line, start) + text if text else line
        lines.append(line)
    return "\n".join(["", *lines, ""])


def _end_before(row: Sequence[str], starts: Sequence[int], column: int) -> int:
    """Where the text before a column ends, if the row has a text in the column."""
    if column < len(row) and not row[column]:
        return starts[column - 1]
    last = next((i for i in range(column - 1, -1, -1) if row[i]), 0)
    return max(starts[last] + width(row[last]), starts[column - 1])


DIALECTS: Mapping[str, Callable[[Document], str]] = {
    each.__name__: each
    for each in (
        one_cell_a_line, spaced_lines, catdoc, wrapped_catdoc, tabbed, spreadsheet, pipe, multiline, drawn_grid,
        antiword, aligned,
    )
}  # fmt: skip
