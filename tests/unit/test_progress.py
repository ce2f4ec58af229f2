"""The bar and the lines of a long run, and what failed in it, so that it fits a screen."""

import io

import pytest

from pkm.cli.failures import REASONS, tell_failures
from pkm.cli.progress import Bar, Lines


class Clock:
    """Moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    encoding = "utf-8"


def test_the_bar_is_one_line_in_the_same_columns_whatever_it_says() -> None:
    bar = Bar("Pulling", Terminal())
    lines = [bar.line(done, 1000, name, 79) for done, name in
             ((1, "a.org"), (412, "x" * 200), (999, "日本語" * 30), (1000, "\x1b[2J\nevil"))]  # fmt: skip
    assert [line.index("/1,000") for line in lines] == [lines[0].index("/1,000")] * 4
    from rich.cells import cell_len

    assert [cell_len(line) for line in lines] == [79] * 4
    assert "\x1b" not in lines[3]
    assert lines[1].startswith("Pulling ━━━━━━━━────────────   412/1,000  xxx")


def test_the_bar_is_written_over_itself_ten_times_a_second_at_most() -> None:
    stream, clock = Terminal(), Clock()
    bar = Bar("Pulling", stream, clock)
    for done in range(1, 1001):
        clock.now += 0.001
        bar.step(done, 1000, "a.org")
    written = stream.getvalue()
    assert 9 <= written.count("\r") <= 12
    assert "\n" not in written
    assert "1,000/1,000" in written.rsplit("\r", 1)[1]


def test_without_a_terminal_a_line_comes_now_and_then() -> None:
    stream, clock = io.StringIO(), Clock()
    lines = Lines("Pulling", stream, clock)
    for done in range(1, 251):
        lines.step(done, 250, "3 new, 0 failed · a.org")
    assert stream.getvalue().splitlines() == [
        "Pulling 100/250  3 new, 0 failed · a.org", "Pulling 200/250  3 new, 0 failed · a.org",
    ]  # fmt: skip
    clock.now = 11
    lines.step(2, 5, "slow")
    assert stream.getvalue().splitlines()[-1] == "Pulling 2/5  slow"


def failure(number: int, why: str) -> dict[str, str]:
    return {"id": f"s{number}", "what": f"s{number} Feed {number}", "why": why}


def test_few_failures_are_told_one_by_one() -> None:
    assert tell_failures([failure(1, "no such host")]) == ["s1 Feed 1: no such host"]


def test_many_are_told_by_reason_the_commonest_first_and_fit_a_screen() -> None:
    failures = [failure(n, "connection refused") for n in range(1, 31)]
    failures += [failure(n, f"the server answered 503: its host waits until {n}:30 (2 more sources of that host wait too)")
                 for n in range(40, 44)]  # fmt: skip
    failures += [failure(n, f"reason {n}") for n in range(50, 70)]
    told = tell_failures(failures, 80, "Each by itself: pkm doctor")
    assert told[0] == "30 × connection refused (s1, s2, s3, s4 and 26 more)"
    assert told[1].startswith("4 × the server answered 503: its host waits")
    assert "8 more wait)" in told[1]
    assert len(told) == REASONS + 2
    assert told[-2] == "14 for 14 other reasons"
    assert told[-1] == "Each by itself: pkm doctor"
    assert max(map(len, told)) <= 80


@pytest.mark.parametrize(("width", "named"), [
    (0, "(s1, s2, s3, s4 and 3 more)"), (50, "(s1, s2, s3, s4 and 3 more)"), (49, "(s1, s2, s3 and 4 more)"),
    (45, "(s1, s2 and 5 more)"), (20, "(s1 and 6 more)"),
])  # fmt: skip
def test_as_many_are_named_as_there_is_room_for(width: int, named: str) -> None:
    (told,) = tell_failures([failure(number, "connection refused") for number in range(1, 8)], width)
    assert told.endswith(f" {named}")
