"""`pkm sense note --from 'tag:cop'`: quotes put together, with where they are from, and own words still to come."""

from pathlib import Path

import pytest

from pkm.markdown import without_comments
from pkm.sense.notes import read
from pkm.sense.synthesis import Passage, compose
from tests.cli.test_sense import items as items
from tests.conftest import CommandLine, kept_home


@kept_home
def quoted(pkm: CommandLine, items: Path) -> None:
    pkm("sense", "annotate", "i1", "-q", "probe first", "-m", "as we do")
    pkm("sense", "annotate", "i1", "-q", "desire paths")
    pkm("sense", "annotate", "i2", "-q", "People in the complex domain")
    pkm("sense", "note", "Communities are the space between #cop")
    pkm("sense", "tag", "i1", "i2", "+cop")


def test_quotes_with_their_citations_and_an_empty_paragraph(pkm: CommandLine, quoted: None) -> None:
    made = pkm("sense", "note", "--from", "tag:cop", "-t", "What communities need")
    assert made.out.startswith("n2  What communities need")
    assert "3 quotes of 2 items and 1 note" in made.err
    text = pkm.json("sense", "show", "n2")["text"]
    assert text.startswith("What communities need\n\n> probe first\n> — Ann Author: Item number 1, https://example.org/1 (i1)\n")
    assert "> %%Then I said: as we do%%" in text
    assert "> [[n1]]" in text
    assert {link["to"] for link in pkm.json("sense", "show", "n2")["links"]} == {"n1", "i1", "i2"}


def test_a_comment_on_the_whole_stands_below_its_thing(pkm: CommandLine, quoted: None) -> None:
    pkm("sense", "annotate", "n1", "-m", "a year later: still so")
    made = pkm("sense", "note", "--from", "tag:cop", "-t", "What communities need")
    assert "3 quotes of 2 items and 1 note" in made.err
    assert "> [[n1]]\n> %%Then I said: a year later: still so%%" in pkm.json("sense", "show", "n2")["text"]


def test_no_tag_person_link_or_comment_comes_of_what_others_wrote(pkm: CommandLine) -> None:
    others = "Why #agile fails @bob and [[n1]], 100%%sure%%"
    made = read(compose("What I see", [Passage("i1", others, (("so it is", ""),), others)]).text)
    assert (made.tags, made.people, [link.target for link in made.links]) == ((), (), [])
    assert "sure" in without_comments(made.body)


def test_it_does_not_grow_before_somebody_wrote_in_it(pkm: CommandLine, quoted: None) -> None:
    pkm("sense", "note", "--from", "tag:cop", "-t", "What communities need most of all")
    assert "words of your own" in pkm("sense", "grow", "n2", ok=3).err
    pkm("sense", "note", "They need a place where half-baked ideas are safe.", "--from", "tag:cop", "-t", "What they all need")
    assert pkm.json("sense", "grow", "n3")["stage"] == "idea"


def test_only_the_quotes_that_are_asked_for(pkm: CommandLine, quoted: None) -> None:
    pkm("sense", "note", "--from", "kind:annotation probe", "-t", "On probing")
    assert pkm.json("sense", "show", "n2")["text"].count("> —") == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--from", "tag:nothing", "-t", "x"), "no item, note or quote is found"),
        (("--from", "tag:cop"), "wants a title"),
        (("--from", "kind:contact", "-t", "x"), "no item, note or quote"),
    ],
)
def test_nothing_is_made_of_nothing(pkm: CommandLine, quoted: None, arguments: tuple[str, ...], why: str) -> None:
    assert why in pkm("sense", "note", *arguments, ok=2).err
    assert pkm.json("find", "kind:note").__len__() == 1


def test_more_than_fit_are_refused_and_none_is_left_out_silently(
    pkm: CommandLine, quoted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkm.sense.synthesis.MOST", 2)
    assert "more than 2 things" in pkm("sense", "note", "--from", "tag:cop", "-t", "x", ok=2).err


def test_an_undo_takes_it_back(pkm: CommandLine, quoted: None) -> None:
    pkm("sense", "note", "--from", "tag:cop", "-t", "What communities need")
    pkm("undo")
    pkm("sense", "show", "n2", ok=1)
