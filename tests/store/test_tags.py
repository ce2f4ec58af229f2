"""Tags in the store: counted with their children, renamed and merged with the old names still working, and undone."""


import pytest

from pkm.errors import Exists, Invalid, NotFound
from pkm.sense import tags as change
from pkm.sense.notes import add_note, edit_note
from pkm.store import journal, tags
from pkm.store.session import Store


def noted(store: Store, *texts: str) -> None:
    for text in texts:
        add_note(store, text)


def counts(store: Store) -> dict[str, int]:
    return {row["name"]: row["count"] for row in tags.rows(store.read())}


def test_a_parent_counts_what_its_children_have_each_thing_once(store: Store) -> None:
    noted(store, "one #org", "two #org/design", "three #org #org/design", "four #cop")
    assert counts(store) == {"org": 3, "org/design": 2, "cop": 1}
    first = tags.rows(store.read(), limit=1)[0]
    assert (first["id"], first["kind"], first["title"], first["notes"], first["items"]) == ("#org", "tag", "org", 3, 0)


@pytest.mark.parametrize(("typed", "kept"), [
    ("#org", "org"), (" reading list ", "reading-list"), ("/a//b/", "a/b"), ("Ünïcode", "Ünïcode"), ("a,b", "a-b"),
    ("--x", "x"),
])  # fmt: skip
def test_names_are_kept_clean(typed: str, kept: str) -> None:
    assert tags.clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "#", " / ", "\x1b[31m", "--"])
def test_a_name_of_nothing_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        tags.clean_name(typed)


def test_a_tag_is_one_whatever_its_case(store: Store) -> None:
    noted(store, "one #Org", "two #org", "three #ÉLAN", "four #élan")
    assert counts(store) == {"Org": 2, "ÉLAN": 2}


@pytest.mark.parametrize(("name", "used", "near"), [
    ("unlearning", {"Learning": 12, "unlearnings": 1}, ["unlearnings"]),
    ("org/non-profits", {"org/profit": 3}, []),
    ("discovery", {"covery": 1}, []),
    ("org/desgin", {"org/design": 3, "org": 9}, ["org/design"]),
    ("notetaking", {"note-taking": 31}, ["note-taking"]),
    ("note_taking", {"note-taking": 31}, ["note-taking"]),
    ("teams", {"team": 1}, ["team"]),
    ("communities", {"community": 1}, ["community"]),
    ("org/design", {"org": 5, "org/design/x": 1}, []),
    ("week-41", {"week-42": 1}, []),
    ("meeting-2025", {"meeting-2026": 1}, []),
    ("cop", {"cow": 2, "map": 1}, ["cow"]),
    ("parkign", {"parking": 1, "park": 1}, ["parking"]),
    ("class", {"clas": 0, "glass": 1}, ["glass", "clas"]),
])  # fmt: skip
def test_what_nearly_exists(name: str, used: dict[str, int], near: list[str]) -> None:
    assert [other for other, _ in tags.near_among(name, used)] == near


def test_a_merge_moves_what_has_the_tag_and_keeps_the_old_name_working(store: Store) -> None:
    noted(store, "one #notetaking", "two #notetaking #note-taking", "three #note-taking", "four #notetaking/sub")
    moved = change.merge(store, "notetaking", "note-taking")
    assert (moved.old_count, moved.new_count, moved.total, moved.both) == (3, 2, 4, 1)
    assert counts(store) == {"note-taking": 4, "note-taking/sub": 1}
    noted(store, "five #notetaking", "six #notetaking/new")
    assert counts(store) == {"note-taking": 6, "note-taking/sub": 1, "note-taking/new": 1}


def test_a_rename_takes_the_children_along_and_keeps_the_old_names_working(store: Store) -> None:
    noted(store, "one #org", "two #org/design", "three #orgs")
    moved = change.rename(store, "org", "organization")
    assert (moved.old_count, moved.total, moved.children) == (2, 2, 1)
    noted(store, "four #org/design", "five #org/new")
    assert counts(store) == {"organization": 4, "organization/design": 2, "orgs": 1, "organization/new": 1}


def test_a_parent_that_is_only_a_part_of_names_can_be_renamed(store: Store) -> None:
    noted(store, "one #org/design", "two #org/culture")
    change.rename(store, "org", "work")
    assert counts(store) == {"work/design": 1, "work/culture": 1}


def test_a_rename_back_and_another_case_work(store: Store) -> None:
    noted(store, "one #org")
    change.rename(store, "org", "Org")
    change.rename(store, "Org", "firm")
    change.rename(store, "firm", "org")
    assert counts(store) == {"org": 1}
    assert tags.resolve(store.read(), "firm") == "org"


def test_renaming_onto_a_tag_in_use_says_merge(store: Store) -> None:
    noted(store, "one #org #work #organization")
    with pytest.raises(Exists) as caught:
        change.rename(store, "org", "work")
    assert caught.value.next == "pkm tag merge org work"
    with pytest.raises(NotFound) as nothing:
        change.rename(store, "organizatoin", "x")
    assert nothing.value.near == ["#organization"]
    with pytest.raises(Invalid):
        change.merge(store, "org", "ORG")


def test_a_merge_undone_gives_the_tags_as_they_were(store: Store) -> None:
    noted(store, "one #a", "two #a #b", "three #b/c")
    before = [tuple(row) for row in store.read().execute("SELECT * FROM tagging ORDER BY id")]
    store.operation = None
    change.merge(store, "b", "a")
    store.operation = None
    journal.undo(store)
    assert [tuple(row) for row in store.read().execute("SELECT * FROM tagging ORDER BY id")] == before
    assert counts(store) == {"a": 2, "b": 2, "b/c": 1}


def test_tags_by_hand_stay_when_the_text_changes_and_tags_of_the_text_follow_it(store: Store) -> None:
    added = add_note(store, "words #draft #keep")
    change.change_tags(store, [("note", 1)], ["hand", "keep"], [])
    edited = edit_note(store, 1, text="words #final")
    assert added.row["tags"] == ["draft", "keep"]
    assert edited.row["tags"] == ["final", "hand", "keep"]


def test_an_alias_in_the_text_stays_the_tag_it_was_merged_into(store: Store) -> None:
    noted(store, "one #old", "two #new")
    change.merge(store, "old", "new")
    assert edit_note(store, 1, text="one #old, changed").row["tags"] == ["new"]


@pytest.mark.parametrize(("words", "wanted"), [
    (["n1", "+a", "-b"], (["n1"], ["a"], ["b"])),
    (["n1", "i2", "+a/b", "-c", "+#d"], (["n1", "i2"], ["a/b", "#d"], ["c"])),
    (["-", "+a"], (["-"], ["a"], [])),
])  # fmt: skip
def test_words_of_the_tag_command(words: list[str], wanted: tuple[list[str], list[str], list[str]]) -> None:
    assert change.read_changes(words) == wanted


@pytest.mark.parametrize("words", [["n1"], ["n1", "org"], ["+a"], ["n1", "+#"], ["n1", "+"]])
def test_words_that_are_no_change_of_tags(words: list[str]) -> None:
    with pytest.raises(Invalid):
        change.read_changes(words)
