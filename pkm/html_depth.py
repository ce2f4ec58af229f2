"""HTML made shallow before it is parsed: what parsers do with open elements takes time by their number, each time.

Reads tags as the HTML standard's tokenizer does (13.2.5), keeps account of what is open as its tree builder does
(13.2.6), and drops the tags that would be too deep; their text stays. Takes time by the length alone.
"""

import re
from collections import Counter

DEEPEST = 200
"""Elements that may be open at once; pages that people write have some thirty."""

_MAX_LEAKED = 8  # formatting elements that may go on behind the block that they were opened in
_SPACE = "[ \t\n\f\r]"
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][^ \t\n\f\r/>]*+)"
    rf"(?:[ \t\n\f\r/]++|[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+(?:{_SPACE}*+={_SPACE}*+"
    r"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^ \t\n\f\r>"'][^ \t\n\f\r>]*+)?+)?+)*+(?P<tail>>|\Z)"""
    r"|<[!?/](?>[^>]*)(?:>|\Z)",
    re.S,
)


def _words(listed: str) -> set[str]:
    return set(listed.split())


_VOID = _words("area base br col embed frame hr img input keygen link meta param source track wbr")
_HIDDEN = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"}
_FOREIGN = {"svg", "math", "template"}
_UNPARSED = {"script", "style"}
_RAW = {"textarea", "xmp", "noembed", "noframes", "plaintext", "select", "frameset", "image"}
_FORMATTING = _words("a b big code em font i nobr s small strike strong tt u")
_ENDS_P = _words(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hgroup hr li listing main menu nav ol p pre search section summary table ul dd dt"
)
_SCOPE = _words("applet caption html table td th marquee object template")
_SPECIAL = _ENDS_P | _SCOPE | _words("body button colgroup head tbody tfoot thead tr")
_LISTS = _SPECIAL - {"address", "div", "p"}
_ROWS = {"thead", "tbody", "tfoot"}
_CELLS = {"td", "th", "caption"}
_SIBLINGS: dict[str, tuple[set[str], set[str]]] = {  # what a start tag ends, and what it does not reach out of
    "li": ({"li"}, _LISTS - {"li"}),
    "dd": ({"dd", "dt"}, _LISTS - {"dd", "dt"}),
    "dt": ({"dd", "dt"}, _LISTS - {"dd", "dt"}),
    "tr": ({"tr", *_CELLS}, {"table"}),
    "td": (_CELLS, {"table", "tr"}),
    "th": (_CELLS, {"table", "tr"}),
    **{name: ({"tr", *_ROWS, *_CELLS}, {"table"}) for name in _ROWS},
    **{name: ({"rb", "rt", "rp"}, _SPECIAL | {"ruby", "rtc"}) for name in ("rb", "rt", "rp")},
    "option": ({"option"}, _SPECIAL),
}


def cap_depth(html: str, *, page: bool = False) -> str:
    """The HTML with no more than DEEPEST elements open at once; as it came where it has too few tags for more.

    Elements that are no text are left out with all that is in them. page: it is a whole page, whose title and scripts
    say something to whom reads it next: only what holds another language than HTML is left out.
    """
    if html.count("<") <= DEEPEST:
        return html
    hidden = _FOREIGN if page else _HIDDEN
    capper, at = _Capper(), 0
    while token := _TOKEN.search(html, at):
        capper.out.append(html[at : token.start()].replace("<", "&lt;"))
        at = token.end()
        name = (token["name"] or "").lower()
        if not name or not token["tail"]:
            continue  # a comment, or a tag that the end of the text broke off
        if token["end"]:
            capper.end(name, token[0])
        elif name in hidden or name in _UNPARSED:
            at = _end_of(name, html, at)
            capper.out.append("" if name in hidden else html[token.start() : at])
        else:
            capper.start(name, token[0])
    capper.out.append(html[at:].replace("<", "&lt;"))
    return "".join(capper.out)


def whole_tags(html: str) -> str:
    """The HTML's tags that end and its words, no scripts: what Python's reader of HTML may be given, whoever wrote it.

    Of a comment, a declaration or a tag that never ends it looks for the end anew each time, to the end of the text.
    """
    kept, at = list[str](), 0
    while token := _TOKEN.search(html, at):
        kept.append(html[at : token.start()].replace("<", "&lt;"))
        at = token.end()
        name = (token["name"] or "").lower()
        if not name or not token["tail"]:
            continue
        if name in _UNPARSED and not token["end"]:
            at = _end_of(name, html, at)
        else:
            kept.append(token[0])
    kept.append(html[at:].replace("<", "&lt;"))
    return "".join(kept)


def _end_of(name: str, html: str, at: int) -> int:
    """Where the element of that name ends, in which no tags are read."""
    closing = re.compile(rf"</{re.escape(name)}(?=[ \t\n\f\r/>])[^>]*>?", re.I).search(html, at)
    return closing.end() if closing else len(html)


class _Capper:
    """What is open, by name, with whether its tag was written; and what is written."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._counts: Counter[str] = Counter()
        self._depth = 0
        self._leaked: Counter[str] = Counter()  # formatting that goes on behind its block, by name

    def start(self, name: str, tag: str) -> None:
        """Opens an element, and ends those that cannot stand around it."""
        if name in _RAW:
            return
        if name == "a":
            self.end("a", "</a>", stray=False)
        if name in _SIBLINGS:
            self._pop_to(*_SIBLINGS[name])
        if name in _ENDS_P:
            self._pop_to({"p"}, _SCOPE | {"button"})
        written = self._depth < DEEPEST
        if name not in _VOID:
            self._open.append((name, written))
            self._counts[name] += 1
            self._depth += written
        if written or name in _VOID:
            self.out.append(tag)

    def end(self, name: str, tag: str, *, stray: bool = True) -> None:
        """Ends an element, with all that is open in it. stray: an end of nothing is written all the same."""
        if name in _RAW or name in _UNPARSED or name in _FOREIGN:
            return
        if name in _ROWS or name in ("table", "tr", "td", "th", "caption"):
            found = self._pop_to({name}, {"table"} - {name})
        elif name in _SPECIAL:
            found = self._pop_to({name}, _SCOPE)
        else:
            found = self._pop_to({name}, _SPECIAL) or (name in _FORMATTING and self._reopen(name))
        if not found and stray:
            self.out.append(tag)
            if self._leaked[name] and not any(self._counts[each] for each in _SCOPE):  # an end in a cell ends it there
                self._leaked[name] -= 1

    def _pop_to(self, names: set[str], bounds: set[str]) -> bool:
        """The innermost of these is ended, where none of the bounds stands within it."""
        if not any(self._counts[name] for name in names):
            return False
        for back in range(1, min(len(self._open), 2 * DEEPEST) + 1):
            name = self._open[-back][0]
            if name in names:
                self._pop(back)
                return True
            if name in bounds:
                break
        return False

    def _pop(self, number: int) -> None:
        for left in range(number, 0, -1):
            name, written = self._open.pop()
            self._counts[name] -= 1
            self._depth -= written
            if left > 1 and written and name in _FORMATTING and left + self._leaked.total() <= _MAX_LEAKED:
                self._leaked[name] += 1  # it goes on in the next block, as in a browser
            elif written:
                self.out.append(f"</{name}>")

    def _reopen(self, name: str) -> bool:
        """A formatting element that ends across a block goes on within that block, as the standard has it."""
        if not self._counts[name]:
            return False
        for back in range(1, min(len(self._open), 2 * DEEPEST) + 1):
            each, written = self._open[-back]
            if each in _SCOPE:
                break
            if each == name:
                del self._open[-back]
                self._open.append((name, written))
                if written:
                    self.out.append(f"</{name}>")
                return True
        return False
