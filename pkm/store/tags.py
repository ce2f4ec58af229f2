"""Tags: what hangs on what, counts, names that nearly exist, and how tags are put, taken, renamed and merged.

Names are kept as first written and are one name whatever their case. An alias is a former name: what is written with
it lands on the tag it points to. Knows nothing of texts: which names stand in a note is told by the caller.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from pkm.errors import Exists, Invalid, NotFound
from pkm.grouped import grouped
from pkm.ids import Row
from pkm.store import tally
from pkm.store.rows import in_ids
from pkm.text import fold, one_line

if TYPE_CHECKING:
    from pkm.store.session import Unit

COUNTED = {"note": "notes", "item": "items", "source": "sources", "contact": "contacts", "circle": "circles"}


class Moved(NamedTuple):
    """What a rename or merge did: names, counts of things before, how many moved and how many had both."""

    old: str
    new: str
    old_count: int
    new_count: int
    total: int
    both: int
    children: int


def clean_name(name: str) -> str:
    """The name as it is kept: no `#`, no white space (a dash instead), no empty part between slashes.

    Raises Invalid where nothing is left of it.
    """
    joined = re.sub(r"[\s,;\"'`\[\](){}<>|]+", "-", one_line(name).lstrip("#").strip())
    parts = [part.strip("-#") for part in joined.split("/")]
    cleaned = "/".join(part for part in parts if part)
    if not cleaned:
        raise Invalid(f"“{one_line(name, 40)}” as a tag", "a tag is one word, such as org or org/design")
    return cleaned[:120]


def find(db: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    """The row of exactly that name, case ignored; it may be an alias."""
    found: sqlite3.Row | None = db.execute(
        "SELECT * FROM tag WHERE name = :name COLLATE NOCASE ORDER BY id", {"name": name}
    ).fetchone()
    if found is None and not name.isascii():  # SQLite folds ASCII only
        folded = fold(name)
        found = next((row for row in db.execute("SELECT * FROM tag ORDER BY id") if fold(row["name"]) == folded), None)
    return found


def resolve(db: sqlite3.Connection, name: str) -> str:
    """The name that a name means today: aliases followed, also those of its parents, in the spelling that is kept."""
    for _ in range(8):  # each rename of a parent may send it on; never in a circle
        row = find(db, name)
        if row is not None and row["alias_of"] is None:
            return str(row["name"])
        if row is not None:
            name = name_of(db, row["alias_of"])
            continue
        sent = _sent_on_by_parent(db, name)
        if sent is None:
            return name
        name = sent
    return name


def reader(db: sqlite3.Connection) -> Callable[[str], str]:
    """What a word means as a tag, "" where it can be none; each is looked up once."""

    @cache
    def tag_of(word: str) -> str:
        try:
            return resolve(db, clean_name(word))
        except Invalid:
            return ""

    return tag_of


def name_of(db: sqlite3.Connection, number: int) -> str:
    """The name of the tag of that number, which is there."""
    return str(db.execute("SELECT name FROM tag WHERE id = :id", {"id": number}).fetchone()[0])


def _sent_on_by_parent(db: sqlite3.Connection, name: str) -> str | None:
    parent, _, rest = name.rpartition("/")
    while parent:
        row = find(db, parent)
        if row is not None and row["alias_of"] is not None:
            return f"{name_of(db, row['alias_of'])}/{rest}"
        parent, _, last = parent.rpartition("/")
        rest = f"{last}/{rest}"
    return None


def of(db: sqlite3.Connection, kind: str, number: int) -> list[str]:
    """Names of the tags on a thing, by name."""
    return of_many(db, kind, [number]).get(number, [])


def of_many(db: sqlite3.Connection, kind: str, numbers: Iterable[int]) -> dict[int, list[str]]:
    """For each thing that has tags: their names, by name."""
    return grouped(db.execute(
        f"SELECT entity_id, tag.name FROM tagging JOIN tag ON tag.id = tag_id WHERE kind = :kind "
        f"AND entity_id IN {in_ids(numbers)} ORDER BY tag.name COLLATE NOCASE, tag.id",
        {"kind": kind},
    ))  # fmt: skip


def origins(db: sqlite3.Connection, kind: str, number: int) -> dict[str, str]:
    """Tag name to where it comes from, text or hand."""
    sql = "SELECT tag.name, origin FROM tagging JOIN tag ON tag.id = tag_id WHERE kind = :kind AND entity_id = :id"
    return {row[0]: row[1] for row in db.execute(sql, {"kind": kind, "id": number})}


def rows(db: sqlite3.Connection, *, limit: int = -1, names: Sequence[str] | None = None) -> list[Row]:
    """Tags in use, the most used first, then by name; a parent's counts hold those of its children, each thing once.

    names: only these tags, also when nothing has them.
    """
    tags = {row["id"]: row["name"] for row in db.execute("SELECT id, name FROM tag WHERE alias_of IS NULL")}
    aliases, learning = _aliases(db), {row[0] for row in db.execute("SELECT id FROM tag WHERE learning = 1")}
    own = _own_counts(db)
    below = _children(tags)
    wanted = None if names is None else {fold(name) for name in names}
    found = []
    for number, name in tags.items():
        counts = _counts_together(db, [number, *below[number]]) if number in below else own.get(number, {})
        if fold(name) in wanted if wanted is not None else counts:
            found.append(_shape(name, counts, aliases.get(number, []), number in learning))
    found.sort(key=lambda row: (-row["count"], fold(row["name"]), row["name"]))
    return found[: limit if limit >= 0 else None]


def count(db: sqlite3.Connection) -> int:
    """How many tags are in use."""
    return len({number for number, _, _ in tally.tagged(db)})


def things(db: sqlite3.Connection, name: str) -> int:
    """How many things have the tag or one of its children."""
    found = rows(db, names=[name])
    return int(found[0]["count"]) if found else 0


def _own_counts(db: sqlite3.Connection) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for number, kind, having in tally.tagged(db):
        found.setdefault(number, {})[kind] = having
    return found


def _children(tags: dict[int, str]) -> dict[int, list[int]]:
    """For each tag that has tags below it: their numbers."""
    numbers = {fold(name): number for number, name in tags.items()}
    found: dict[int, list[int]] = {}
    for number, name in tags.items():
        parent = fold(name).rpartition("/")[0]
        while parent:
            if parent in numbers:
                found.setdefault(numbers[parent], []).append(number)
            parent = parent.rpartition("/")[0]
    return found


def _counts_together(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[str, int]:
    sql = f"SELECT kind, count(DISTINCT entity_id) FROM tagging WHERE tag_id IN {in_ids(numbers)} GROUP BY kind"
    return {row[0]: row[1] for row in db.execute(sql)}


def _aliases(db: sqlite3.Connection) -> dict[int, list[str]]:
    """For each tag that has other names: those, by name."""
    return grouped(db.execute("SELECT alias_of, name FROM tag WHERE alias_of IS NOT NULL ORDER BY name COLLATE NOCASE, id"))


def _shape(name: str, counts: dict[str, int], aliases: list[str], learning: bool) -> Row:
    by_kind = {plural: counts.get(kind, 0) for kind, plural in COUNTED.items()}
    return {
        "id": f"#{name}", "kind": "tag", "title": name, "name": name, "count": sum(counts.values()), **by_kind,
        "aliases": aliases, "learning": learning,
    }  # fmt: skip


def near(db: sqlite3.Connection, name: str, limit: int = 3) -> list[tuple[str, int]]:
    """Tags in use whose names are nearly that one, with their counts, the most like first, then the most used.

    Nearly: the same without case, separators and plural, or so few slips apart that one may be meant for the other. Names
    that differ in figures only are not, nor such as say the opposite.
    """
    sql = "SELECT name, count(*) FROM tagging JOIN tag ON tag.id = tag_id GROUP BY tag.id ORDER BY name"
    return near_among(name, {row[0]: row[1] for row in db.execute(sql)}, limit)


def near_among(name: str, used: dict[str, int], limit: int = 3) -> list[tuple[str, int]]:
    """Of the names with their counts, those nearly the name; see `near`."""
    from pkm.spelling import FAR, slips

    folded, bare = fold(name), _bare(name)
    scored = []
    for other, number in used.items():
        there = fold(other)
        if there == folded or there.startswith(folded + "/") or folded.startswith(there + "/"):
            continue
        if _turned(bare, _bare(other)):
            continue
        apart = 0 if _bare(other) == bare else slips(folded, there)
        if apart < FAR and _without_figures(folded) != _without_figures(there):
            scored.append((apart, -number, other))
    return [(other, -number) for _, number, other in sorted(scored)[:limit]]


_TURNS = ("un", "non", "anti", "dis", "de", "in", "im", "ir", "il", "mis", "counter")
"""What in front of a word turns its meaning."""


def _turned(one: str, other: str) -> bool:
    """Whether one of the names is the other's opposite: unlearning and learning, org/non-profit and org/profit."""
    short, long = sorted((one, other), key=len)
    above, _, last = long.rpartition("/")
    return any(last.startswith(turn) and f"{above}/{last[len(turn):]}".lstrip("/") == short for turn in _TURNS)


def _without_figures(folded: str) -> str:
    """The name with its figures masked: equal for week-41 and week-42."""
    return re.sub(r"\d+", "0", folded)


def _bare(name: str) -> str:
    """The name without separators, and each part in the singular as far as endings tell."""
    parts = [re.sub(r"[-_.·]+", "", part) for part in fold(name).split("/")]
    return "/".join(_singular(part) for part in parts)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def put(unit: "Unit", kind: str, number: int, names: Iterable[str], origin: str = "hand") -> list[str]:
    """The thing has the tags; the names that were new on it. A tag put by hand stays when the text loses its word."""
    unit.flush()
    had = origins(unit.connection, kind, number)
    added = []
    for name in names:
        tag_id = number_for(unit, name)
        kept = name_of(unit.connection, tag_id)
        if kept not in had:
            unit.insert("tagging", tag_id=tag_id, kind=kind, entity_id=number, origin=origin)
            had[kept] = origin
            added.append(kept)
        elif had[kept] != "hand" and origin == "hand":
            unit.connection.execute(
                "UPDATE tagging SET origin = 'hand' WHERE tag_id = :tag AND kind = :kind AND entity_id = :id",
                {"tag": tag_id, "kind": kind, "id": number},
            )
            had[kept] = origin
    return added


def put_many(unit: "Unit", kind: str, wanted: Mapping[int, Sequence[str]], *, origin: str = "hand") -> None:
    """The things have the tags, by the thousand: each name is looked up or made once. origin: hand, rule."""
    unit.flush()
    numbers = {name: number_for(unit, name) for name in dict.fromkeys(one for names in wanted.values() for one in names)}
    unit.connection.executemany(
        "INSERT INTO tagging (tag_id, kind, entity_id, origin) VALUES (:tag, :kind, :id, :origin) ON CONFLICT DO NOTHING",
        [
            {"tag": numbers[name], "kind": kind, "id": number, "origin": origin}
            for number, names in wanted.items() for name in names
        ],
    )  # fmt: skip


def number_for(unit: "Unit", name: str) -> int:
    """The tag that the name means today, made where there is none. Raises Invalid."""
    kept = resolve(unit.connection, clean_name(name))
    row = find(unit.connection, kept)
    if row is not None:
        return int(row["id"])
    return unit.insert("tag", name=kept, created_at=unit.at)


def take(unit: "Unit", kind: str, number: int, names: Iterable[str]) -> list[str]:
    """The thing no longer has the tags; the names that were on it."""
    unit.flush()
    db = unit.connection
    taken = []
    for name in names:
        kept = resolve(db, clean_name(name))
        cursor = db.execute(
            "DELETE FROM tagging WHERE kind = :kind AND entity_id = :id AND tag_id IN "
            "(SELECT id FROM tag WHERE name = :name)",
            {"kind": kind, "id": number, "name": kept},
        )
        if cursor.rowcount:
            taken.append(kept)
    return taken


def sync(unit: "Unit", kind: str, number: int, names: Iterable[str]) -> None:
    """The tags read from the thing's text are exactly these; those put by hand stay."""
    unit.flush()
    db = unit.connection
    wanted = list(dict.fromkeys(resolve(db, clean_name(name)) for name in names))
    stale = [
        name for name, origin in origins(db, kind, number).items()
        if origin == "text" and fold(name) not in {fold(one) for one in wanted}
    ]  # fmt: skip
    take(unit, kind, number, stale)
    put(unit, kind, number, wanted, origin="text")


def rename(unit: "Unit", old: str, new: str) -> Moved:
    """The tag and those below it are called anew; the old names still work.

    Raises NotFound, Exists (the new name is in use: that would be a merge), Invalid.
    """
    db = unit.connection
    old, new = existing(db, old), clean_name(new)
    there = find(db, new)
    if there is not None and there["alias_of"] is None and fold(new) != fold(old):
        raise Exists(
            f"#{there['name']}", "to make the two one, merge them", next=f"pkm tag merge {quote(old)} {quote(there['name'])}"
        )
    if new == old:
        raise Invalid(f"#{new}", "it is called so already")
    before = things(db, old) or _things_below(db, old)
    below = names_below(db, old)
    for name in [old, *below]:
        _call(unit, name, new + name[len(old) :])
    return Moved(old, new, before, 0, before, 0, len(below))


def merge(unit: "Unit", old: str, into: str) -> Moved:
    """What had the old tag has the other; tags below the old one are below the other. The old name still works.

    Raises NotFound, Invalid (both are one).
    """
    db = unit.connection
    old, into = existing(db, old), existing(db, into)
    if fold(old) == fold(into):
        raise Invalid(f"#{old} and #{into}", "they are one tag already")
    counts = things(db, old) or _things_below(db, old), things(db, into)
    both = _both(db, old, into)
    below = [name for name in names_below(db, old) if not _is_or_below(name, into)]
    for name in [old, *below]:
        _call(unit, name, into + name[len(old) :])
    return Moved(old, into, *counts, things(db, into), both, len(below))


def having(db: sqlite3.Connection, name: str) -> list[Row]:
    """What has the tag itself, by kind and number: {"kind", "number", "title", "origin"}."""
    from pkm.store.lookup import TITLES

    titles = " ".join(f"WHEN '{kind}' THEN (SELECT {TITLES[kind]} FROM {kind} WHERE {kind}.id = entity_id)" for kind in COUNTED)
    found = db.execute(
        f"SELECT kind, entity_id AS number, coalesce(CASE kind {titles} END, '') AS title, origin FROM tagging "
        "WHERE tag_id = (SELECT id FROM tag WHERE name = :name) ORDER BY kind, entity_id", {"name": name},
    )  # fmt: skip
    return [dict(row) for row in found]


def give_alias(unit: "Unit", alias: str, name: str) -> str:
    """The name, which nothing has yet, means the tag, which is made where there is none; the tag's name.

    Raises Exists where the alias is a tag of its own (that would be a merge), Invalid where both are one.
    """
    db = unit.connection
    number, alias = number_for(unit, name), clean_name(alias)
    kept = name_of(db, number)
    there = find(db, alias)
    if there is not None and there["id"] == number:
        raise Invalid(f"#{alias} and #{kept}", "they are one tag already")
    if there is not None and there["alias_of"] is None and (things(db, alias) or names_below(db, alias)):
        raise Exists(f"#{there['name']}", "to make the two one, merge them", next=f"pkm tag merge {quote(alias)} {quote(kept)}")
    if there is None:
        unit.insert("tag", name=alias, alias_of=number, created_at=unit.at)
    else:
        db.execute("UPDATE tag SET alias_of = :tag WHERE id = :id OR alias_of = :id", {"tag": number, "id": there["id"]})
    return kept


def take_alias(unit: "Unit", alias: str) -> str:
    """The name means nothing of its own any more; the tag that it meant. Raises NotFound where it is no alias."""
    unit.flush()
    there = find(unit.connection, clean_name(alias))
    if there is None or there["alias_of"] is None:
        raise NotFound(f"#{clean_name(alias)}", "it is no other name of a tag", next="pkm tag list --json")
    unit.connection.execute("DELETE FROM tag WHERE id = :id", {"id": there["id"]})
    return name_of(unit.connection, there["alias_of"])


def existing(db: sqlite3.Connection, name: str) -> str:
    """The name of the tag that is meant, which is there, or has tags below it. Raises NotFound, Invalid."""
    name = resolve(db, clean_name(name))
    if find(db, name) is None and not names_below(db, name):
        from pkm.store import lookup

        like = [f"#{one}" for one in lookup.near(db, "tag", name)]
        raise NotFound(f"#{name}", "there is no such tag", near=like, next="pkm tag list")
    return name


def names_below(db: sqlite3.Connection, name: str) -> list[str]:
    """Names of the tags below one, aliases not among them."""
    start = fold(name) + "/"
    names = db.execute("SELECT name FROM tag WHERE alias_of IS NULL ORDER BY name, id")
    return [row[0] for row in names if fold(row[0]).startswith(start)]


def _is_or_below(name: str, top: str) -> bool:
    return fold(name) == fold(top) or fold(name).startswith(fold(top) + "/")


def _things_below(db: sqlite3.Connection, name: str) -> int:
    numbers = [row["id"] for row in (find(db, one) for one in names_below(db, name)) if row is not None]
    return sum(_counts_together(db, numbers).values()) if numbers else 0


def _both(db: sqlite3.Connection, one: str, other: str) -> int:
    sql = (
        "SELECT count(*) FROM tagging AS one JOIN tagging AS other ON one.kind = other.kind "
        "AND one.entity_id = other.entity_id JOIN tag AS a ON a.id = one.tag_id JOIN tag AS b ON b.id = other.tag_id "
        "WHERE a.name = :one AND b.name = :other"
    )
    return int(db.execute(sql, {"one": one, "other": other}).fetchone()[0])


def _call(unit: "Unit", old: str, new: str) -> None:
    """The things of the tag `old` have `new`, which is made or joined; `old` becomes its alias."""
    unit.flush()
    db = unit.connection
    source, target = find(db, old), find(db, new)
    if source is None:
        return  # a parent that is only a part of names
    if target is not None and target["id"] == source["id"]:  # another spelling of the same name
        db.execute("UPDATE tag SET name = :new WHERE id = :id", {"new": new, "id": source["id"]})
        return
    if target is not None and target["alias_of"] is not None:
        db.execute("DELETE FROM tag WHERE id = :id", {"id": target["id"]})
        target = None
    if target is None:
        _become(unit, source["id"], old, new)
    else:
        _join(db, source["id"], target["id"])


def _become(unit: "Unit", number: int, old: str, new: str) -> None:
    unit.connection.execute("UPDATE tag SET name = :new WHERE id = :id", {"new": new, "id": number})
    unit.insert("tag", name=old, alias_of=number, created_at=unit.at)


def _join(db: sqlite3.Connection, source: int, target: int) -> None:
    given = {"source": source, "target": target}
    db.execute(
        "DELETE FROM tagging WHERE tag_id = :source AND EXISTS (SELECT 1 FROM tagging AS other WHERE "
        "other.tag_id = :target AND other.kind = tagging.kind AND other.entity_id = tagging.entity_id)", given,
    )  # fmt: skip
    db.execute("UPDATE tagging SET tag_id = :target WHERE tag_id = :source", given)
    db.execute("UPDATE tag SET learning = 1 WHERE id = :target AND (SELECT learning FROM tag WHERE id = :source)", given)
    db.execute("UPDATE tag SET alias_of = :target, learning = 0 WHERE alias_of = :source OR id = :source", given)
    db.execute("UPDATE rule SET tag_id = :target WHERE tag_id = :source", given)
    db.execute("UPDATE source SET challenges_id = :target WHERE challenges_id = :source", given)
