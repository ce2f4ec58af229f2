"""Plain text as a Markdown parser's tokens give it: what is said, set as lists, quotations and rows of tables."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token


@dataclass(slots=True)
class PlainPage:
    """Plain text as it grows: its lines, the lists, the quotation and the table's row that it stands in."""

    lines: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    cells: list[str] | None = None
    after_point: bool = False
    quotes: int = 0
    in_quote: bool = False

    def step(self, token: "Token") -> None:
        """What begins or ends here changes how the next words are set."""
        if token.type == "ordered_list_open":
            self.marks.append(f"{token.attrGet('start') or 1}. ")
        elif token.type == "bullet_list_open":
            self.marks.append("- ")
        elif token.type.endswith("_list_close"):
            self.marks.pop()
            self.after_point = bool(self.marks)
        elif token.type in ("blockquote_open", "blockquote_close"):
            self.quotes += token.nesting
        elif token.type == "tr_open":
            self.cells = []
        elif token.type == "tr_close":
            self.lines.append(" | ".join(self.cells or []))
            self.cells = None
        elif token.type == "table_open" and self.lines:
            self.lines.append("")

    def add(self, said: str) -> None:
        """The words of a block, or of a cell, are on the page."""
        if self.cells is not None:
            self.cells.append(said)
        elif said:
            mark = self.marks[-1] if self.marks else ""
            if self.lines and not self.after_point:
                self.lines.append(("> " * self.quotes).rstrip() if self.in_quote else "")
            said = "  " * max(0, len(self.marks) - 1) + mark + said
            self.lines += [("> " * self.quotes + line).rstrip() for line in said.split("\n")]
            self.in_quote = bool(self.quotes)
            self.after_point = bool(self.marks)
            if mark[:1].isdigit():
                self.marks[-1] = f"{int(mark[:-2]) + 1}. "
