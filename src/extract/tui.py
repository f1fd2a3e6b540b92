"""The spot-check on a full screen, with mouse and search: values left, their source right (extra [tui])."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import DataTable, Footer, Input, Label, OptionList, Static

from extract.corrections import MISSING, WHOLE_ROW, Change
from extract.errors import UsageError
from extract.language import Message, say
from extract.review import CORRECTABLE, Desk, FormOnDesk, Value, changes_of, column_label, heading, reason
from extract.show import LEFTOVER_STYLE, VALUE_STYLE, marked_source
from extract.target import Grammar
from extract.terminal import data

_SELECTED_STYLE = "bold black on yellow"


class _Question(ModalScreen[str | None]):
    """One line of text; escape gives None."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, question: str, text: str = "") -> None:
        super().__init__()
        self._question, self._text = question, text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Label(data(self._question))
            yield Input(self._text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())


class _Choice(ModalScreen[str | None]):
    """One of several words; escape gives None."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, choices: tuple[str, ...]) -> None:
        super().__init__()
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Label(say("What of it is wrong?", "哪里有误？"))
            yield OptionList(*map(column_label, self._choices))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index])


_KEYS = (
    ("a", "accept", Message("Accept", "接受")),
    ("c", "correct", Message("Correct", "更正")),
    ("w", "wrong_row", Message("Wrong row", "整行有误")),
    ("m", "missing", Message("Missing", "漏项")),
    ("s", "skip", Message("Skip", "跳过")),
    ("u", "undo", Message("Undo", "撤销")),
    ("slash", "search", Message("Search", "搜索")),
    ("q", "quit", Message("Quit", "退出")),
)


class ReviewApp(App[None]):
    """One form at a time from the desk; every decision is saved at once."""

    TITLE = "extract review"
    AUTO_FOCUS = "#values"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #head { height: 2; padding: 0 1; background: $boost; }
    #values { width: 1fr; }
    #source { width: 1fr; padding: 0 1; border-left: solid $primary; }
    #search { display: none; dock: bottom; }
    .dialog { width: 60; height: auto; max-height: 80%; padding: 1 2; border: thick $primary; background: $surface; }
    _Question, _Choice { align: center middle; }
    """

    def __init__(self, desk: Desk, grammar: Grammar) -> None:
        """Walk the forms of `desk`; `grammar` reads corrected targets."""
        super().__init__()
        self._desk = desk
        self._grammar = grammar
        self._form: FormOnDesk | None = None
        self._shown: list[Value] = []
        for key, action, description in _KEYS:
            self.bind(key, action, description=str(description))

    def compose(self) -> ComposeResult:
        """The screen: head, values beside source, search line, keys."""
        yield Static(id="head")
        with Horizontal():
            yield DataTable(id="values", cursor_type="row")
            with VerticalScroll(id="source"):
                yield Static(id="text")
        yield Input(
            placeholder=say("search in values and names; enter closes", "在取值和名称中搜索，回车关闭"), id="search"
        )
        yield Footer()

    def on_mount(self) -> None:
        """Show the first form."""
        half = self.size.width // 2 - 6
        table = self.query_one(DataTable)
        table.add_column(say("value", "项目"), width=half * 2 // 5)
        table.add_column(say("read as", "识别为"), width=half * 3 // 5)
        self._show_next()

    # ------------------------------------------------------------------------------------------------- showing

    def _show_next(self) -> None:
        self._form = self._desk.form()
        if self._form is None:
            self.exit()
            return
        form, (done, all_of_them) = self._form, self._desk.progress
        head = data(f"[{done + 1}/{all_of_them} · {reason(form)}] {heading(form)}\n")
        findings = " · ".join(f"{each.code} {each.message}" for each in form.findings)
        self.query_one("#head", Static).update(
            head.append_text(data(findings or say("no findings", "没有发现问题"), "yellow"))
        )
        self._list_values("")

    def _list_values(self, wanted: str) -> None:
        """The values whose name or text holds `wanted`."""
        table = self.query_one(DataTable)
        table.clear()
        assert self._form
        self._shown = [v for v in self._form.values if wanted in v.name or wanted in (v.shown or "")]
        for value in self._shown:
            table.add_row(data(value.name, "cyan"), data(value.shown or say("(blank)", "（空白）")), height=None)
        self._mark(self._shown[0] if self._shown else None)

    def _mark(self, selected: Value | None) -> None:
        """The source with all values marked, the selected one most of all, scrolled into sight."""
        assert self._form
        text = self._form.text
        places = {VALUE_STYLE: [(v.start, v.end) for v in self._form.values]}
        places[LEFTOVER_STYLE] = [(left.start, left.end) for left in self._form.leftovers]
        if selected:
            places[_SELECTED_STYLE] = [(selected.start, max(selected.end, selected.start + 1))]
        shown = marked_source(text, places)
        self.query_one("#text", Static).update(shown)
        if selected:
            self.query_one("#source").scroll_to(y=max(0, _line_of(shown, _SELECTED_STYLE) - 3), animate=False)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Mark the value under the cursor or the mouse in the source."""
        if self._form and 0 <= event.cursor_row < len(self._shown):
            self._mark(self._shown[event.cursor_row])

    # ------------------------------------------------------------------------------------------------ deciding

    def action_accept(self) -> None:
        """The form is right as it stands."""
        self._close(skip=False)

    def action_skip(self) -> None:
        """Decide about the form another time."""
        self._close(skip=True)

    def _close(self, *, skip: bool) -> None:
        if self._form:
            self._desk.close(self._form, skip=skip)
            self._show_next()

    def action_undo(self) -> None:
        """Take back the last decision."""
        if not self._desk.undo():
            self.notify(say("There is nothing to undo.", "没有可撤销的判定。"))
        self._show_next()

    def action_correct(self) -> None:
        """Ask what of the selected value is wrong, and what it should be."""
        if value := self._selected():
            columns = CORRECTABLE[value.table]
            if len(columns) == 1:
                self._ask_new(value, columns[0])
            else:
                self.push_screen(_Choice(columns), lambda column: self._ask_new(value, column) if column else None)

    def _ask_new(self, value: Value, column: str) -> None:
        def correct(new: str | None) -> None:
            if new:
                self._correct(changes_of(value, column, None if new == "-" else new, self._grammar))

        label = column_label(column)
        self.push_screen(
            _Question(
                say(f"{value.name}: {label} should be (- for blank)", f"{value.name}：{label}应为（- 表示空白）")
            ),
            correct,
        )

    def action_wrong_row(self) -> None:
        """The form has no such value: its row goes."""
        if value := self._selected():
            self._correct([Change(value.table, value.row, WHOLE_ROW, None)])

    def action_missing(self) -> None:
        """Note in words what the tables lack."""
        self.push_screen(
            _Question(say("What is missing, in words", "漏了什么，请用文字说明")),
            lambda words: self._correct([Change("forms", "", MISSING, words)]) if words else None,
        )

    def _correct(self, changes: list[Change]) -> None:
        assert self._form
        try:
            self._desk.correct(self._form, changes)
        except UsageError as error:
            self.notify(str(error.message), severity="error")
            return
        row = self.query_one(DataTable).cursor_row
        self._show_next()
        self.query_one(DataTable).move_cursor(row=row)

    def _selected(self) -> Value | None:
        row = self.query_one(DataTable).cursor_row
        return self._shown[row] if 0 <= row < len(self._shown) else None

    # ----------------------------------------------------------------------------------------------- searching

    def action_search(self) -> None:
        """Open the search line."""
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """List only the values that hold what is typed."""
        if event.input.id == "search" and self._form:
            self._list_values(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close the search line, keep what it found."""
        if event.input.id == "search":
            event.input.display = False
            self.query_one(DataTable).focus()


def _line_of(shown: Text, style: str) -> int:
    """The number of the line, from 0, on which a style first stands."""
    start = next((span.start for span in shown.spans if style in str(span.style)), 0)
    return shown.plain.count("\n", 0, start)
