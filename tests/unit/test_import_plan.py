"""Whose card it is, and what it brings: the pure plan of an import of people."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.people.arrival import NO_NAME, mark, profile_key, read_arrival
from pkm.people.card import Card
from pkm.people.matching import ImportPlan, plan_import
from pkm.people.person import Person
from pkm.people.vcard_lines import escape
from pkm.text import fold


def mails(*addresses: str) -> tuple[tuple[str, str], ...]:
    return tuple(("", address) for address in addresses)


def plan(people: list[Person], *cards: Card) -> ImportPlan:
    return plan_import(people, [read_arrival(card, str) for card in cards])


def after(people: list[Person], done: ImportPlan) -> list[Person]:
    """The people as the store has them once the plan was carried out."""
    numbers = iter(range(len(people) + 1, 10_000))
    kept = []
    for person in [*people, *done.new]:
        number = person.number or next(numbers)
        kept.append(replace(
            person, number=number, uid=person.uid or f"made-{number}", seen=set(), filled={}, added=[], tagged=[], kept=[],
            relabeled={}, taken=[], untagged=[], dropped=[], remembers=False,
            aliases=person.aliases | {fold(value) for kind, _, value in person.added if kind == "alias"},
        ))  # fmt: skip
    return kept


def known(*cards: Card) -> list[Person]:
    return after([], plan([], *cards))


ANN = Card("Ann Lee", org="Acme", emails=mails("ann@acme.example"))
AT = "https://www.linkedin.com/in/"


@pytest.mark.parametrize(("here", "card", "same"), [
    (Card("Ann", uid="urn:uuid:AB"), Card("Otto", uid="ab"), True),
    (ANN, Card("A. Lee", emails=mails("ANN@acme.example")), True),
    (ANN, Card("Ann Lee", org="ACME"), True),
    (ANN, Card("Ann Lee", org="Acme", emails=mails("ann@home.example")), True),
    (ANN, Card("Ann Lee"), False),
    (ANN, Card("Ann Lee", org="Other"), False),
    (Card("Ann Lee"), Card("ann lee", phones=(("", "1"),)), True),
    (Card("Ann Lee", emails=mails("a@a.example")), Card("Ann Lee", emails=mails("b@b.example")), False),
    (Card("Ann Lee", urls=(("", AT + "ann"),)), Card("A", org="B", urls=(("", AT.replace("www", "de") + "Ann/"),)), True),
    (Card("Ann Lee", org="A", urls=(("", AT + "ann"),)), Card("Ann Lee", org="A", urls=(("", AT + "ann-2"),)), False),
    (Card("Ann Lee", urls=(("", "https://ann.example"),)), Card("Ann Lee", org="B", urls=(("", "ann.example/"),)), True),
    (Card("Ann Lee", urls=(("", "https://acme.example"),)), Card("Ben", urls=(("", "https://acme.example"),)), False),
])  # fmt: skip
def test_who_is_who(here: Card, card: Card, same: bool) -> None:
    done = plan(known(here), card)
    assert len(done.new) == (not same)


def test_two_cards_of_one_file_are_one_by_uid_or_mail_but_not_by_name_alone() -> None:
    one = plan([], Card("A", uid="1"), Card("B", uid="1"), Card("C", emails=mails("c@c.example"), uid="2"),
               Card("D", emails=mails("c@c.example"), uid="3"))  # fmt: skip
    assert ([person.fields["name"] for person in one.new], len(one.joined), one.read) == (["A", "C"], 2, 4)
    two = plan([], Card("Ann", org="X", uid="1"), Card("Ann", org="X", uid="2"),
               Card("Ben", org="X", emails=mails("1@x.example")), Card("Ben", org="X", emails=mails("2@x.example")))  # fmt: skip
    assert (len(two.new), len(two.alike)) == (4, 2)


def test_what_is_empty_is_filled_lists_are_united_and_what_differs_stays_and_is_told() -> None:
    people = known(replace(ANN, title="Baker", categories=("friends",)))
    done = plan(people, Card("Ann B. Lee", org="Acme Ltd", title="", birthday="1980-05-01", nicks=("annie",),
                             emails=mails("ann@acme.example", "ann@home.example"), categories=("Friends", "club")))  # fmt: skip
    (person,) = done.updated
    assert person.filled == {"birthday": "1980-05-01", "nick": "annie"}
    assert person.added == [("email", "", "ann@home.example"), ("alias", "", "Ann B. Lee")]
    assert person.tagged == ["club"]
    assert [(one.who, one.field, one.here, one.there) for one in done.differences] == [("c1", "org", "Acme", "Acme Ltd")]


def test_an_address_of_somebody_else_stays_theirs_and_is_told() -> None:
    done = plan(known(ANN, Card("Ben", uid="b")), Card("Ben", uid="b", emails=mails("ann@acme.example")))
    assert (done.updated, done.unchanged) == ((), 1)
    assert [(one.id, other.id) for one, other in done.alike] == [("c2", "c1")]


def test_a_nick_that_is_taken_or_none_is_an_alias() -> None:
    done = plan([], Card("Ann", nicks=("annie",)), Card("Anna", nicks=("annie",)), Card("Ben", nicks=("big ben", "ben_b")))
    assert [person.nick for person in done.new] == ["annie", "", "ben_b"]
    assert done.new[2].added == [("alias", "", "big ben")]


@pytest.mark.parametrize("word", ["c1", "C12", ".", "-", "%2", "c1,c2", "tag:org", ":cop"])
def test_nobody_is_called_what_a_selector_reads_as_something_else(word: str) -> None:
    done = plan(known(ANN), Card("Ben", uid="b", nicks=(word,)), Card(word, emails=mails("ann@acme.example")))
    assert (done.new[0].nick, done.new[0].added, done.new[0].kept) == ("", [], [f"NICKNAME:{escape(word)}"])
    assert done.updated == ()


def test_a_name_that_stands_in_gives_way_to_a_real_one() -> None:
    people = known(Card("ann@acme.example", emails=mails("ann@acme.example")))
    done = plan(people, ANN)
    assert done.updated[0].filled["name"] == "Ann Lee"
    assert not plan(after(people, done), Card("ann@acme.example", emails=mails("ann@acme.example"))).updated


def test_cards_without_a_name_are_told_apart_by_all_they_hold() -> None:
    cards = [Card(photo="data:image/png;base64,AAAA"), Card(photo="data:image/png;base64,BBBB")]
    done = plan([], *cards)
    assert [person.fields["name"] for person in done.new] == [NO_NAME, NO_NAME]
    assert (plan(after([], done), *cards).unchanged, done.alike) == (2, ())


def test_what_no_column_holds_rides_along_and_a_second_picture_is_kept() -> None:
    photo = "data:image/png;base64," + "A" * 400
    people = known(Card("Ann", uid="1", photo=photo, kind="individual", extra=("X-FOO:1",), emails=mails("no address", "a@a.b")))
    assert {"X-FOO:1", "EMAIL:no address", "pkm.KIND:individual", mark(f"pkm.PHOTO:{photo}")} <= people[0].lines
    other = Card("Ann", photo=photo.replace("A", "B"), extra=("X-FOO:2",), emails=mails("a@a.b"))
    (person,) = plan(people, other).updated
    assert ([line[:14] for line in person.kept], person.dropped) == (["PHOTO:data:ima", "X-FOO:2"], [])


@pytest.mark.parametrize(("address", "key"), [
    (AT + "Ann-Lee/", "linkedin.com/in/ann-lee"), ("https://mastodon.example/@ann", "mastodon.example/@ann"),
    ("https://m.facebook.com/profile.php?id=7", "facebook.com/profile.php?id=7"), ("https://github.com/ann", "github.com/ann"),
    ("https://www.linkedin.com/company/acme", ""), ("https://github.com/", ""), ("https://acme.example/", ""),
    ("http://[", ""), ("ann", ""),
])  # fmt: skip
def test_profile_key(address: str, key: str) -> None:
    assert profile_key(address) == key


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


CARDS = st.builds(
    lambda name, uid, org, emails, urls, phones, nicks, tags, photo, note, extra: Card(
        name or (emails[0] if emails else ""), uid, org=org, emails=mails(*emails), urls=mails(*urls), phones=mails(*phones),
        nicks=nicks, categories=tags, photo=photo, note=note, extra=extra, parts=("", name, "", "", "") if name else (),
    ),
    st.sampled_from(["", "Ann", "Ben", "ANN"]), st.sampled_from(["", "", "u1", "u2", "urn:uuid:u1"]),
    st.sampled_from(["", "A", "B"]), some("1@x.example", "2@x.example", "3@X.example", "none"),
    some(AT + "a", AT + "b", "https://home.example", "home.example/", "odd:thing"), some("+1 23", "123", "+123"),
    some("ann", "benny", "two words"), some("t", "T", "u"), st.sampled_from(["", "http://p/1", "http://p/2"]),
    st.sampled_from(["", "x", "y"]), some("X-A:1", "X-A:2"),
)  # fmt: skip
FILES = st.lists(st.lists(CARDS, max_size=4), min_size=1, max_size=3)


@given(FILES)
def test_importing_a_file_again_changes_nothing(files: list[list[Card]]) -> None:
    people: list[Person] = []
    for cards in files:
        done = plan(people, *cards)
        assert done.read == len(done.new) + len(done.updated) + done.unchanged + len(done.joined)
        people = after(people, done)
        if done.alike:  # two claim one address: it goes to the one that is left when the other's card lets it go
            people = after(people, plan(people, *cards))
        again = plan(people, *cards)
        assert (again.new, again.updated, again.remembered, again.conflicts) == ((), (), (), ())


@given(FILES)
def test_cards_without_uid_only_add_so_that_all_files_again_change_nothing(files: list[list[Card]]) -> None:
    files = [[replace(card, uid="") for card in cards] for cards in files]
    people: list[Person] = []
    for cards in files:
        people = after(people, plan(people, *cards))
    for cards in files:
        again = plan(people, *cards)
        assert (again.new, again.updated) == ((), ())


NEWER = Card("Ann Lee", uid="1", org="Acme", emails=mails("a@a.b"), phones=(("cell", "123"),), note="base",
             rev="20260101T000000Z", categories=("club",), extra=("X-FOO:1",))  # fmt: skip


@pytest.mark.parametrize(("edit", "card", "filled", "added", "taken", "conflicts"), [
    ({}, replace(NEWER, phones=(("cell", "456"),)), {}, [("phone", "cell", "456")], [("phone", "123")], []),
    ({}, replace(NEWER, org="Beta"), {"org": "Beta"}, [], [], []),
    ({}, replace(NEWER, org=""), {"org": ""}, [], [], []),
    ({}, replace(NEWER, name="Ann Ito"), {"name": "Ann Ito"}, [("alias", "", "Ann Lee")], [], []),
    ({"org": "Own"}, NEWER, {}, [], [], []),
    ({"org": "Own"}, replace(NEWER, org="Beta"), {}, [], [], ["org"]),
    ({"about": "base and mine"}, replace(NEWER, note="base and theirs"), {"about": "base and mine\n\nbase and theirs"}, [], [],
     ["about"]),
    ({"org": ""}, NEWER, {}, [], [], []),
    ({}, replace(NEWER, org="Older", rev="20250101T000000Z"), {}, [], [], []),
])  # fmt: skip
def test_what_a_newer_card_changes(
    edit: dict[str, str], card: Card, filled: dict[str, str], added: list[object], taken: list[object], conflicts: list[str]
) -> None:
    (person,) = known(NEWER)
    person.fields = {key: value for key, value in (person.fields | edit).items() if value}
    done = plan([person], card)
    got = (person.filled, person.added, person.taken, [one.field for one in done.conflicts])
    assert got == (filled, added, taken, conflicts)
    assert (len(done.older) == 1) == (card.rev < NEWER.rev)


def test_a_card_that_only_adds_takes_nothing_away_and_tags_and_lines_follow_their_card() -> None:
    (person,) = known(NEWER)
    plan([person], Card("Ann Lee", emails=mails("a@a.b"), phones=(("", "9"),), org="Other"))
    assert (person.taken, person.filled, person.added) == ([], {}, [("phone", "", "9")])
    (person,) = known(NEWER)
    plan([person], replace(NEWER, categories=("new",), extra=("X-FOO:2",)))
    assert (person.untagged, person.tagged, person.dropped, person.kept) == (["club"], ["new"], ["X-FOO:1"], ["X-FOO:2"])


def test_a_tag_that_was_taken_away_here_does_not_come_back_with_the_card() -> None:
    (person,) = known(NEWER)
    person.tags.discard("club")
    plan([person], replace(NEWER, categories=("club", "new")))
    assert person.tagged == ["new"]


@pytest.mark.parametrize(("given", "kept"), [
    ("https://x.org/>**wire-money**<b", "https://x.org/%3E**wire-money**%3Cb"), ("x.org/a<b>", "https://x.org/a%3Cb%3E"),
    ("https://x.org/a\x01b\x85", "https://x.org/a%01b%C2%85"),
])  # fmt: skip
def test_no_address_of_a_card_ends_the_link_that_it_stands_in(given: str, kept: str) -> None:
    found = read_arrival(Card(name="Ann", urls=(("", given),)), str)
    assert [value for kind, _, value in found.handles if kind == "url"] == [kept]
