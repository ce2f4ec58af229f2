"""Links and mentions of notes: made from titles, ids and names, kept through edits, wanted until there is something."""


import pytest

from pkm.errors import Invalid
from pkm.sense.links import link, unlink
from pkm.sense.notes import add_note, edit_note
from pkm.store import garden, links
from pkm.store.model import Contact, Item
from pkm.store.session import Store, Unit

AT = "2026-11-23T09:00:00Z"


def person(unit: Unit, name: str, nick: str = "") -> int:
    made = unit.add(Contact(uid=f"{name}{nick}", name=name, nick=nick, created_at=AT, updated_at=AT))
    return made.id or 0


def targets(store: Store, number: int) -> list[tuple[str, str | None]]:
    return [(row["written"], row["to"]) for row in links.outgoing(store.read(), "note", number)]


def test_a_title_is_linked_whatever_its_case_and_shows_its_sentence(store: Store) -> None:
    add_note(store, "Desire paths\n\nThey show what people want.")
    add_note(store, "First. A map is no [[DESIRE PATHS|path]] at all. Last.")
    assert targets(store, 2) == [("DESIRE PATHS", "n1")]
    back = links.incoming(store.read(), "note", 1)
    assert [(row["from"], row["from_title"], row["sentence"]) for row in back] == [
        ("n2", "First", "A map is no [[DESIRE PATHS|path]] at all.")
    ]


def test_a_wanted_title_is_linked_when_a_note_of_that_title_appears(store: Store) -> None:
    first = add_note(store, "See [[Later note]]")
    assert first.wanted == ["Later note"]
    assert targets(store, 1) == [("Later note", None)]
    second = add_note(store, "Later note\n\nHere it is.")
    assert second.resolved == 1
    assert targets(store, 1) == [("Later note", "n2")]


def test_a_note_that_is_retitled_keeps_its_links_also_after_an_edit_of_the_other(store: Store) -> None:
    add_note(store, "Old title\n\nwords")
    add_note(store, "See [[Old title]] here")
    edit_note(store, 1, title="New title")
    edit_note(store, 2, text="See [[Old title]] here, and more.")
    assert targets(store, 2) == [("Old title", "n1")]
    row = links.outgoing(store.read(), "note", 2)[0]
    assert (row["to_title"], row["sentence"]) == ("New title", "See [[Old title]] here, and more.")


def test_links_by_hand_stay_when_the_text_is_read_again_and_links_of_the_text_follow_it(store: Store) -> None:
    add_note(store, "Alpha\n\nwords")
    add_note(store, "Beta\n\nwords")
    add_note(store, "See [[Alpha]]")
    link(store, 3, "note", 2, "supports")
    edit_note(store, 3, text="See nothing")
    assert [(row["to"], row["type"], row["origin"]) for row in links.outgoing(store.read(), "note", 3)] == [
        ("n2", "supports", "hand")
    ]


def test_mentions_answer_to_nick_name_and_to_nobody_when_several_are_meant(store: Store) -> None:
    with store.unit() as unit:
        maria = person(unit, "Maria Silva", "maria")
        person(unit, "Bo Berg", "bo")
        person(unit, "Bo Lind", "bo")
    added = add_note(store, "With @maria and [[Maria Silva]] and @bo and @nobody")
    assert targets(store, 1) == [("maria", f"c{maria}"), ("bo", None), ("nobody", None), ("Maria Silva", f"c{maria}")]
    assert (added.unknown_people, added.ambiguous, added.wanted) == (["nobody"], ["bo"], [])


def test_people_who_come_later_answer_to_what_was_written(store: Store) -> None:
    add_note(store, "With @maria_silva, @Maria and [[Maria Silva]]")
    with store.unit() as unit:
        maria = person(unit, "Maria Silva", "maria")
        assert links.resolve_people(unit, maria, ["maria", "Maria Silva"]) == 3
    assert {target for _, target in targets(store, 1)} == {f"c{maria}"}


def test_a_link_may_name_an_id_and_never_its_own_note(store: Store) -> None:
    with store.unit() as unit:
        unit.add(Item(title="An item", received_at=AT))
    add_note(store, "Self. See [[Self]], [[i1]], [[n1]] and [[n99]]")
    assert targets(store, 1) == [("Self", None), ("i1", "i1"), ("n1", "n1"), ("n99", None)]


def test_hostile_titles_do_no_harm(store: Store) -> None:
    titles = ('"; DROP TABLE note; --', "NEAR(a b)", 'a"b*', 'é"*(', "\u202ertl", "x" * 500)
    for title in titles:
        add_note(store, f"See [[{title}]] and [[{title}é]]")
    assert {to for number in range(1, len(titles) + 1) for _, to in targets(store, number)} == {None}


def test_hand_links_are_made_once_typed_and_taken_away(store: Store) -> None:
    add_note(store, "Alpha. [[Beta]]")
    add_note(store, "Beta\n\nwords")
    assert link(store, 1, "note", 2, "Supports").made
    assert not link(store, 1, "note", 2, "supports").made
    assert unlink(store, 1, "note", 2) == (1, 1)
    with pytest.raises(Invalid):
        unlink(store, 2, "note", 1)
    with pytest.raises(Invalid):
        link(store, 1, "note", 1)
    with pytest.raises(Invalid):
        link(store, 1, "note", 2, "two words")


def test_which_of_many_notes_no_link_joins_is_one_question(store: Store) -> None:
    for text in ("Alpha", "Beta [[Alpha]]", "Gamma", "Delta [[Gamma]] @gamma"):
        add_note(store, text)
    asked: list[str] = []
    store.read().set_trace_callback(asked.append)
    pairs = [(one, other) for one in range(1, 5) for other in range(1, 5) if one != other]
    joined = {(1, 2), (2, 1), (3, 4), (4, 3)}
    assert garden.unlinked_pairs(store.read(), pairs) == [pair for pair in pairs if pair not in joined]
    assert garden.unlinked_pairs(store.read(), []) == []
    assert len(asked) == 2
