"""Every error says what happened, what was kept and what to do next."""

import inspect

import pytest

from pkm import errors
from pkm.cli.messages import HAPPENED, lines

CLASSES = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.PkmError)]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_class_has_its_sentence(kind: type[errors.PkmError]) -> None:
    assert kind in HAPPENED


@pytest.mark.parametrize(
    "kind", [one for one in CLASSES if not issubclass(one, errors.Ambiguous)], ids=lambda kind: kind.__name__
)
def test_a_message_has_three_parts(kind: type[errors.PkmError]) -> None:
    told = lines(kind("s12", "the server answered 503", kept="Its 214 items.", next="pkm seek pull s12"))
    assert "s12" in told[0]
    assert "503" in told[0]
    assert told[0].endswith(".")
    assert told[-2:] == ["Kept: Its 214 items.", "Next: pkm seek pull s12"]


def test_an_ambiguous_word_lists_what_it_may_mean() -> None:
    told = lines(errors.Ambiguous("path", [("n1", "Desire paths"), ("n2", "Path dependence")]))
    assert told[1:3] == ["  n1  Desire paths", "  n2  Path dependence"]
    assert told[-1] == "Next: name it by its id"


TOLD = {
    "of several, a list": (errors.Ambiguous("ann", [("c1", "Ann"), ("c2", "Anne")], total=12), [
        "“ann” can mean several things; nothing was guessed.", "  c1  Ann", "  c2  Anne", "  2 of 12",
        "Kept: Nothing was changed.", "Next: name it by its id"]),
    "of one, a question and no list": (errors.Ambiguous("ann", [("c1", "Anne")]), [
        "“ann” is no name that is known; nothing was guessed. Did you mean c1 Anne?", "Kept: Nothing was changed.",
        "Next: name it by its id: c1"]),
    "no mark behind a path": (errors.BadInput("a file", "it is in /home/ann/drafts"), [
        "Could not read a file: it is in /home/ann/drafts", "Kept: Nothing was changed."]),
    "a mark behind a name with a line": (errors.BadInput("and/or"), ["Could not read and/or", "Kept: Nothing was changed."]),
    "one mark, whatever stands there": (errors.BadInput("a file", "is it there?", kept="all of it."), [
        "Could not read a file: is it there?", "Kept: All of it."]),
    "under wide letters": (errors.Malformed("a query", "it ends", text="日本x\u0302 x", position=5), [
        "Cannot use a query: it ends.", "  日本x\u0302 x", "  " + " " * 6 + "^", "Kept: Nothing was changed."]),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_what_is_told(case: str) -> None:
    error, told = TOLD[case]
    assert lines(error) == told


def test_hostile_text_in_an_error_stays_text() -> None:
    told = lines(errors.BadInput("\x1b]8;;http://evil\x07x\x1b[31m", "a\nb\u202e"))
    assert told[0] == "Could not read x: a b."
    assert "\x1b" not in "".join(told)


def test_exit_codes() -> None:
    assert {one.__name__: one.exit_code for one in CLASSES} == {
        "PkmError": 1, "NotFound": 1, "Ambiguous": 2, "Several": 2, "Exists": 1, "Invalid": 2, "Malformed": 2, "BadInput": 1,
        "Refused": 3, "Unreachable": 1, "StoreError": 1,
    }  # fmt: skip


def test_much_that_stands_in_the_way_is_told_in_part_and_counted() -> None:
    told = lines(errors.Refused("undo 1", "it was changed", findings=[(f"s{n}", "a pull", "") for n in range(1, 93)]))
    assert (told[1], told[20], told[21]) == ("  s1: a pull", "  s20: a pull", "  and 72 more")
    assert len(told) == 23
