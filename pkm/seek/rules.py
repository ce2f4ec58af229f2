"""Rules at work: written, tried on what is stored, applied to it, and to what a pull brings in.

What they say of an item is decided in seek/screen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from pkm import pattern
from pkm.errors import Exists, Invalid, PkmError, Refused
from pkm.ids import Row, existing, make
from pkm.seek.screen import Judgement, Screen, as_judged, compile_rule, read_rules, subject_of_brought, subject_of_row
from pkm.spelling import did_you_mean, near
from pkm.store import intake, lookup, rules, tags
from pkm.store.rules import Origin
from pkm.store.session import Store, Unit
from pkm.text import count, fold, one_line

if TYPE_CHECKING:
    import sqlite3

LOOKED_AT = 20_000
"""When a rule is written it is tried on so many of the newest items: enough to tell, and done at once."""

TELLING = 20
"""From so many stored items on, "all of them" is no chance."""

FAMILIES = {"keep": ("keep",), "up": ("up", "down"), "down": ("up", "down")}
"""Actions that are decided together: one of several that keep is enough, ranks add up."""


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as it was typed. At most one of source_id, tag (a name) and contact_id: its scope."""

    action: str
    pattern: str
    argument: str = ""
    person_id: int | None = None
    source_id: int | None = None
    tag: str = ""
    contact_id: int | None = None

    @property
    def is_scoped(self) -> bool:
        """Whether it is for some sources only."""
        return bool(self.source_id or self.tag or self.contact_id)


@dataclass(slots=True)
class Survey:
    """What a rule finds among the stored items. touched: those it would act on, `changes`: where that changes something.

    matched counts those with its pattern, which for a rule that keeps are those that come in. decided: would be muted, but
    the person decided about them. shown: the newest that it would act on. warnings: what could not be asked, with why.
    """

    action: str
    looked_at: int = 0
    matched: int = 0
    touched: int = 0
    decided: int = 0
    changes: dict[int, int] = field(default_factory=dict)  # item to its rank
    shown: list[int] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> Row:
        """The counts as JSON has them."""
        return {"looked_at": self.looked_at, "matched": self.matched, "touched": self.touched, "decided": self.decided,
                "changes": len(self.changes), "warnings": self.warnings}  # fmt: skip


# Writing and removing


def check_rule(new: NewRule) -> None:
    """The rule can be written. Raises Malformed for its pattern, Invalid where it says nothing."""
    node = pattern.read(new.pattern)
    if new.action == "keep" and pattern.is_everything(node):
        raise Invalid("a rule that keeps everything", "it would do nothing", next="say what is to come in")
    if new.action == "tag":
        tags.clean_name(new.argument)


def add_rule(store: Store, new: NewRule, *, force: bool = False) -> tuple[Row, Survey]:
    """The rule is in force from the next pull on; and what it finds among the newest stored items.

    Raises Malformed, Invalid or Exists (nothing is stored), and Refused, without force, for one that would mute all there is.
    """
    check_rule(new)
    survey = survey_rule(store, new, limit=LOOKED_AT)
    if not force:
        _refuse_sweeping(new, survey)
    with store.unit() as unit:
        number = write_rule(unit, new)
        row = find_rule(store, number)
        _refuse_same(store, row, number)
        unit.summarize(f"{row['id']}: {one_line(row['title'], 80)}")
        return row, survey


def _refuse_same(store: Store, new: Row, number: int) -> None:
    """Raises Exists where another rule does the same with the same; the unit that wrote this one is taken back."""
    stored = {row["id"]: _said(row) for row in rules.all_rules(store.read())}
    there = next((id for id, said in stored.items() if id != number and said == stored[number]), None)
    if there is not None:
        name = make("rule", there)
        raise Exists(f"{name} ({new['title']})", "it says the same", kept="Nothing was written.",
                     next=f"pkm seek rules apply {name}, for what is here already")  # fmt: skip


def _said(row: Row) -> tuple[object, ...]:
    """What the rule says, whatever its spelling: its pattern as it is understood, and all else as it is stored."""
    try:
        node: object = pattern.read(row["pattern"])
    except PkmError:
        node = row["pattern"]
    return node, *(row[name] for name in ("action", "argument", "person_id", "source_id", "tag_id", "contact_id"))


def _refuse_sweeping(new: NewRule, survey: Survey) -> None:
    everything = new.action == "mute" and pattern.is_everything(pattern.read(new.pattern))
    muting = new.action in ("mute", "keep") and TELLING <= survey.looked_at == survey.touched
    if not new.is_scoped and (everything or muting):
        looked = f": all {survey.looked_at:,} stored items that it was tried on" if muting else ""
        raise Refused(
            "this rule", f"it would mute whatever comes, from every source{looked}",
            next="give it a scope (--source, --tag, --contact), or say that you mean it: --force",
        )  # fmt: skip


def write_rule(unit: Unit, new: NewRule) -> int:
    """The rule is stored as it is; its number."""
    tag_id = tags.number_for(unit, new.tag) if new.tag else None
    argument = tags.clean_name(new.argument) if new.action == "tag" else ""
    return unit.insert(
        "rule", action=new.action, pattern=new.pattern.strip(), argument=argument, person_id=new.person_id,
        source_id=new.source_id, tag_id=tag_id, contact_id=new.contact_id, created_at=unit.at,
    )  # fmt: skip


def remove_rules(store: Store, numbers: Sequence[int], *, unmute: bool = False) -> tuple[list[Row], list[int]]:
    """The rules are gone; what they did stays, but with unmute their muted items are back in the inbox.

    The rules as they were, and the items that came back.
    """
    with store.unit() as unit:
        gone = [find_rule(store, number) for number in numbers]
        muted = [item for number in numbers for item in rules.muted_items(unit.connection, number)] if unmute else []
        back = rules.bring_back(unit, muted)
        for number in numbers:
            rules.remove(unit, number)
        unit.summarize(f"removed {', '.join(row['id'] for row in gone)}")
        return gone, back


def bring_back(store: Store, item_ids: Sequence[int], rule_ids: Sequence[int], *, orphaned: bool = False) -> list[int]:
    """The muted items, those that the rules muted, and with orphaned those whose rule is gone, are in the inbox; which
    they were.
    """
    with store.unit() as unit:
        db = unit.connection
        wanted = [*item_ids, *(item for number in rule_ids for item in rules.muted_items(db, number))]
        wanted += rules.muted_items(db, None) if orphaned else []
        back = rules.bring_back(unit, wanted)
        unit.summarize(f"brought back {count(len(back), 'item')}")
        return back


def follow_author(store: Store, source_id: int, name: str, contact_id: int | None = None) -> list[Row]:
    """Of the source only what this author writes comes in, and is the contact's where given; empty: everybody again.

    The rules that say so; those that said it of another author before are gone.
    """
    name = one_line(name.replace('"', " "), 200)
    with store.unit() as unit:
        for row in rules.all_rules(unit.connection):
            if row["source_id"] == source_id and _follows_author(row):
                rules.remove(unit, row["id"])
        if not name:
            return []
        wanted = NewRule("keep", f'author:"{name}"', source_id=source_id)
        check_rule(wanted)
        made = [write_rule(unit, wanted)]
        if contact_id:
            made.append(write_rule(unit, replace(wanted, action="assign", person_id=contact_id)))
        return [find_rule(store, number) for number in made]


def _follows_author(row: Row) -> bool:
    text = row["pattern"]
    return row["action"] in ("keep", "assign") and text.startswith('author:"') and text.find('"', 8) == len(text) - 1


# Rules in words

_SAID = {"mute": "mute", "keep": "keep only", "up": "rank up", "down": "rank down"}


def list_rules(db: "sqlite3.Connection", limit: int = -1, ids: Sequence[int] | None = None) -> list[Row]:
    """The rules by id, each with a title that says it in words."""
    return [rules.shape(row, describe(row)) for row in rules.rows(db, limit=limit, ids=ids)]


def find_rule(store: Store, number: int) -> Row:
    """The rule of that number. Raises NotFound."""
    return existing(next(iter(list_rules(store.read(), ids=[number])), None), "rule", number)


def describe(row: Row) -> str:
    """The rule in words: mute items with “sponsored” in the title, from s2 Example."""
    from pkm.errors import Malformed

    what = {"tag": f"tag #{row['argument']}", "assign": f"assign to {row['person_name']}:"}.get(row["action"])
    try:
        with_ = pattern.said(pattern.read(row["pattern"]))
        without = with_.startswith("not ") and " and " not in with_ and " or " not in with_
        told = f"items without {with_[4:]}" if without else f"items with {with_}" if with_ else "all items"
    except Malformed as error:
        told = f"items with {row['pattern']} (not understood: {error.why})"
    return f"{what or _SAID[row['action']]} {told}{_scope(row)}"


def _scope(row: Row) -> str:
    if row["source_id"] is not None:
        return f", from {make('source', row['source_id'])} {one_line(row['source_title'] or '', 60)}"
    if row["tag_id"] is not None:
        return f", from sources tagged #{row['tag_name']}"
    return f", from the sources of {row['contact_name']}" if row["contact_id"] is not None else ""


# Trying and applying


def survey_rule(
    store: Store, rule: NewRule | int, *, since: str | None = None, limit: int = -1, shown: int = 0
) -> Survey:  # fmt: skip
    """What a rule, written (its number) or not, finds among the stored items that came in since then, newest first.

    limit: at most so many items are looked at. shown: so many of the newest that it touches are named.
    """
    db = store.read()
    row = _as_row(store, rule)
    with_it = FAMILIES.get(row["action"], ())
    family = [each for each in rules.all_rules(db) if each["action"] in with_it and each["id"] != row["id"]]
    by_name = None if isinstance(rule, int) else rule.tag  # a tag may be new to the store, or be above those on sources
    target = compile_rule(row, lambda number: rules.tagged_sources(db, by_name or number))
    screen = read_rules(family, partial(rules.tagged_sources, db))
    screen.rules = [target, *screen.rules]
    fields = frozenset().union(*(one.fields for one in screen.rules))
    origins = rules.origins(db)
    survey = Survey(row["action"])
    had = rules.tagged_items(db, row["argument"]) if row["action"] == "tag" else set()
    in_scope = target.sources
    if target.contact_id is not None:
        in_scope = frozenset(number for number, source in origins.items() if source.contact_id == target.contact_id)
    for each in rules.stored(
        db, sources=in_scope, since=since, texts="text" in fields or "has" in fields,
        files=bool(fields & {"enclosure", "has"}), limit=limit,
    ):  # fmt: skip
        source = origins.get(each["source_id"], Origin())
        said = screen.judge(subject_of_row(each, source), each["source_id"], source.contact_id)
        _take(survey, row["id"], each, said, had, shown)
    survey.warnings = tell_unasked(screen)
    if in_scope is not None and not in_scope:
        survey.warnings.insert(0, _tell_empty_scope(db, row, by_name))
    return survey


def _tell_empty_scope(db: "sqlite3.Connection", row: Row, tag: str | None) -> dict[str, str]:
    """That the rule has no source to act on, with the tag that may have been meant: {"what", "why"}."""
    told = "nothing is in its scope yet"
    if row["contact_id"] is not None:
        return {"what": make("contact", row["contact_id"]), "why": f"{told}: no source is this contact's"}
    name = tags.clean_name(tag) if tag else tags.name_of(db, row["tag_id"])
    others = [other for other in lookup.names(db, "tag") if fold(other) != fold(name)]
    meant = [f"#{other}" for other in near(name, others) if rules.tagged_sources(db, other)]
    return {"what": f"#{name}", "why": f"{told}: no source has this tag. {did_you_mean(meant)}".rstrip(". ")}


def _as_row(store: Store, rule: NewRule | int) -> Row:
    if isinstance(rule, int):
        found = [row for row in rules.all_rules(store.read()) if row["id"] == rule]
        if not found:
            find_rule(store, rule)
        return found[0]
    return {"id": 0, "action": rule.action, "pattern": rule.pattern, "argument": rule.argument,
            "tag_id": 0 if rule.tag else None, "person_id": rule.person_id, "source_id": rule.source_id,
            "contact_id": rule.contact_id}  # fmt: skip


def _take(survey: Survey, rule_id: int, row: Row, said: Judgement, had: set[int], shown: int) -> None:
    """The survey counts one more item."""
    number, matches = row["id"], rule_id in said.matched
    survey.looked_at += 1
    survey.matched += matches
    if survey.action == "keep":
        matches = said.muted_by is not None
    if not matches:
        return
    survey.touched += 1
    if len(survey.shown) < shown:
        survey.shown.append(number)
    if survey.action in ("mute", "keep"):
        open_ = row["state"] in ("inbox", "backlog") and row["via"] != rules.BY_HAND
        survey.decided += row["state"] in ("kept", "dropped") or row["via"] == rules.BY_HAND
        changes = open_
    elif survey.action == "tag":
        changes = number not in had
    elif survey.action == "assign":
        changes = row["rule_id"] != rule_id and row["state"] != "muted"
    else:
        changes = row["rank"] != said.rank
    if changes:
        survey.changes[number] = said.rank


def tell_unasked(screen: Screen) -> list[dict[str, str]]:
    """What could not be asked: {"what": the rule, "why"}; an item of which a rule cannot tell comes in."""
    told = [{"what": make("rule", number), "why": f"it is not understood any more: {why}"}
            for number, why in screen.unread.items()]  # fmt: skip
    for number, times in screen.overran.items():
        name = make("rule", number) if number else "the pattern"
        why = f"its regular expression took too long over {count(times, 'item')}, which it did not touch"
        told += [{"what": name, "why": why}] if times else []
    return told


def apply_rule(store: Store, number: int, survey: Survey) -> int:
    """The rule's work is done on the items that the survey says it changes, in one unit; how many were changed."""
    ids = list(survey.changes)
    with store.unit() as unit:
        row = find_rule(store, number)
        if survey.action in ("mute", "keep"):
            changed = rules.mute(unit, number, ids)
        elif survey.action == "tag":
            tags.put_many(unit, "item", {item: [row["argument"]] for item in ids}, origin="rule")
            changed = len(ids)
        elif survey.action == "assign":
            changed = rules.assign(unit, number, ids)
        else:
            changed = rules.set_ranks(unit, survey.changes)
        unit.summarize(f"applied {row['id']} to {count(changed, 'item')}: {one_line(row['title'], 60)}")
        return changed


# What a pull brings


class Gate:
    """The rules as a pull applies them: read once, and again only where they have changed in the meantime."""

    def __init__(self) -> None:
        self._read: tuple[list[Row], dict[int, set[int]]] | None = None
        self._screen = Screen(())
        self._warned: list[dict[str, str]] = []

    @property
    def warnings(self) -> list[dict[str, str]]:
        """What could not be asked, each rule once: {"what", "why"}."""
        known = {one["what"]: one for one in [*self._warned, *tell_unasked(self._screen)]}
        return list(known.values())

    def bring_in(
        self, unit: Unit, brought: Sequence[tuple[int, intake.Brought]], origins: Mapping[int, Origin]
    ) -> tuple[list[int], int]:
        """The items are there as the rules say, with their tags; their ids in order, and how many are muted."""
        self._refresh(unit.connection)
        if not self._screen.rules:
            return intake.bring_in(unit, brought), 0
        judged: list[tuple[int, intake.Brought]] = []
        tagged: dict[int, tuple[str, ...]] = {}
        for position, (number, one) in enumerate(brought):
            source = origins.get(number, Origin())
            said = self._screen.judge(subject_of_brought(one, source), number, source.contact_id)
            judged.append((number, as_judged(one, said)))
            if said.tags:
                tagged[position] = said.tags
        ids = intake.bring_in(unit, judged)
        if tagged:
            tags.put_many(unit, "item", {ids[at]: names for at, names in tagged.items()}, origin="rule")
        return ids, sum(one.state == "muted" for _, one in judged)

    def _refresh(self, db: "sqlite3.Connection") -> None:
        """Each transaction asks: a rule may have been written, removed, or its tag put on a source, since the last."""
        found = rules.all_rules(db)
        tagged = {row["tag_id"]: rules.tagged_sources(db, row["tag_id"]) for row in found if row["tag_id"] is not None}
        if (found, tagged) != self._read:
            self._warned = self.warnings
            self._read = (found, tagged)
            self._screen = read_rules(found, tagged.__getitem__)
