"""Inlines: the text of runs, symbols, formulas, controls and fields (ECMA-376 part 1, 17.3 and 17.16)."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from extract.document import TICKED, UNTICKED
from extract.readers.docx.fields import Code, Field, form_field_state
from extract.readers.docx.names import (
    ALTERNATIVE,
    CHECKBOX_CONTROL,
    CHECKED,
    CHECKED_VALUE,
    CONTENT,
    CONTROL_PROPERTIES,
    FIELD_CHARACTER,
    FONTS,
    INSTRUCTION,
    RUN_PROPERTIES,
    TEXT_BOX,
    Element,
    attribute,
    by_name,
    children,
    first_child,
    is_blank,
    is_on,
    names,
)
from extract.readers.docx.state import State
from extract.readers.symbols import Underlined, drawn_by_field, glyph, is_symbol_font, show_field, symbol, tick

_InlineHandler = Callable[[Element, State], None]


def walk_inlines(parent: Element, state: State) -> None:
    """Add what stands in `parent` to the open paragraph."""
    for child in children(parent):
        handler = INLINES.get(child.tag, walk_inlines)
        if handler is not None:
            handler(child, state)


def _run(element: Element, state: State) -> None:
    properties = state.properties
    if is_on(properties["vanish"].get(element, "off")):
        _walk_field_parts(element, state)
        return
    start = len(state.pieces)
    walk_inlines(element, state)
    if (properties["u"].get(element) or "none") != "none":
        # Pieces of an instruction are no text.
        state.pieces[start:] = [Underlined(p) if type(p) is str else p for p in state.pieces[start:]]
        state.has_underlines = True


def _walk_field_parts(hidden_run: Element, state: State) -> None:
    """Follow the fields through a hidden run, since they go on in other runs that may be visible."""
    for child in hidden_run:
        if child.tag in FIELD_CHARACTER:
            _field_character(child, state)
        elif child.tag in INSTRUCTION:
            _instruction(child, state)


def _text(element: Element, state: State) -> None:
    text = element.text
    if text:
        if not reads_as_written(text) or (state.symbol_runs and element.getparent() in state.symbol_runs):
            text = _legible(text, element)
        state.pieces.append(text)


_WHITE_SPACE = str.maketrans("\t\n\r", "   ")
_PRIVATE_USE = re.compile("[\uf020-\uf0ff]")
_NARROW = re.compile("[!-\xff]")


def _legible(text: str, element: Element) -> str:
    """The text of a run as drawn: symbols by the run's fonts, no white space that could be taken for a cell's end."""
    text = text.translate(_WHITE_SPACE)
    fonts = _run_fonts(element)
    letters = fonts.get("ascii", "")
    if is_symbol_font(letters):
        text = _NARROW.sub(lambda letter: _letter(letters, letter[0]), text)
    symbols = next(filter(is_symbol_font, fonts.values()), "")
    return _PRIVATE_USE.sub(lambda character: glyph(symbols, ord(character[0])), text)


def _letter(font: str, letter: str) -> str:
    return tick(font, ord(letter)) or symbol(font, ord(letter)) or letter


def _run_fonts(text: Element) -> dict[str, str]:
    """The fonts that the run around `text` names itself, by script."""
    run = text.getparent()
    properties = None if run is None else first_child(run, RUN_PROPERTIES)
    fonts = None if properties is None else first_child(properties, FONTS)
    return {} if fonts is None else {etree.QName(key).localname: str(font) for key, font in fonts.items()}


def _symbol(element: Element, state: State) -> None:
    code = attribute(element, "char") or ""
    is_code = re.fullmatch("[0-9A-Fa-f]{1,6}", code)
    state.pieces.append(glyph(attribute(element, "font") or "", int(code, 16) if is_code else 0))


def _constant(text: str) -> _InlineHandler:
    """A handler for an element that always reads as `text`."""
    return lambda _, state: state.pieces.append(text)


def _math_part(sign: str) -> _InlineHandler:
    """A handler for a part of a formula whose place says what `sign` says in a line: 1/2 is not 12."""

    def handle(element: Element, state: State) -> None:
        if not is_blank(element):
            state.pieces.append(sign)
        walk_inlines(element, state)

    return handle


def _inline_control(element: Element, state: State) -> None:
    tick_state = checkbox_state(element)
    start = len(state.pieces)
    walk_inlines(element, state)
    if tick_state:
        state.pieces[start:] = [tick_state]


def checkbox_state(control: Element) -> str | None:
    """☑ or ☐ if a content control is a check box ([MS-DOCX] w14:checkbox), whatever glyph it shows."""
    properties = first_child(control, CONTROL_PROPERTIES)
    checkbox = None if properties is None else properties.find(CHECKBOX_CONTROL)
    if checkbox is None:
        return None
    checked = checkbox.find(CHECKED)
    return TICKED if checked is not None and checked.get(CHECKED_VALUE) in ("1", "true", "on") else UNTICKED


def _inline_alternative(element: Element, state: State) -> None:
    for branch in chosen_branch(element):
        walk_inlines(branch, state)


def chosen_branch(alternative: Element) -> list[Element]:
    """The first branch with anything to read, as a list of one or none: all branches say the same (part 3, 7.5)."""
    for branch in alternative:
        if next(branch.iter(*CONTENT), None) is not None:
            return [branch]
    return []


def _drawing(element: Element, state: State) -> None:
    """Find the text boxes in a drawing."""
    for child in element:
        if child.tag in TEXT_BOX:
            state.boxes.append(child)
        else:
            for branch in chosen_branch(child) if child.tag in ALTERNATIVE else [child]:
                _drawing(branch, state)


def reads_as_written(text: str) -> bool:
    """Whether a text holds no white space that could be taken for a cell's end and no private character."""
    # The ideographic space that forms are full of does not count as printable.
    return text.isprintable() or text.replace("\u3000", "").isprintable()


# Fields.


def _field_character(element: Element, state: State) -> None:
    kind = attribute(element, "fldCharType")
    if kind == "begin":
        state.fields.append(Field(len(state.pieces), form_field_state(element)))
    elif state.fields and kind == "separate":
        _end_code(state.fields[-1], state)
    elif state.fields and kind == "end":
        field = state.fields.pop()
        _end_code(field, state)
        show_field(field.drawn, field.start, state.pieces)


def _instruction(element: Element, state: State) -> None:
    if state.fields and state.fields[-1].in_code:
        state.pieces.append(Code(element.text or ""))


def _end_code(field: Field, state: State) -> None:
    """Take the instruction off the paragraph; text in it, such as the result of an inner field, belongs to it."""
    if field.in_code:
        instruction = "".join(state.pieces[field.start :])
        del state.pieces[field.start :]
        field.drawn = field.drawn or drawn_by_field(instruction)
        field.in_code = False


def _simple_field(element: Element, state: State) -> None:
    start = len(state.pieces)
    walk_inlines(element, state)
    show_field(drawn_by_field(attribute(element, "instr") or ""), start, state.pieces)


def interrupt_fields(state: State) -> None:
    """Close a paragraph with fields open: what they draw stands here, their results may run on.

    An instruction ends here at the latest. If its end was lost, the rest of the document would count as instruction
    and be lost in silence.
    """
    for field in reversed(state.fields):
        if field.is_carried_over:
            break
        if field.drawn:
            state.pieces.insert(field.start, field.drawn)
        field.start, field.drawn, field.in_code, field.is_carried_over = 0, None, False, True
    state.pieces = [piece for piece in state.pieces if not isinstance(piece, Code)]


INLINES: dict[str, _InlineHandler | None] = by_name(
    {
        "w:r m:r": _run,
        "w:t m:t": _text,
        "w:tab w:ptab": _constant(" "),
        "w:br w:cr": _constant("\n"),
        "w:noBreakHyphen": _constant("-"),
        "w:sym": _symbol,
        "w:fldChar": _field_character,
        "w:instrText": _instruction,
        "w:fldSimple": _simple_field,
        "w:sdt": _inline_control,
        "mc:AlternateContent": _inline_alternative,
        "w:drawing w:pict w:object": _drawing,
        "m:den": _math_part("/"),
        "m:sup": _math_part("^"),
        "w:del w:moveFrom w:delText w:delInstrText": None,
        # The reading aid over a word; its base is read (17.3.3.25).
        "w:rt": None,
        # Without text:
        "w:pPr w:rPr w:sdtPr w:sdtEndPr w:customXmlPr w:smartTagPr w:rubyPr": None,
        "w:bookmarkStart w:bookmarkEnd w:proofErr w:lastRenderedPageBreak": None,
    }
)

# What reads otherwise than as the text in it.
NOT_PLAIN = frozenset(
    (
        *(name for name, handler in INLINES.items() if handler not in (None, _run, _text)),
        *names("w:del", "w:moveFrom", "w:rt", "w:vanish", "w:u"),
    )
)
