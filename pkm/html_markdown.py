"""Cleaned HTML as Markdown: headings, lists, quotations, code, links, pictures. For a page's text as a note holds it.

What has no mark in Markdown gives its words. Source: CommonMark 0.31; its special characters are escaped in words.
"""

import re
from html.parser import HTMLParser

from pkm.html import is_web_address
from pkm.text import clean, one_line

_SPECIAL = re.compile(r"([\\`*_\[\]<])")
_LINE_START = re.compile(r"^(\s*\d*)(#{1,6}(?=\s)|[-+](?=\s)|(?<=\d)[.)](?=\s)|>|=+$|~~~)", re.M)
_MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "del": "~~", "s": "~~"}
_PARAGRAPHS = {"p", "div", "section", "article", "header", "footer", "figure", "figcaption", "table", "dl", "details",
               "main", "aside", "summary", "address", "center"}  # fmt: skip
_UNREAD = {"script", "style", "template", "noscript", "svg", "title"}
_DEEPEST = 20


def html_to_markdown(html: str) -> str:
    """The Markdown of some cleaned HTML; no raw HTML is left in it."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return clean(writer.finish())


class _Writer(HTMLParser):
    """Collects blocks of lines; what is quoted or listed is put before each of its lines when it ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._stack: list[tuple[str, list[str]]] = [("", [])]  # open containers: (what they are, their blocks)
        self._line: list[str] = []  # the block that is being written
        self._lists: list[int] = []  # of each open list: its next number, 0 for bullets
        self._links: list[tuple[str, int]] = []  # of each open link: address, where its words begin
        self._head = 0
        self._pre = 0
        self._unread = 0

    def finish(self) -> str:
        """All that was written."""
        while len(self._stack) > 1:
            self._end_container()
        self._end_block()
        return "\n\n".join(self._stack[0][1])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens blocks and marks."""
        given = {name: value or "" for name, value in attrs}
        if tag in _UNREAD:
            self._unread += 1
        elif tag in _MARKS or (tag == "code" and not self._pre):
            self._line.append(_MARKS.get(tag, "`"))
        elif tag == "a":
            self._links.append((given.get("href", ""), len(self._line)))
        elif tag == "img":
            self._write_image(given)
        elif tag == "br":
            self._line.append("\n" if self._pre else "  \n")
        else:
            self._start_block(tag)

    def _start_block(self, tag: str) -> None:
        if tag in _PARAGRAPHS or tag in ("tr", "dt", "dd"):
            self._end_block()
        elif re.fullmatch(r"h[1-6]", tag):
            self._end_block()
            self._head = int(tag[1])
        elif tag == "hr":
            self._end_block()
            self._stack[-1][1].append("---")
        elif tag == "pre":
            self._end_block()
            self._pre += 1
        elif tag in ("ul", "ol"):
            self._end_block()
            self._lists.append(int(tag == "ol"))
            self._start_container("list")
        elif tag == "li":
            self._end_block()
            self._start_container("li")
        elif tag == "blockquote":
            self._end_block()
            self._start_container("quote")

    def handle_endtag(self, tag: str) -> None:
        """Closes them."""
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag in _MARKS or (tag == "code" and not self._pre):
            self._close_mark(_MARKS.get(tag, "`"))
        elif tag == "a" and self._links:
            self._close_link(*self._links.pop())
        elif tag in ("td", "th"):
            self._line.append("  ")
        elif tag in ("ul", "ol"):
            self._close("list")
            if self._lists:
                self._lists.pop()
        elif tag in ("li", "blockquote"):
            self._close("li" if tag == "li" else "quote")
        elif tag == "pre":
            self._end_block()
            self._pre = max(0, self._pre - 1)
        elif tag in _PARAGRAPHS or re.fullmatch(r"h[1-6]|tr|dt|dd", tag):
            self._end_block()

    def handle_data(self, data: str) -> None:
        """Takes words."""
        if self._unread:
            return
        if self._pre:
            self._line.append(data)
            return
        code = self._line.count("`") % 2
        words = re.sub(r"\s+", " ", data)
        self._line.append(words.replace("`", "'") if code else _escape(words))

    def _write_image(self, given: dict[str, str]) -> None:
        alt, source = one_line(given.get("alt", ""), 300), given.get("src", "")
        if is_web_address(source):
            self._line.append(f"![{_escape(alt)}]({_address(source)})")
        elif alt:
            self._line.append(_escape(alt))

    def _close_mark(self, mark: str) -> None:
        """The mark stands next to its words; where there are none, neither stands."""
        last = next((at for at in range(len(self._line) - 1, -1, -1) if self._line[at] == mark), None)
        if last is None:
            return
        words = "".join(self._line[last + 1 :])
        kept = words.strip()
        lead, tail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
        self._line[last:] = [f"{lead}{mark}{kept}{mark}{tail}"] if kept else [words]

    def _close_link(self, href: str, start: int) -> None:
        words = "".join(self._line[start:])
        if is_web_address(href) and words.strip():
            self._line[start:] = [f"[{words.strip()}]({_address(href)})"]

    def _start_container(self, kind: str) -> None:
        if len(self._stack) < _DEEPEST:
            self._stack.append((kind, []))

    def _close(self, kind: str) -> None:
        self._end_block()
        if any(each == kind for each, _ in self._stack):
            while self._end_container() != kind:
                pass

    def _end_container(self) -> str:
        """The innermost container is a block of the one around it; what it was."""
        self._end_block()
        kind, blocks = self._stack.pop()
        inside = self._stack[-1][1]
        if not blocks:
            return kind
        if kind == "quote":
            inside.append(_before_lines("\n\n".join(blocks), "> ", "> "))
        elif kind == "li":
            mark = self._next_mark()
            inside.append(_before_lines("\n".join(blocks) if len(blocks) < 2 else "\n\n".join(blocks), mark, " " * len(mark)))
        else:
            tight = all("\n\n" not in block for block in blocks)
            inside.append(("\n" if tight else "\n\n").join(blocks))
        return kind

    def _next_mark(self) -> str:
        if not self._lists or not self._lists[-1]:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}. "

    def _end_block(self) -> None:
        words = "".join(self._line)
        self._line, self._links = [], []
        head, self._head = self._head, 0
        if self._pre:
            fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", words)), default=0))
            block = f"{fence}\n{words.strip(chr(10))}\n{fence}" if words.strip() else ""
        elif head:
            block = f"{'#' * head} {one_line(words)}" if words.strip() else ""
        else:
            lines = [re.sub(r" +", " ", line).strip() + ("  " if line.endswith("  ") else "") for line in words.split("\n")]
            block = _LINE_START.sub(r"\1\\\2", "\n".join(lines).strip())
        if block:
            self._stack[-1][1].append(block)


def _escape(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", re.sub(r"&(?=#?\w+;)", "&amp;", words))


def _address(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def _before_lines(block: str, first: str, others: str) -> str:
    """The block with a mark before its first line and another before the others."""
    lines = block.split("\n")
    return "\n".join([first + lines[0], *((others + line).rstrip() for line in lines[1:])])
