"""Widgets of the desk: a list that draws only what is in view, and a text that can be read and selected, not changed."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.document._document import Document
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import TextArea

from pkm.ids import Row
from pkm.text import one_line


def fit(text: str, cells: int) -> str:
    """The text on one line, cut with … to so many cells of the terminal: wide letters take two."""
    text = one_line(text, max(cells, 1) * 2)
    return text if cell_len(text) <= cells else set_cell_size(text, max(cells - 1, 0)).rstrip() + "…"


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
        """The cursor is on another row. by_hand: somebody went there; else the list changed under it."""

        def __init__(self, *, by_hand: bool = False) -> None:
            super().__init__()
            self.by_hand = by_hand

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
            self.post_message(self.Moved(by_hand=True))

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
        width = self.scrollable_content_region.width  # what the scrollbar leaves
        if at >= self.length:
            return Strip.blank(width, self.rich_style)
        row = self._read(at)
        here = at == self.cursor
        if second:
            facts = (row["day"], one_line(row["from"], 40), one_line(row["why"], 80))
            text, style = "  " + fit(" · ".join(fact for fact in facts if fact), width - 4), Style(dim=True)
        else:
            text, style = fit(f"{row['id']} {row['title']}", width - 2), Style(bold=here)
        mark = ("▌" if here else " ") if self.has_focus or here else " "
        style += Style(reverse=here and self.has_focus)
        return Strip([Segment(f"{mark}{text}", self.rich_style + style)]).adjust_cell_length(width, self.rich_style + style)


class Reading(TextArea):
    """A text to read: the cursor, the keyboard (Shift and arrows) and the mouse select what is to be quoted.

    What is quoted already is underlined.
    """

    DEFAULT_CSS = "Reading, Reading:focus { border: none; padding: 0 1; }"

    def __init__(self, **options: Any) -> None:
        super().__init__("", read_only=True, soft_wrap=True, show_line_numbers=False, **options)
        self._quoted: dict[int, list[tuple[int, int]]] = {}

    @property
    def _plain(self) -> Document:
        """The document: one without syntax, so that positions in it are those in the text."""
        assert isinstance(self.document, Document)
        return self.document

    def show(self, text: str, quoted: Sequence[tuple[int, int]] = ()) -> None:
        """The text is shown from its beginning. quoted: beginnings and ends of what is quoted in it."""
        self._quoted = {}
        self.load_text(text)
        for start, end in quoted:
            (first, column), (last, behind) = map(self._plain.get_location_from_index, (start, end))
            for line in range(first, last + 1):
                part = (column if line == first else 0, behind if line == last else len(self.document.get_line(line)))
                self._quoted.setdefault(line, []).append(part)

    def get_line(self, line_index: int) -> Text:
        """One line as it is drawn."""
        line = super().get_line(line_index)
        for start, end in self._quoted.get(line_index, ()):
            line.stylize("underline", start, end)
        return line

    @property
    def selected_from(self) -> int:
        """Where in the text the selection begins."""
        return self._plain.get_index_from_location(min(self.selection.start, self.selection.end))

    def read_on(self) -> bool:
        """The next screen of the text is shown; False where its end was to be seen."""
        if self.scroll_offset.y >= self.max_scroll_y:
            return False
        self.scroll_page_down(animate=False)
        return True

    def read_back(self) -> None:
        """The screen of the text before this one is shown."""
        self.scroll_page_up(animate=False)
