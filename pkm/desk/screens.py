"""Screens that stand before the desk for a moment: a line to type, a text to write, one of several, the help."""

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Label, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from pkm.desk.drafts import Draft

CSS = """
ModalScreen { align: center middle; }
ModalScreen > Vertical {
  width: 90%; max-width: 84; height: auto; max-height: 90%; border: round $accent; padding: 0 1; background: $surface;
}
Write > Vertical { height: 80%; }
Write TextArea { height: 1fr; }
Choose OptionList { height: auto; max-height: 14; }
"""


IN_A_LINE = """Enter, ^S    done              Escape  leave: nothing is changed
Right, Tab   take what is offered, grey behind the cursor
Ctrl-A, -E   to the beginning, to the end
Ctrl-W, -U   delete a word, everything before the cursor
Several tags at once: +org/design trust -draft"""
IN_A_TEXT = """Ctrl-S   done: it is stored      Escape  leave; what you typed stays a draft
Ctrl-Z   undo typing             Ctrl-Y  redo
Shift and arrows: select         Ctrl-X, -C, -V  cut, copy, paste
The first line or sentence is the title. #tags, @people and [[notes]]
are read out of the text. What is typed is on the disk at once: after a
crash the same key (n, e) takes it up again."""
IN_A_CHOICE = """Type to narrow the list, Down to go into it, Enter or Ctrl-S to take one.
Escape: leave; nothing is changed"""


class LastWord(Suggester):
    """Completes the last word of a line, such as a tag, from known ones."""

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(case_sensitive=True)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        """The line with its last word completed, None where nothing begins so."""
        last = re.split(r"[\s,]", value)[-1]
        typed = last.lstrip("+-#")
        there = {word.lstrip("+-#").casefold() for word in re.split(r"[\s,]", value[: len(value) - len(last)])}
        begin = typed.casefold()
        found = next((name for name in self._known if typed and _goes_on(name, begin) and name.casefold() not in there), None)
        return None if found is None else value + found[len(typed) :]


def _goes_on(name: str, begin: str) -> bool:
    """Whether the name begins so and has more."""
    return len(name) > len(begin) and name.casefold().startswith(begin)


class Passing(ModalScreen[str | None]):
    """A screen before the desk that is left once: keys come faster than a screen goes."""

    _left = False

    def leave(self, answer: str | None = None) -> None:
        """The desk has the answer, and the screen goes; a second time nothing happens."""
        if not self._left:
            self._left = True
            self.dismiss(answer)


class Modal(Passing):
    """A screen before the desk that Escape leaves; F1 tells its keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Leave"), Binding("f1", "help", "Help", priority=True),
    ]  # fmt: skip
    HELP = ""

    def action_cancel(self) -> None:
        """There is no answer."""
        self.leave()

    def action_help(self) -> None:
        """The keys of this screen are told."""
        if not isinstance(self.app.screen, Help):
            self.app.push_screen(Help(self.HELP))


class Ask(Modal):
    """One line; Enter or Ctrl-S gives it, Escape gives nothing. What is typed is in `draft`, where there is one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", priority=True), Binding("ctrl+s", "save", "Done", priority=True),
    ]  # fmt: skip
    HELP = IN_A_LINE

    def __init__(self, question: str, known: Sequence[str] = (), value: str = "", draft: Draft | None = None) -> None:
        super().__init__()
        self._question, self._known, self._value, self.draft = question, known, value, draft

    def compose(self) -> ComposeResult:
        """The question and the line."""
        with Vertical():
            yield Label(self._question, markup=False)
            yield Input(self._value, suggester=LastWord(self._known) if self._known else None, select_on_focus=False)
            complete = "Tab: complete · " if self._known else ""
            yield Static(f"Enter: done · {complete}Escape: leave · F1: keys", markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """The draft holds what was typed."""
        if self.draft and event.value.strip():
            self.draft.keep(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """What was typed is the answer."""
        self.leave(event.value)

    def action_save(self) -> None:
        """As with Enter: the key that ends a text ends a line as well."""
        self.leave(self.query_one(Input).value)

    def action_complete(self) -> None:
        """What is offered is taken."""
        self.query_one(Input).action_cursor_right()


class Write(Modal):
    """A text; Ctrl-S gives it, Escape gives nothing. What is typed is in `draft` at every moment.

    text: what is there to begin with. base: what the store holds, of which no draft is needed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "save", "Done", priority=True)]
    HELP = IN_A_TEXT
    FOOT = "Ctrl-S: done · Escape: leave (the draft is kept) · F1: keys"

    def __init__(self, question: str, draft: Draft, text: str = "", base: str = "") -> None:
        super().__init__()
        self._question, self.draft, self._text, self._base = question, draft, text, base

    def compose(self) -> ComposeResult:
        """The question and the text."""
        with Vertical():
            yield Label(self._question, markup=False)
            yield TextArea(self._text, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
            yield Static(self.FOOT, id="foot", markup=False)

    def on_mount(self) -> None:
        """One writes on from the end of what is there."""
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The draft holds what was typed: a terminal that is closed loses none of it."""
        text = event.text_area.text
        if text in (self._base, ""):
            self.draft.remove()
            return
        why = self.draft.keep(text)
        said = f"NOT on the disk: {why}. Ctrl-S stores it." if why else self.FOOT
        self.query_one("#foot", Static).update(said)

    def action_save(self) -> None:
        """The text is the answer."""
        self.leave(self.query_one(TextArea).text)


class Choose(Modal):
    """One of several; what is typed above narrows them. Enter or Ctrl-S gives it, Escape gives nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [("down", "into", "List"), Binding("ctrl+s", "save", "Done", priority=True)]
    HELP = IN_A_CHOICE

    def __init__(self, question: str, offer: Callable[[str], Sequence[tuple[str, str]]], *, typed: bool = True,
                 empty: str = "Nothing is like that.") -> None:  # fmt: skip
        super().__init__()
        self._question, self._offer, self._typed, self._empty = question, offer, typed, empty

    def compose(self) -> ComposeResult:
        """The question, a line that narrows, and what is offered."""
        with Vertical():
            yield Label(self._question, markup=False)
            if self._typed:
                yield Input(placeholder="words, or an id")
            yield OptionList(markup=False)
            yield Static("", id="none", markup=False)
            yield Static("Enter: take it · Escape: leave · F1: keys", markup=False)

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
        listed.display = bool(listed.option_count)
        self.query_one("#none", Static).display = not listed.option_count
        self.query_one("#none", Static).update(self._empty)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What is offered follows what is typed."""
        self._fill(event.value)

    def on_input_submitted(self) -> None:
        """The first one is taken."""
        self.action_save()

    def action_save(self) -> None:
        """The one that is marked is taken."""
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            self.leave(listed.get_option_at_index(listed.highlighted).id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """The one that was chosen is taken."""
        self.leave(event.option.id)

    def action_into(self) -> None:
        """The list has the keys."""
        self.query_one(OptionList).focus()


class Help(Passing):
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
        self.leave()
