"""The undo journal: a command is taken back whole, or refused with the reason."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkm.config import Home
from pkm.errors import Invalid, NotFound, Refused
from pkm.store import journal
from pkm.store.model import Annotation, Channel, Circle, Delivery, Note, Share, Stage, Tag, Tagging
from pkm.store.session import Store
from tests.effort import tries

AT = "2026-01-01T00:00:00Z"


def image(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the journal's own."""
    db = store.read()
    names = [
        row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%_fts%'")
    ]
    kept = [name for name in names if name not in ("operation", "change", "journal", "sqlite_sequence")]
    return {name: [tuple(row) for row in db.execute(f"SELECT * FROM {name} ORDER BY 1")] for name in kept}


def run(home: Home, command: str = "pkm test") -> Store:
    return Store(home, command)


def add_note(home: Home, title: str, tag: str | None = None) -> int:
    with run(home, f"pkm sense note {title}").unit() as unit:
        row = unit.add(Note(uid=title, title=title, text=title, created_at=AT, updated_at=AT))
        if tag:
            made = unit.add(Tag(name=tag, created_at=AT))
            unit.add(Tagging(tag_id=made.id or 0, kind="note", entity_id=row.id or 0))
    return row.id or 0


def test_undo_takes_back_what_was_added_and_undo_of_it_brings_it_back(home_paths: Home) -> None:
    before = image(run(home_paths))
    add_note(home_paths, "one", "org")
    after = image(run(home_paths))
    undone = journal.undo(run(home_paths))
    assert {(row.table, row.what) for row in undone.rows} == {
        ("note", "removed"),
        ("tag", "removed"),
        ("tagging", "removed"),
    }
    assert image(run(home_paths)) == before
    journal.undo(run(home_paths), undone.number)
    assert image(run(home_paths)) == after


def test_undo_walks_back_one_command_after_the_other(home_paths: Home) -> None:
    number = add_note(home_paths, "one")
    with run(home_paths, "pkm sense reach n1 network").unit() as unit:
        unit.get(Note, number).reach = "network"
    assert journal.undo(run(home_paths)).command == "pkm sense reach n1 network"
    assert journal.undo(run(home_paths)).command == "pkm sense note one"
    with pytest.raises(NotFound):
        journal.undo(run(home_paths))


def test_a_deletion_comes_back_with_all_that_hung_on_it(home_paths: Home) -> None:
    number = add_note(home_paths, "one", "org")
    with run(home_paths).unit() as unit:
        unit.add(Annotation(note_id=number, exact="one", created_at=AT, updated_at=AT))
    before = image(run(home_paths))
    with run(home_paths, "pkm remove").unit() as unit:
        unit.delete(unit.get(Note, number))
    assert image(run(home_paths))["annotation"] == []
    assert image(run(home_paths))["tagging"] == []
    journal.undo(run(home_paths))
    assert image(run(home_paths)) == before


def test_bytes_come_back_as_they_were(home_paths: Home) -> None:
    with run(home_paths).unit() as unit:
        share = unit.add(Share(uid="u", title="t", created_at=AT))
        stage = unit.add(Stage(share_id=share.id or 0, circle_id=1, position=1))
        row = unit.add(Delivery(key="k", share_id=share.id or 0, stage_id=stage.id or 0, circle_id=1, channel_id=1,
                                sha256="x", media_type="text/plain", frozen_at=AT, payload=bytes(range(256))))  # fmt: skip
    with run(home_paths, "delete").unit() as unit:
        unit.delete(unit.get(Delivery, row.id or 0))
    journal.undo(run(home_paths))
    assert run(home_paths).read().execute("SELECT payload FROM delivery").fetchone()[0] == bytes(range(256))


def test_rows_that_changed_since_refuse_the_undo_and_name_the_command(home_paths: Home) -> None:
    number = add_note(home_paths, "one")
    with run(home_paths, "later").unit() as unit:
        unit.get(Note, number).title = "two"
    before = image(run(home_paths))
    with pytest.raises(Refused) as refused:
        journal.undo(run(home_paths), 1)
    assert refused.value.findings == [("n1", "changed by command 2", "pkm undo 2")]
    assert image(run(home_paths)) == before


def test_rows_that_are_in_use_since_refuse_the_undo(home_paths: Home) -> None:
    number = add_note(home_paths, "one")
    with run(home_paths, "later").unit() as unit:
        unit.add(Annotation(note_id=number, comment="later", created_at=AT, updated_at=AT))
    with pytest.raises(Refused) as refused:
        journal.undo(run(home_paths), 1)
    assert refused.value.findings[0] == ("n1", "a1 uses it", "pkm undo 2")


def test_what_is_undone_is_not_undone_twice(home_paths: Home) -> None:
    add_note(home_paths, "one")
    journal.undo(run(home_paths), 1)
    with pytest.raises(Invalid, match="undone already"):
        journal.undo(run(home_paths), 1)


def test_a_final_command_is_refused_with_its_reason(home_paths: Home) -> None:
    with run(home_paths, "pkm share send x1").unit() as unit:
        unit.add(Note(uid="x", title="x", text="x", created_at=AT, updated_at=AT))
        unit.summarize("sent", final="3 mails have left")
    with pytest.raises(Refused, match="3 mails have left"):
        journal.undo(run(home_paths), 1)


def test_the_journal_is_off_where_items_are_brought_in(home_paths: Home) -> None:
    with run(home_paths, "pkm seek pull").unit(journal=False) as unit:
        unit.add(Note(uid="x", title="x", text="x", created_at=AT, updated_at=AT))
        unit.summarize("1 new")
    db = run(home_paths).read()
    assert db.execute("SELECT count(*) FROM change").fetchone()[0] == 0
    assert [row["summary"] for row in journal.operations(db, 10)] == ["1 new"]


def test_the_units_of_one_command_are_undone_together(home_paths: Home) -> None:
    store = run(home_paths, "pkm share --yes")
    before = image(store)
    with store.unit() as unit:
        unit.add(Circle(name="a", kind="team", created_at=AT))
    with store.unit() as unit:
        unit.add(Channel(name="b", kind="files", created_at=AT))
    journal.undo(run(home_paths))
    assert image(run(home_paths)) == before


@settings(max_examples=tries(5), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["add", "title", "delete", "tag"]), st.integers(1, 4)), max_size=6))
def test_undoing_every_command_gives_the_first_store(
    home_paths: Home, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("home")
    home = Home(folder, folder, folder)
    before = image(run(home))
    done = 0
    for step, number in steps:
        with run(home, step).unit() as unit:
            known = {row[0] for row in unit.connection.execute("SELECT id FROM note")}
            if step == "add":
                unit.add(
                    Note(uid=f"{done}-{number}", title=str(number), text=str(number), created_at=AT, updated_at=AT)
                )
            elif number in known and step == "title":
                unit.get(Note, number).title += "!"
            elif number in known and step == "delete":
                unit.delete(unit.get(Note, number))
            elif number in known:
                tag = unit.add(Tag(name=f"t{done}", created_at=AT))
                unit.add(Tagging(tag_id=tag.id or 0, kind="note", entity_id=number))
            else:
                continue
        done += 1
    for _ in range(done):
        journal.undo(run(home))
    assert image(run(home)) == before
