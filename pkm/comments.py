"""What of a text only its writer should see: %%comments%% and <!-- comments -->, told from what stands in code.

What is code a Markdown parser says, whom the caller asks. Where it is not plain which marks belong together, all is cut
that may be a comment, and Stripped.doubt says so. Pure: text in, text out.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

CodeOf = Callable[[str], Iterable[str]]
"""Gives the contents of all code in a text, as a parser reads it."""

_MARK = re.compile(r"%{2,}|<!--|-->")
_ROUNDS = 20
"""So often a text is read anew after something was cut; beyond that no code is stepped over."""
_SIGN, _END, _OTHER = "\ue000", "\ue001", "\ue002"  # of private use: to a parser they are letters like any other
_SIGNED = re.compile(f"{_SIGN}(\\d+){_END}")

Span = tuple[int, int]


class Stripped(NamedTuple):
    """A text without its comments, and what they said.

    doubt: the line (from 1) where nobody can tell what is comment and what is none; 0: it is plain everywhere.
    """

    text: str
    comments: tuple[str, ...] = ()
    doubt: int = 0


def strip(text: str, code_of: CodeOf) -> Stripped:
    """The text without comments; code keeps its %%. One left open hides the rest.

    What was code only because of what stood in a comment is none any more, and is read anew.
    """
    if not ("%%" in text or "<!--" in text):
        return Stripped(text)
    said: list[str] = []
    doubt = 0
    for number in range(_ROUNDS + 1):
        marks, in_code = _read(text, code_of if number < _ROUNDS else lambda _: ())
        unclear = _unclear(marks, in_code, len(text))
        doubt = doubt or (text.count("\n", 0, unclear.start()) + 1 if unclear else 0)
        spans = _joined(_spans(marks, len(text)))
        if not spans:
            break
        said += [text[start:end].strip("%") for start, end in spans]
        text = "".join(text[end:start] for (_, end), (start, _) in zip([(0, 0), *spans], [*spans, (len(text), 0)], strict=True))
    return Stripped(text, tuple(said), doubt)


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


def _read(text: str, code_of: CodeOf) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
    """The marks that stand in no code, and those that do."""
    marks = list(_MARK.finditer(text))
    numbers = iter(range(len(marks)))
    signed = _MARK.sub(lambda mark: f"{_SIGN}{next(numbers)}{_END}{mark[0]}", text.replace(_SIGN, _OTHER))
    in_code = {int(number) for code in code_of(signed) for number in _SIGNED.findall(code)}
    return [one for number, one in enumerate(marks) if number not in in_code], [marks[number] for number in sorted(in_code)]


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
