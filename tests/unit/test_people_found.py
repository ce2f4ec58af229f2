"""Who is suggested as somebody to get to know: by links, by answers; who is not, and who comes back. Pure."""

import pytest

from pkm.seek.bylines import Writing, group_people, read_bylines
from pkm.seek.candidates import PeopleFacts, decide_people
from pkm.seek.mentions import is_back

ANN = {"id": 1, "name": "Ann Berg", "nick": "", "handles": [("url", "https://ann.example")]}
BO = {"id": 2, "name": "Bo Dahl", "nick": "bo", "handles": [("url", "https://bo.example"), ("email", "bo@bo.example")]}
SOURCES = [
    {"id": 1, "url": "https://ann.example/feed", "site_url": "https://ann.example", "title": "Ann's blog", "contact_id": 1},
    {"id": 2, "url": "https://bo.example/feed", "site_url": "https://bo.example", "title": "Bo's blog", "contact_id": 2},
    {"id": 3, "url": "https://news.example/feed", "site_url": "https://news.example", "title": "News", "contact_id": None},
]


def item(number: int, source: int, html: str = "", author: str = "", weight: int = 1, at: str = "2026-11-01") -> dict:
    of = SOURCES[source - 1]
    return {
        "id": number, "title": f"T{number}", "url": f"{of['site_url']}/{number}", "source_id": source, "state": "kept",
        "author": author, "authors": "[]", "html": html, "at": f"{at}T08:00:00Z", "contact_id": of["contact_id"],
        "source_url": of["url"], "site": of["site_url"], "writer": of["title"], "weight": weight,
    }  # fmt: skip


def link(site: str, words: str = "this") -> str:
    return f"<p>See <a href='https://{site}/post'>{words}</a>.</p>"


def suggested(items: list[dict], **more: object) -> list[str]:
    found = decide_people(PeopleFacts(items, sources=SOURCES, contacts=[ANN, BO], **more))  # type: ignore[arg-type]
    return [one.name for one in found]


@pytest.mark.parametrize(("items", "names"), [
    # two contacts link to a site that nobody calls by a name: it is asked whose it is
    ([item(1, 1, link("cy.example")), item(2, 2, link("cy.example"))], ["cy.example"]),
    # a contact and a source do: no name, so nobody is known to be behind it
    ([item(1, 1, link("cy.example")), item(2, 3, link("cy.example"))], []),
    # ... but with a name that the site bears, or that two writers use
    ([item(1, 1, link("cyyoung.example", "Cy Young")), item(2, 3, link("cyyoung.example"))], ["Cy Young"]),
    ([item(1, 1, link("x.example", "Cy Young")), item(2, 3, link("x.example", "Cy Young"))], ["Cy Young"]),
    # one writer alone, however often, is no evidence
    ([item(1, 1, link("cyyoung.example", "Cy Young")), item(2, 1, link("cyyoung.example", "Cy Young"))], []),
    # contacts, oneself, organizations, places where one looks things up
    ([item(1, 1, link("bo.example", "Bo Dahl")), item(2, 3, link("bo.example", "Bo Dahl"))], []),
    ([item(1, 1, link("new.example", "Bo Dahl")), item(2, 3, link("new.example", "Bo Dahl"))], []),
    ([item(1, 1, link("me.example", "Me Myself")), item(2, 3, link("me.example", "Me Myself"))], []),
    ([item(1, 1, link("acme.example", "Acme Inc")), item(2, 3, link("acme.example", "Acme Inc"))], []),
    ([item(1, 1, link("en.wikipedia.org", "Cy Young")), item(2, 2, link("en.wikipedia.org", "Cy Young"))], []),
])  # fmt: skip
def test_whom_several_link_to(items: list[dict], names: list[str]) -> None:
    assert suggested(items, own_names=frozenset({"me myself"})) == names


def test_the_reason_names_who_links_and_where() -> None:
    (cy,) = decide_people(PeopleFacts(
        [item(1, 1, link("cy.example")), item(2, 2, link("cy.example"))], sources=SOURCES, contacts=[ANN, BO]
    ))  # fmt: skip
    assert cy.why == "linked by Ann Berg and Bo Dahl in 2 items (i2, i1); whose site it is: pkm seek people --look"
    assert cy.as_dict()["evidence"] == ["i1", "i2"]
    assert cy.unnamed


def answer(number: int, address: str, share: int = 1, at: str = "2026-11-02T08:00:00Z") -> dict:
    return {"id": number, "share": share, "address": address, "text": "thanks", "at": at}


def test_who_answered_is_suggested_and_first() -> None:
    items = [item(1, 1, author="Cy Young <cy@cy.example>"), item(2, 3, author="Di Evans"), item(3, 1, author="Di Evans")]
    answers = [answer(4, "cy@cy.example"), answer(5, "Ken@ken.example", 2), answer(6, "bo@bo.example")]
    found = decide_people(PeopleFacts(items, sources=SOURCES, contacts=[ANN, BO], answers=answers))
    assert [one.name for one in found] == ["Cy Young", "ken@ken.example", "Di Evans"]  # and not Bo, who is known
    assert found[0].why.startswith("answered x1 (r4); bylined in 1 source")
    assert found[1].why == "answered x2 (r5)"
    assert found[1].as_dict()["name"] == ""
    assert found[1].as_dict()["evidence"] == ["r5"]


@pytest.mark.parametrize(("at", "back"), [
    (["2026-11-01", "2026-11-02"], False), (["2026-11-06", "2026-11-07"], False),
    (["2026-11-06", "2026-11-07", "2026-11-08"], True),
    (["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04", "2026-11-06", "2026-11-07", "2026-11-08"], False),
    (["2026-11-05T08:00:00Z", "2026-11-06", "2026-11-07"], False), ([], False),
])  # fmt: skip
def test_who_was_turned_down_comes_back_when_as_much_speaks_for_them_again(at: list[str], back: bool) -> None:
    assert is_back("2026-11-05T08:00:00Z", at) is back


def test_new_evidence_is_what_was_kept_since() -> None:
    old = [item(1, 1, author="Cy Young"), item(2, 3, author="Cy Young")]
    new = [item(number, 3, author="Cy Young", at="2026-11-09") for number in (3, 4, 5)]
    dismissed = {"name:cy young": "2026-11-05T08:00:00Z"}
    assert suggested(old) == ["Cy Young"]
    assert suggested(old, dismissed=dismissed) == []
    assert suggested([*old, *new[:2]], dismissed=dismissed) == []
    assert suggested([*old, *new], dismissed=dismissed) == ["Cy Young"]


def test_oneself_is_nobody_new() -> None:
    items = [item(1, 1, author="Me Myself"), item(2, 3, author="Me Myself")]
    assert suggested(items, own_names=frozenset({"me myself"})) == []


@pytest.mark.parametrize(("one", "other"), [
    ("Jörg Ólafsson", "Jorg Olafsson"), ("Jean-Luc Renard", "Jean Luc Renard"), ("Łukasz Żak", "Lukasz Zak"),
    ("SØREN DAHL", "Soren Dahl"), ("J. R. Park", "J.R. Park"),
])  # fmt: skip
def test_spellings_that_nobody_takes_for_two_people_are_one(one: str, other: str) -> None:
    writings = [
        Writing(byline, number, number, f"s{number}", True)
        for number, name in enumerate((one, other, one), 1) for byline in read_bylines(name)
    ]  # fmt: skip
    (person,) = group_people(writings)
    assert {person.name, *person.spellings} == {one, other}
