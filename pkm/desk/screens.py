"""Screens that stand before the desk for a moment: a line to type, a text to write, one of several, the help."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Label, OptionList, Static, TextArea
from textual.widgets.option_list import Option

CSS = """
ModalScreen { align: center middle; }
ModalScreen > Vertical {
  width: 90%; max-width: 84; height: auto; max-height: 90%; border: round $accent; padding: 0 1; background: $surface;
}
Write > Vertical { height: 80%; }
Write TextArea { height: 1fr; }
Choose OptionList { height: auto; max-height: 14; }
"""


class LastWord(Suggester):
    """Completes the last word of a line, such as a tag, from known ones."""

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(case_sensitive=False)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        """The line with its last word completed, None where nothing begins so."""
        before, _, last = value.rpartition(" ")
        sign = last[:1] if last[:1] in "+-#" else ""
        typed = last[len(sign) :]
        found = next((name for name in self._known if typed and name.casefold().startswith(typed)), None)
        return None if found is None else f"{before}{' ' if before else ''}{sign}{found}"


class Ask(ModalScreen[str | None]):
    """One line; Enter gives it, Escape gives nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "cancel", "Cancel")]

    def __init__(self, question: str, known: Sequence[str] = (), value: str = "") -> None:
        super().__init__()
        self._question, self._known, self._value = question, known, value

    def compose(self) -> ComposeResult:
        """The question and the line."""
        with Vertical():
            yield Label(self._question, markup=False)
            yield Input(self._value, suggester=LastWord(self._known) if self._known else None)
            yield Static("Enter: done · Right: complete · Escape: cancel", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """What was typed is the answer."""
        self.dismiss(event.value)

    def action_cancel(self) -> None:
        """There is no answer."""
        self.dismiss(None)


class Write(ModalScreen[str | None]):
    """A text; Ctrl-S gives it, Escape gives nothing. What is typed is in `draft` at every moment."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Done", priority=True), ("escape", "cancel", "Leave"),
    ]  # fmt: skip

    def __init__(self, question: str, draft: Path, text: str = "") -> None:
        super().__init__()
        self._question, self.draft, self._text = question, draft, text

    def compose(self) -> ComposeResult:
        """The question and the text."""
        with Vertical():
            yield Label(self._question, markup=False)
            yield TextArea(self._text, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
            yield Static("Ctrl-S: done · Escape: leave (the draft is kept)", markup=False)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The draft holds what was typed: a terminal that is closed loses none of it."""
        if event.text_area.text != self._text or self.draft.exists():
            self.draft.touch(mode=0o600)
            self.draft.write_text(event.text_area.text, encoding="utf-8")

    def action_save(self) -> None:
        """The text is the answer."""
        self.dismiss(self.query_one(TextArea).text)

    def action_cancel(self) -> None:
        """There is no answer; an empty draft goes."""
        if self.draft.exists() and not self.query_one(TextArea).text.strip():
            self.draft.unlink()
        self.dismiss(None)


class Choose(ModalScreen[str | None]):
    """One of several; what is typed above narrows them. Enter gives it, Escape gives nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "cancel", "Cancel"), ("down", "into", "List")]

    def __init__(self, question: str, offer: Callable[[str], Sequence[tuple[str, str]]], *, typed: bool = True) -> None:
        super().__init__()
        self._question, self._offer, self._typed = question, offer, typed

    def compose(self) -> ComposeResult:
        """The question, a line that narrows, and what is offered."""
        with Vertical():
            yield Label(self._question, markup=False)
            if self._typed:
                yield Input(placeholder="words, or an id")
            yield OptionList(markup=False)
            yield Static("Enter: take it · Escape: cancel", markup=False)

    def on_mount(self) -> None:
        """What is offered before anything is typed."""
        self._fill("")
        if not self._typed:
            self.query_one(OptionList).focus()

    def _fill(self, typed: str) -> None:
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([Option(words, id=name) for name, words in self._offer(typed)])
        if listed.option_count:
            listed.highlighted = 0

    def on_input_changed(self, event: Input.Changed) -> None:
        """What is offered follows what is typed."""
        self._fill(event.value)

    def on_input_submitted(self) -> None:
        """The first one is taken."""
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            self.dismiss(listed.get_option_at_index(listed.highlighted).id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """The one that was chosen is taken."""
        self.dismiss(event.option.id)

    def action_into(self) -> None:
        """The list has the keys."""
        self.query_one(OptionList).focus()

    def action_cancel(self) -> None:
        """None of them."""
        self.dismiss(None)


class Help(ModalScreen[None]):
    """What the keys do; any key closes it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The text."""
        with Vertical():
            yield Static(self._text, markup=False)

    def on_key(self, event: Any) -> None:
        """Enough was read."""
        event.stop()
        self.dismiss(None)
