"""The search grammar read: text into the tree of pkm.query_tree, whatever was typed.

Owns what is an operator, a field or a word; pkm.query_tree says what the parts mean.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from shlex import quote

from pkm import dates
from pkm.errors import Invalid
from pkm.query_tree import FIELDS, And, Field, Node, Not, Or, Query, Regex, When, Word, joined, negated, searchable
from pkm.text import clean
from pkm.timed_regex import compile_regex

MOST_LETTERS = 4000
MOST_TERMS = 200
"""SQLite takes an expression 1,000 deep, FTS5 one of 256; nobody types as many."""
DEEPEST = 12
"""Groups in groups that are told apart; further parentheses are as if they were not there."""

ALSO = {"source": "from", "author": "by", "since": "after", "date": "on", "type": "kind", "state": "is"}
"""What a field is called elsewhere, and its name here."""
_DATED = ("before", "after", "on")


def read(text: str, now: datetime) -> Query:
    """The query that the text is, see pkm.query.parse."""
    cleaned = " ".join(clean(text).split())
    if len(cleaned) > MOST_LETTERS:
        raise _too_long()
    reader = _Reader(list(_lex(cleaned)), now)
    node = reader.read_all()
    return Query(cleaned, node, tuple(reader.ignored))


# From text to tokens. A token is (what, text): what is "(", ")", "or", "not", "minus", "and", "word", "phrase",
# "regex", or a field's name.

_Token = tuple[str, str]
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
_OPERATORS = {"OR": "or", "|": "or", "AND": "and", "NOT": "not"}


def _lex(text: str) -> Iterator[_Token]:
    position = depth = 0
    while position < len(text):
        letter = text[position]
        if letter == " ":
            position += 1
        elif letter == "(" or (letter == ")" and depth):
            depth += 1 if letter == "(" else -1
            position += 1
            yield letter, letter
        elif letter == "-" and text[position + 1 : position + 2] not in ("", " ", "-", ")"):
            position += 1
            yield "minus", letter
        elif (quoted := _quoted(text, position)) is not None:
            said, position = quoted
            yield "phrase", said
        elif (pattern := re.compile(r"/((?:[^/\\ ]|\\.)(?:[^/\\]|\\.)*)/(?=[ )]|$)").match(text, position)) is not None:
            position = pattern.end()
            yield "regex", pattern[1]
        else:
            token, position = _bare(text, position, depth)
            yield token


def _quoted(text: str, position: int) -> tuple[str, int] | None:
    """What stands in quotes here, and where it ends; None where no quote opens or none closes."""
    closing = _QUOTES.get(text[position : position + 1])
    end = text.find(closing, position + 1) if closing else -1
    if end < 0:
        return None
    return text[position + 1 : end], end + 1


def _bare(text: str, position: int, depth: int) -> tuple[_Token, int]:
    """A field with its value, an operator or a word, and where it ends."""
    field = re.compile(r"([A-Za-z]+):(?!//)(?=[^ )])").match(text, position)
    if field is not None:
        name = _field_name(field[1])
        if name:
            value, end = _run(text, field.end(), depth)
            if value.strip(' ",“”'):
                return (name, value), end
    if text[position] in "@#" and (said := _quoted(text, position + 1)) is not None and said[0].strip():
        return ("person" if text[position] == "@" else "tag", f'"{said[0]}"'), said[1]
    word, end = _run(text, position, depth, quotes=False)
    if word in _OPERATORS:
        return (_OPERATORS[word], word), end
    return _marked(word), end


_MARKS = ((r"@(\w[\w.\-]*)", "person"), (r"#([\w/\-]*[^\W\d][\w/\-]*)", "tag"), (r":([^\W\d_][\w\-]+)", "saved"))


def _marked(word: str) -> _Token:
    """@person, #tag, :saved, or the word itself."""
    for form, name in _MARKS:
        match = re.fullmatch(form, word)
        if match:
            return name, match[1]
    return "word", word


def _run(text: str, position: int, depth: int, *, quotes: bool = True) -> tuple[str, int]:
    """The text up to the next space or the parenthesis that closes an outer group; with quotes, those hold spaces."""
    start, inner = position, 0
    while position < len(text) and text[position] != " ":
        quoted = _quoted(text, position) if quotes and (position == start or text[position - 1] == ",") else None
        if quoted is not None:
            position = quoted[1]
            continue
        if text[position] == "(":
            inner += 1
        elif text[position] == ")":
            if depth and not inner:
                break
            inner -= 1
        position += 1
    return text[start:position], position


def _too_long() -> Invalid:
    why = f"at most {MOST_TERMS} terms and {MOST_LETTERS:,} characters are searched for"
    return Invalid("a query that long", why, next="leave some words out")


def _field_name(typed: str) -> str | None:
    """The field; None where it is a word. Raises Invalid where it is nearly a field."""
    name = typed.lower()
    name = ALSO.get(name, name)
    if name in FIELDS:
        return name
    if typed != name:
        return None
    from pkm.spelling import near

    meant = near(name, [*FIELDS, *ALSO], 1)
    if not meant:
        return None
    raise Invalid(
        f"“{name}:”", "it is no field of a search", near=[f"{meant[0]}:"],
        next=f"pkm find {meant[0]}:…, or for the words as they stand: pkm find '\"{name}:…\"'",
    )  # fmt: skip


# From tokens to the tree


class _Reader:
    """Reads tokens by recursive descent: either := both (OR both)*, both := one+, one := [-|NOT] leaf | ( either ).

    Each side keeps the scope that in:title gives to the words of its group.
    """

    def __init__(self, tokens: list[_Token], now: datetime) -> None:
        self.tokens = tokens
        self.at = 0
        self.now = now
        self.depth = 0
        self.terms = 0
        self.ignored: list[str] = []

    def read_all(self) -> Node | None:
        return self._either()

    def _peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def _either(self) -> Node | None:
        sides: list[Node] = []
        while True:
            side = self._both(first=not sides)
            if side is not None:
                sides.append(side)
            if self._peek() != "or":
                break
            self.at += 1
        return joined(Or, sides)

    def _both(self, *, first: bool) -> Node | None:
        """What stands side by side, up to an OR with something on both of its sides, or the end of the group."""
        nodes: list[Node] = []
        scope = ""
        while (what := self._peek()) and not (what == ")" and self.depth):
            if what == "or" and (nodes or not first) and self._operand_follows():
                break
            if what == "in":
                scope = self._scope()
                continue
            node = self._one()
            if node is not None:
                nodes.append(node)
        return _scoped(joined(And, nodes), scope)

    def _operand_follows(self) -> bool:
        at = self.at
        while at < len(self.tokens) and self.tokens[at][0] in ("or", "and"):
            at += 1
        return at < len(self.tokens) and self.tokens[at][0] != ")"

    def _one(self) -> Node | None:
        positive = True
        while True:
            what, text = self.tokens[self.at]
            self.at += 1
            if what not in ("not", "minus") or self._peek() in ("", ")", "or", "and", "in"):
                break
            positive = not positive
        node = self._wanted(what, text)
        return node if node is None or positive else negated(node)

    def _wanted(self, what: str, text: str) -> Node | None:
        if what == "(":
            return self._group()
        if what == "and" and self.at > 1 and self._peek() not in ("", ")"):
            return None
        return self._leaf(what, text)

    def _group(self) -> Node | None:
        if self.depth == DEEPEST:
            return None
        self.depth += 1
        node = self._either()
        self.depth -= 1
        if self._peek() == ")":
            self.at += 1
        return node

    def _scope(self) -> str:
        text = self.tokens[self.at][1]
        self.at += 1
        return _checked("in", _values(text))[0]

    def _leaf(self, what: str, text: str) -> Node | None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise _too_long()
        if what == "regex":
            return _regex(text)
        if what in _DATED:
            return _when(what, _values(text), self.now)
        if what in ("title", "text"):
            words = [word for value in _values(text) if (word := self._word(value, what))]
            return joined(Or, words)
        if what in FIELDS:
            return _field(what, _values(text))
        return self._word(text, phrase=what == "phrase")

    def _word(self, text: str, where: str = "", *, phrase: bool = False) -> Node | None:
        if not searchable(text):
            if text not in (")", "(", "|"):
                self.ignored.append(text)
            return None
        prefix = text.endswith("*") and not phrase
        return Word(text.strip('"“”„').rstrip("*") if not phrase else text, prefix, phrase or " " in text, where)


def _scoped(node: Node | None, where: str) -> Node | None:
    """The node with its words looked for only there, where they say nothing else themselves."""
    if not where or node is None:
        return node
    if isinstance(node, Word):
        return node if node.where else Word(node.text, node.prefix, node.phrase, where)
    if isinstance(node, Not):
        inner = _scoped(node.node, where)
        return Not(inner) if inner is not None else None
    if isinstance(node, And | Or):
        return joined(type(node), [part for one in node.nodes if (part := _scoped(one, where)) is not None])
    return node


def _values(text: str) -> tuple[str, ...]:
    """The alternatives of a value: a,b or "a b",c. None is empty."""
    values: dict[str, None] = {}
    position = 0
    while position < len(text):
        quoted = _quoted(text, position)
        if quoted is not None:
            value, position = quoted
        else:
            end = text.find(",", position)
            value, position = (text[position:], len(text)) if end < 0 else (text[position:end], end)
        position = position + 1 if text[position : position + 1] == "," else position
        if value.strip(' "“”'):
            values[value.strip()] = None
    return tuple(values) or (text,)


def _field(name: str, values: tuple[str, ...]) -> Field:
    if name == "links":
        return Field(name, tuple(_span(value) for value in values))
    if name in ("person", "by"):
        values = tuple(value.removeprefix("@") or value for value in values)
    if name == "tag":
        values = tuple(value.removeprefix("#").strip("/") or value for value in values)
    return Field(name, _checked(name, values))


def _checked(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """The values, each one of the field's list where it has one; a plural is taken. Raises Invalid."""
    known = FIELDS[name]
    if known is None:
        return values
    found: list[str] = []
    for value in values:
        folded = value.lower()
        singular = folded.removesuffix("s")
        if folded not in known and singular not in known:
            raise _bad_value(name, value, known)
        found.append(folded if folded in known else singular)
    return tuple(dict.fromkeys(found))


def _bad_value(name: str, value: str, known: Sequence[str]) -> Invalid:
    from pkm.spelling import near, should_be

    meant = [f"{name}:{one}" for one in near(value, known)]
    mended = f"pkm find {quote(meant[0])}, or " if len(meant) == 1 else ""
    return Invalid(f"{name}:{value}", should_be(known), near=meant,
                   next=f"{mended}for the words as they stand: pkm find " + quote(f'"{name}:{value}"'))  # fmt: skip


def _span(value: str) -> str:
    """How many links: 3, >2, >=3, <2, <=1, 3+, 2..5; as "least..most"."""
    match = re.fullmatch(r"(>=|<=|>|<|)(\d{1,6})(\+|\.\.(\d{0,6}))?", value, re.A)
    if match is None or (match[1] and match[3]):
        raise Invalid(f"links:{value}", "it should be a number such as 0, 3+, >2, <5 or 2..5", next="pkm find links:0")
    sign, number = match[1], int(match[2])
    if sign.startswith(">"):
        return f"{number + (sign == '>')}.."
    if sign.startswith("<"):
        return f"0..{number - (sign == '<')}"
    if match[3]:
        return f"{number}..{match[4] or ''}"
    return f"{number}..{number}"


def _when(name: str, values: tuple[str, ...], now: datetime) -> Node:
    """Before that day begins; after: from its first moment on; on: within the day, month or year, or from a to b."""
    from pkm import typed_dates  # most queries name no day

    nodes: list[Node] = []
    for value in values:
        if name == "on":
            since, until = typed_dates.parse_range(value, now)
            nodes.append(When(dates.stamp(since) if since else None, dates.stamp(until) if until else None, value))
            continue
        day = typed_dates.parse_date(value, now, past=True)
        edge = dates.stamp(dates.midnight(day))
        nodes.append(When(edge, None, day.isoformat()) if name == "after" else When(None, edge, day.isoformat()))
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _regex(pattern: str) -> Regex:
    try:
        re.compile(pattern, re.I)
    except (re.error, OverflowError, RecursionError) as error:
        why = f"it is no regular expression: {error}"
        raise Invalid(f"/{pattern}/", why, next="put it in quotes to find the words") from None
    if _repeats_repetition(pattern):
        why = "it could run for ever: a group that repeats holds a repetition or a choice"
        raise Invalid(f"/{pattern}/", why, next="say it without the outer * or +")
    compile_regex(pattern)
    return Regex(pattern)


def _repeats_repetition(pattern: str) -> bool:
    """Whether a group under *, + or {n,} holds *, +, ?, { or | itself: what makes matching exponential.

    Stricter than need be, and simple: (a|b)* is refused as well, [ab]* says the same.
    """
    plain = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern)
    plain = re.sub(r"\(\?[a-zA-Z<>=!:#-]*", "(", plain)
    open_groups: list[bool] = []
    for position, letter in enumerate(plain):
        if letter == "(":
            open_groups.append(False)
        elif letter == ")" and open_groups:
            repeating = open_groups.pop()
            if repeating and re.match(r"[*+]|\{", plain[position + 1 :]):
                return True
            if open_groups and repeating:
                open_groups[-1] = True
        elif letter in "*+?{|" and open_groups:
            open_groups[-1] = True
    return False
