"""Widgets of the desk: a list that draws only what is in view, and a text that can be read and selected, not changed."""

from collections.abc import Callable
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import TextArea

from pkm.text import one_line

Row = dict[str, Any]


class Rows(ScrollView, can_focus=True):
    """A list of any length: two lines a row, read when they are drawn."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, action, show=False) for key, action in (
            ("down", "move(1)"), ("up", "move(-1)"), ("pagedown", "page(1)"), ("pageup", "page(-1)"), ("home", "go(0)"),
            ("end", "go(-1)"),
        )
    ]  # fmt: skip
    DEFAULT_CSS = "Rows { overflow-x: hidden; overflow-y: auto; }"
    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor is on another row."""

    def __init__(self, read: Callable[[int], Row], **options: Any) -> None:
        super().__init__(**options)
        self._read = read
        self.length = 0

    def show(self, length: int, cursor: int = 0) -> None:
        """The list has so many rows, and the cursor is at one of them."""
        self.length = length
        self.virtual_size = Size(0, length * 2)
        self.cursor = max(0, min(cursor, length - 1))
        self._into_view()
        self.refresh()
        self.post_message(self.Moved())

    def action_move(self, by: int) -> None:
        """The cursor is so many rows further."""
        self._set(self.cursor + by)

    def action_page(self, by: int) -> None:
        """The cursor is a screen further."""
        self._set(self.cursor + by * max(1, self.size.height // 2 - 1))

    def action_go(self, to: int) -> None:
        """The cursor is at a row; -1: the last one."""
        self._set(to if to >= 0 else self.length - 1)

    def _set(self, to: int) -> None:
        to = max(0, min(to, self.length - 1))
        if to != self.cursor:
            self.cursor = to
            self._into_view()
            self.refresh()
            self.post_message(self.Moved())

    def _into_view(self) -> None:
        if self.size.height:
            self.scroll_to_region(Region(0, self.cursor * 2, 1, 2), animate=False)

    def on_click(self, event: Any) -> None:
        """The row that was clicked has the cursor."""
        self._set((event.y + self.scroll_offset.y) // 2)

    def on_resize(self) -> None:
        """The row with the cursor stays in view."""
        self._into_view()

    def render_line(self, y: int) -> Strip:
        """One line of the list."""
        line = y + self.scroll_offset.y
        at, second = divmod(line, 2)
        width = self.size.width
        if at >= self.length:
            return Strip.blank(width, self.rich_style)
        row = self._read(at)
        here = at == self.cursor
        if second:
            facts = (one_line(row["from"], 40), row["day"], one_line(row["why"], 80))
            text = "  " + one_line(" · ".join(fact for fact in facts if fact), max(width - 5, 10))
            style = Style(dim=True)
        else:
            text, style = one_line(f"{row['id']} {row['title']}", max(width - 3, 10)), Style(bold=here)
        mark = ("▌" if here else " ") if self.has_focus or here else " "
        style += Style(reverse=here and self.has_focus)
        return Strip([Segment(f"{mark}{text}", self.rich_style + style)]).adjust_cell_length(width, self.rich_style + style)


class Reading(TextArea):
    """A text to read: the cursor, the keyboard (Shift and arrows) and the mouse select what is to be quoted."""

    DEFAULT_CSS = "Reading { border: none; padding: 0 1; }"

    def __init__(self, **options: Any) -> None:
        super().__init__("", read_only=True, soft_wrap=True, show_line_numbers=False, **options)
