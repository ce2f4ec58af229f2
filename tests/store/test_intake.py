"""Bulk intake over a real store: what comes in, what changes, what a removal takes."""



from pkm.store import intake, journal, sources
from pkm.store.intake import Brought
from pkm.store.session import Store


def brought(key: str, text: str = "words", url: str = "") -> Brought:
    return Brought(key, f"hash of {text}", f"Title {key}", url, url, "Ann", None, "", text, f"<p>{text}</p>")


def follow(store: Store, *names: str) -> list[int]:
    with store.unit() as unit:
        return intake.add_sources(
            unit, [{"url": f"http://{name}.org/f", "title": name, "site_url": "", "opml": "{}"} for name in names]
        )


def test_what_comes_in_is_known_searched_and_in_the_inbox(store):
    (one,) = follow(store, "one")
    with store.unit(journal=False) as unit:
        ids = intake.bring_in(unit, [(one, one_of) for one_of in [brought("a"), brought("b", "zebra")]])
    db = store.read()
    assert ids == [1, 2]
    assert intake.known_entries(db, one) == {"a": ("hash of words", 1), "b": ("hash of zebra", 2)}
    assert [row[0] for row in db.execute("SELECT rowid FROM item_fts WHERE item_fts MATCH 'zebra'")] == [2]
    assert {row[0] for row in db.execute("SELECT state || via FROM item")} == {"inboxnetwork"}
    assert not db.execute("SELECT count(*) FROM change WHERE table_name = 'item'").fetchone()[0]


def test_ids_are_never_given_twice(store):
    (one,) = follow(store, "one")
    with store.unit(journal=False) as unit:
        assert intake.bring_in(unit, [(one, one_of) for one_of in [brought("a")]]) == [1]
    with store.unit(journal=False) as unit:
        unit.connection.execute("DELETE FROM item")
    with store.unit(journal=False) as unit:
        assert intake.bring_in(unit, [(one, one_of) for one_of in [brought("b"), brought("c")]]) == [2, 3]


def test_a_change_is_searched_and_leaves_the_decision(store):
    (one,) = follow(store, "one")
    with store.unit(journal=False) as unit:
        intake.bring_in(unit, [(one, one_of) for one_of in [brought("a", "zebra")]])
        unit.connection.execute("UPDATE item SET state = 'kept', published_at = '2026-01-01T00:00:00Z'")
        intake.change(unit, one, [(1, brought("a", "lion"))])
    row = store.read().execute("SELECT * FROM item").fetchone()
    assert (row["state"], row["text"], row["published_at"]) == ("kept", "lion", "2026-01-01T00:00:00Z")
    assert row["changed_at"]
    found = "SELECT count(*) FROM item_fts WHERE item_fts MATCH ?"
    assert [store.read().execute(found, (word,)).fetchone()[0] for word in ("zebra", "lion")] == [0, 1]
    assert intake.known_entries(store.read(), one)["a"].hash == "hash of lion"


def test_a_removal_takes_what_nobody_touched_and_undo_brings_it_back(store):
    one, two = follow(store, "one", "two")
    with store.unit(journal=False) as unit:
        intake.bring_in(unit, [(one, brought(key)) for key in "abcd"])
        intake.bring_in(unit, [(two, one_of) for one_of in [brought("a")]])
    with store.unit() as unit:
        unit.connection.execute("UPDATE item SET state = 'kept', decided_at = received_at WHERE id = 1")
        unit.connection.execute(
            "INSERT INTO annotation (item_id, exact, prefix, suffix, comment, state, created_at, updated_at) "
            "VALUES (2, '', '', '', 'hm', 'anchored', '', '')"
        )
        intake.tag_sources(unit, {one: ["org", "org/design"], two: ["org"]})
    before = snapshot(store)
    fresh = Store(store.home)
    with fresh.unit() as unit:
        assert intake.remove_sources(unit, [one]) == {"goes": 2, "stays": 2}
    assert [row[0] for row in fresh.read().execute("SELECT id FROM item ORDER BY id")] == [1, 2, 5]
    assert fresh.read().execute("SELECT count(*) FROM tagging").fetchone()[0] == 1
    fresh.close()
    again = Store(store.home)
    journal.undo(again)
    assert snapshot(again) == before
    again.close()


def snapshot(store: Store) -> list[list[tuple[object, ...]]]:
    return [
        [tuple(row) for row in store.read().execute(f"SELECT * FROM {table} ORDER BY id")]
        for table in ("source", "item", "entry", "tagging", "annotation")
    ]


def test_tags_are_made_once_and_a_second_time_changes_nothing(store):
    ids = follow(store, "one", "two")
    for _ in range(2):
        with store.unit() as unit:
            intake.tag_sources(unit, {ids[0]: ["Org", "x"], ids[1]: ["org"]})
    assert [row["tags"] for row in sources.rows(store.read(), limit=9)] == [["Org", "x"], ["Org"]]


def test_a_clip_is_found_by_its_address_and_filled_only_with_more(store):
    with store.unit() as unit:
        number = intake.add_clip(unit, brought("", "long enough text", "http://a.org/p"))
    with store.unit() as unit:
        assert intake.find_page(unit.connection, ["http://b.org", "http://a.org/p"]) == number
        intake.fill_clip(unit, number, brought("", "short"))
        assert unit.connection.execute("SELECT text FROM item").fetchone()[0] == "long enough text"
        assert intake.find_page(unit.connection, ["http://b.org"]) is None


def test_fts_has_room_for_a_large_transaction(store):
    (one,) = follow(store, "one")
    with store.unit(journal=False) as unit:
        intake.bring_in(unit, [(one, one_of) for one_of in [brought("a")]])
    config = dict(tuple(row) for row in store.read().execute("SELECT k, v FROM item_fts_config"))
    assert config["hashsize"] == intake.HASH_BYTES
