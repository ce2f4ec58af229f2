"""What of a text only its writer should see: %%comments%%, <!-- comments -->, and definitions of links that lead nowhere.

What is code, and what is defined, a Markdown parser says, whom the caller asks. Where it is not plain which marks belong
together, all is cut that may be a comment, and Stripped.doubt says so. Pure: text in, text out.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

CodeOf = Callable[[str], Iterable[Iterable[str]]]
"""Gives, for each way in which programs read Markdown, the contents of all code in a text. Code is what is so in every way."""


class Definition(NamedTuple):
    """What a text says a [label] leads to, in its lines from `first` to before `last`. seen: whether a reader gets there."""

    label: str
    title: str
    first: int
    last: int
    seen: bool


DefinitionsOf = Callable[[str], Iterable[Definition]]
"""Gives the definitions in a text, as a parser reads it."""

_MARK = re.compile(r"%{2,}|<!--|-->")
_ROUNDS = 20
"""So often a text is read anew after something was cut; beyond that no code is stepped over."""
_SIGN, _END, _OTHER = "\ue000", "\ue001", "\ue002"  # of private use: to a parser they are letters like any other
_SIGNED = re.compile(f"{_SIGN}(\\d+){_END}")
_GOES_ON = r"\n(?![ \t>]*(?:\n|\Z))"
_NOWHERE = re.compile(
    r"\[((?:\\.|[^\[\]\\\n])*)\]:[ \t]*(?:\n[ \t>]*)?(?:#|<\s*#?\s*>)(?=\s|\Z)"  # [//]: # and the like, wherever it stands
    rf"((?:[ \t]*(?:\n[ \t>]*)?(?:\"(?:[^\"\n]|{_GOES_ON})*\"|'(?:[^'\n]|{_GOES_ON})*'|\((?:[^()\n]|{_GOES_ON})*\)))?[^\n]*)"
)

Span = tuple[int, int]


class Stripped(NamedTuple):
    """A text without its comments, and what they said.

    doubt: the line (from 1) where nobody can tell what is comment and what is none; 0: it is plain everywhere.
    """

    text: str
    comments: tuple[str, ...] = ()
    doubt: int = 0


def strip(text: str, code_of: CodeOf, definitions_of: DefinitionsOf) -> Stripped:
    """The text without comments; code keeps its %%. One left open hides the rest.

    What was code only because of what stood in a comment is none any more, and is read anew.
    """
    said: list[str] = []
    doubt = 0
    for number in range(_ROUNDS + 1):
        code = code_of if number < _ROUNDS else lambda _: [[]]
        spans, unclear = _commented(text, code) if "%%" in text or "<!--" in text else ([], None)
        doubt = doubt or (text.count("\n", 0, unclear.start()) + 1 if unclear else 0)
        said += [text[start:end].strip("%") for start, end in spans]
        if not spans and "]:" in text:
            unseen = _unseen(text, code, definitions_of)
            spans = _joined(span for span, _ in unseen)
            said += [words for _, words in unseen if words]
        if not spans:
            break
        text = "".join(text[end:start] for (_, end), (start, _) in zip([(0, 0), *spans], [*spans, (len(text), 0)], strict=True))
    return Stripped(text, tuple(said), doubt)


def _commented(text: str, code_of: CodeOf) -> tuple[list[Span], re.Match[str] | None]:
    """Where the comments are, and a mark of which nobody can tell what it is.

    Marks that are in code to some programs only, such as in lines that are indented, or within HTML, are read both ways.
    """
    read = _read(_MARK, text, code_of)
    plain = [mark for mark in read.outside if mark.start() not in read.perhaps]
    alone = (group[0] for group in read.groups if any(end < 0 for _, end in _spans(group, -1)))
    unclear = _unclear(read.outside, read.in_code, len(text)) or next(alone, None)
    return _joined([*_spans(read.outside, len(text)), *(_spans(plain, len(text)) if read.perhaps else ())]), unclear


def _unseen(text: str, code_of: CodeOf, definitions_of: DefinitionsOf) -> list[tuple[Span, str]]:
    """Where the definitions are that no reader sees, with what they say."""
    starts = [0, *(mark.end() for mark in re.finditer("\n", text)), len(text) + 1]
    found = [
        ((text.index("[", starts[one.first]), min(starts[one.last] - 1, len(text))), one.label, one.title)
        for one in definitions_of(text) if not one.seen
    ]  # fmt: skip
    found += [(match.span(), match[1], match[2]) for match in _read(_NOWHERE, text, code_of).outside]
    return [(span, words) for span, label, title in found for words in (title, label if " " in label else "")]


def _unclear(marks: list[re.Match[str]], in_code: list[re.Match[str]], end: int) -> re.Match[str] | None:
    """A mark of which nobody can tell whether it begins a comment or ends one.

    So it is where one is left over beside whole comments or beside code that has one, where several stand in a row, and
    where the two kinds of comment overlap.
    """
    percents = [mark for mark in marks if mark[0][0] == "%"]
    html = _html(marks, end)
    runs = [mark for mark in percents if len(mark[0]) > 3]
    crossed = [inner[-1] for span in html if len(inner := [mark for mark in percents if _within(mark, [span])]) % 2]
    odd = [mark for mark in percents if not _within(mark, html)]
    left_over = odd[-1:] if len(odd) % 2 and (len(odd) > 1 or any(mark[0][0] == "%" for mark in in_code)) else []
    return next(iter([*runs, *crossed, *left_over]), None)


class _Read(NamedTuple):
    """Marks by where they stand. outside: in no code, or in what is code to some programs only.

    in_code: in what is code to all; groups: those of the first that some take for code, by the pieces of that; perhaps: where
    these begin.
    """

    outside: list[re.Match[str]]
    in_code: list[re.Match[str]]
    perhaps: set[int]
    groups: list[list[re.Match[str]]]


def _read(mark: re.Pattern[str], text: str, code_of: CodeOf) -> _Read:
    marks = list(mark.finditer(text))
    numbers = iter(range(len(marks)))
    signed = mark.sub(lambda match: f"{_SIGN}{next(numbers)}{_END}{match[0]}", text.replace(_SIGN, _OTHER)) if marks else ""
    ways = [[{int(number) for number in _SIGNED.findall(code)} for code in codes] for codes in code_of(signed)]
    in_code = set.intersection(*(set[int]().union(*pieces) for pieces in ways))
    groups = [[marks[number] for number in sorted(piece - in_code)] for pieces in ways for piece in pieces if piece - in_code]
    return _Read(
        [one for number, one in enumerate(marks) if number not in in_code], [marks[number] for number in sorted(in_code)],
        {one.start() for group in groups for one in group}, groups,
    )  # fmt: skip


def _spans(marks: list[re.Match[str]], end: int) -> list[Span]:
    """All that is a comment whichever of the two kinds is looked for first."""
    html, percent = _html(marks, end), _percent(marks, end)
    return [
        *html, *_percent([mark for mark in marks if not _within(mark, html)], end),
        *percent, *_html([mark for mark in marks if not _within(mark, percent)], end),
    ]  # fmt: skip


def _html(marks: list[re.Match[str]], end: int) -> list[Span]:
    return list(_pairs(((mark, mark[0] == "<!--", mark[0] == "-->") for mark in marks if mark[0][0] != "%"), end))


def _percent(marks: list[re.Match[str]], end: int) -> list[Span]:
    """Four and more in a row end one comment and begin the next, or are one mark: what follows is hidden either way."""
    return list(_pairs(((mark, True, len(mark[0]) < 4) for mark in marks if mark[0][0] == "%"), end))


def _pairs(marks: Iterable[tuple[re.Match[str], bool, bool]], end: int) -> Iterator[Span]:
    """From each mark that opens to the next that closes, else to the end. marks: (mark, it may open, it may close)."""
    start = -1
    for mark, opens, closes in marks:
        if start < 0:
            start = mark.start() if opens else -1
        elif closes:
            yield start, mark.end()
            start = -1
    if start >= 0:
        yield start, end


def _within(mark: re.Match[str], spans: Iterable[Span]) -> bool:
    return any(start <= mark.start() and mark.end() <= end for start, end in spans)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The same in order, those made one that touch."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
