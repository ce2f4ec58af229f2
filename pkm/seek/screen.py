"""What the rules say of an item: pure, the same for what arrives, what is tried and what is stored. No store, no clock.

Rules are asked in the order of their numbers. Muting goes before keeping: where several rules keep a scope, one that
matches is enough. A rule that cannot be answered (its regular expression took too long) does nothing: the item comes in.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pkm import pattern
from pkm.errors import Malformed
from pkm.ids import Row
from pkm.matching import Matcher, Overran, Subject, compile_pattern
from pkm.store.intake import Brought
from pkm.store.rules import Origin

PATIENCE = 5
"""After so many items that a rule took too long over, it is asked no more in this run."""


class Rule(NamedTuple):
    """A rule that can be asked. sources: those in its scope, None: all. contact_id: or those of this person."""

    id: int
    action: str
    argument: str
    person_id: int | None
    sources: frozenset[int] | None
    contact_id: int | None
    matches: Matcher
    fields: frozenset[str]

    def covers(self, source_id: int | None, contact_id: int | None) -> bool:
        """Whether a source, which may be a person's, is in its scope."""
        if self.contact_id is not None:
            return contact_id == self.contact_id
        return self.sources is None or source_id in self.sources


class Judgement(NamedTuple):
    """What the rules say of one item. matched: those whose pattern it has; the others: the rule that did it first."""

    matched: tuple[int, ...] = ()
    muted_by: int | None = None
    kept_by: int | None = None
    raised_by: int | None = None
    assigned_by: int | None = None
    rank: int = 0
    tags: tuple[str, ...] = ()


NOTHING = Judgement()


def compile_rule(row: Row, tagged: Callable[[int], Iterable[int]]) -> Rule:
    """The rule of a stored row. tagged: the sources of a tag, by its number. Raises Malformed."""
    node = pattern.read(row["pattern"])
    sources = None
    if row["source_id"] is not None:
        sources = frozenset((row["source_id"],))
    elif row["tag_id"] is not None:
        sources = frozenset(tagged(row["tag_id"]))
    return Rule(
        row["id"], row["action"], row["argument"], row["person_id"], sources, row["contact_id"], compile_pattern(node),
        frozenset(pattern.fields(node)),
    )  # fmt: skip


class Screen:
    """The rules of one run, and what could not be asked in it.

    unread: rules that cannot be understood any more, with why; overran: how many items each took too long over.
    """

    def __init__(self, rules: Sequence[Rule], unread: Mapping[int, str] | None = None) -> None:
        self.rules = rules
        self.unread = dict(unread or {})
        self.overran: Counter[int] = Counter()
        self._of_source: dict[tuple[int | None, int | None], tuple[list[Rule], int | None]] = {}

    def judge(self, subject: Subject, source_id: int | None, contact_id: int | None) -> Judgement:
        """What the rules say of an item of that source, which may be a person's."""
        key = (source_id, contact_id)
        found = self._of_source.get(key)
        if found is None:
            rules = [rule for rule in self.rules if rule.covers(*key)]
            keeping = next((rule.id for rule in rules if rule.action == "keep"), None)
            found = self._of_source[key] = rules, keeping
        rules, keeping = found
        answers = [(rule, answer) for rule in rules if (answer := self._ask(rule, subject)) is not False]
        return _judge(answers, keeping) if answers or keeping is not None else NOTHING

    def _ask(self, rule: Rule, subject: Subject) -> bool | None:
        """Whether the rule matches; None where that could not be found out in time."""
        if self.overran and self.overran[rule.id] >= PATIENCE:
            return None
        try:
            return rule.matches(subject)
        except Overran:
            self.overran[rule.id] += 1
            return None


def _judge(answers: Sequence[tuple[Rule, bool | None]], keeping: int | None) -> Judgement:
    """One judgement of the rules that cover an item and did not say no. keeping: the first that keeps, if any."""
    first: dict[str, int] = {}
    for rule, answer in answers:
        if answer or rule.action == "keep":
            first.setdefault(rule.action, rule.id)
    muted_by = first.get("mute")
    if muted_by is None and "keep" not in first:
        muted_by = keeping
    hits = [rule for rule, answer in answers if answer]
    return Judgement(
        matched=tuple(rule.id for rule in hits), muted_by=muted_by, kept_by=first.get("keep"),
        raised_by=first.get("up"), assigned_by=first.get("assign"),
        rank=sum((rule.action == "up") - (rule.action == "down") for rule in hits),
        tags=tuple(dict.fromkeys(rule.argument for rule in hits if rule.action == "tag")),
    )  # fmt: skip


def as_judged(one: Brought, said: Judgement) -> Brought:
    """What was brought, as the rules say."""
    if said.muted_by is not None:
        return one._replace(state="muted", rule_id=said.muted_by, rank=said.rank)
    if said.assigned_by is not None:
        return one._replace(via="person", rule_id=said.assigned_by, rank=said.rank)
    rule_id = said.kept_by if said.kept_by is not None else said.raised_by if said.rank > 0 else None
    if rule_id is None:
        return one._replace(rank=said.rank) if said.rank else one
    return one._replace(via="rule" if one.via == "network" else one.via, rule_id=rule_id, rank=said.rank)


# From what is brought, or stored, to what a pattern is matched on


def subject_of_brought(one: Brought, source: Origin) -> Subject:
    """An item on its way in."""
    return Subject(lambda field: _VALUES[field](_Parts(*one[2:4], one.author, one.text, one.summary, one.categories,
                                                       [file._asdict() for file in one.enclosures], source)))  # fmt: skip


def subject_of_row(row: Row, source: Origin) -> Subject:
    """An item of the store, as store.rules.stored gives it."""
    parts = _Parts(row["title"], row["url"], row["author"], row.get("text", ""), row.get("summary", ""),
                   row["categories"], row.get("files", ()), source)  # fmt: skip
    return Subject(lambda field: _VALUES[field](parts))


class _Parts(NamedTuple):
    title: str
    url: str
    author: str
    text: str
    summary: str
    categories: str
    files: Sequence[Row]
    source: Origin


def _categories(parts: _Parts) -> tuple[str, ...]:
    found = json.loads(parts.categories or "[]")
    return tuple(str(name) for name in found) if isinstance(found, list) else ()


def _has(parts: _Parts) -> tuple[str, ...]:
    names = ("title", "url", "author", "text")
    found = {name for name in names if getattr(parts, name)} | ({"category"} if _categories(parts) else set())
    for file in parts.files:
        found |= {"transcript"} if file["rel"] == "transcript" else {"enclosure", file["type"].partition("/")[0].lower()}
    return tuple(found)


_VALUES: dict[str, Callable[[_Parts], tuple[str, ...]]] = {
    "title": lambda parts: (parts.title,), "author": lambda parts: (parts.author,),
    "text": lambda parts: (parts.text, parts.summary), "url": lambda parts: (parts.url,), "category": _categories,
    "source": lambda parts: (parts.source.title, parts.source.url, parts.source.site_url),
    "enclosure": lambda parts: tuple(value for file in parts.files for value in (file["type"], file["url"])),
    "has": _has,
}  # fmt: skip


def read_rules(rows: Iterable[Row], tagged: Callable[[int], Iterable[int]]) -> Screen:
    """The rules that can be asked; one that cannot be understood any more is set aside, with why."""
    rules, unread = [], {}
    for row in rows:
        try:
            rules.append(compile_rule(row, tagged))
        except Malformed as error:
            unread[row["id"]] = error.why
    return Screen(rules, unread)
