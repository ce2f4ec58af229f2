"""Whom to introduce to each other, and the draft of the letter that does it.

Closing a triangle is sharing too: two people who do not know each other and share a subject, a note of one's own, or a small
circle. Only suggested, with the reasons; what the letter says is the person's. Pure but for `suggest` and `dismiss`, which
ask the store.
"""

import heapq
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from pkm.errors import Invalid
from pkm.grouped import grouped, grouped_sets
from pkm.ids import Row, existing, make
from pkm.markdown import escape
from pkm.people.arrival import is_subject
from pkm.store import dismissals, introductions
from pkm.store.session import Store
from pkm.text import one_line

Pair = tuple[int, int]

MOST = 24
"""Subjects of more people than this say too little of two of them."""

SMALL = 8
"""So does a circle of loose ties with more members."""

IN_A_NOTE = 6
"""A note that mentions more people than this is a list."""

PAIRS = 100_000
"""How many pairs are looked at, those with the rarest subjects first: more would only fill the end of the list."""

NOTE_WORTH, CIRCLE_WORTH = 1.5, 0.3
"""What counts beside a subject, which two people alone share: a note that mentions both; a small circle. Chosen, not measured."""

KIND = "introduction"


@dataclass(slots=True)
class Suggestion:
    """Two people who might like to know each other, the lower number first. because: (words, ids) of each reason."""

    pair: Pair
    score: float = 0.0
    because: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The pair as it is named to dismiss it."""
        return ",".join(make("contact", number) for number in self.pair)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store knows: rows of store/introductions.py. dismissed: ids of pairs that were turned down."""

    subjects: Sequence[Row] = ()
    notes: Sequence[Row] = ()
    circles: Sequence[Row] = ()
    met_in: Sequence[tuple[int, str]] = ()
    through: Sequence[Pair] = ()
    dismissed: frozenset[str] = frozenset()


def find_pairs(facts: Facts, limit: int) -> list[Suggestion]:
    """The best pairs first, then by their numbers: each shares something, knows not the other, and was not turned down."""
    scores: dict[Pair, float] = {}
    for worth, people, _ in _reasons(facts):
        if len(scores) < PAIRS:
            for pair in combinations(people, 2):
                scores[pair] = scores.get(pair, 0.0) + worth
    places = grouped_sets(facts.met_in)
    nowhere: set[str] = set()
    met = {(min(pair), max(pair)) for pair in facts.through}
    turned_down = {pair for pair in scores if Suggestion(pair).id in facts.dismissed} if facts.dismissed else set()
    best = heapq.nsmallest(limit, (
        (-score, pair) for pair, score in scores.items()
        if pair not in met and places.get(pair[0], nowhere).isdisjoint(places.get(pair[1], nowhere))
        and pair not in turned_down
    ))  # fmt: skip
    found = {pair: Suggestion(pair, -score) for score, pair in best}
    for _, people, reason in _reasons(facts) if found else ():
        for pair, one in found.items():
            if pair[0] in people and pair[1] in people:
                one.because.append(reason(pair))
    return list(found.values())


def _reasons(facts: Facts) -> Iterator[tuple[float, list[int], Any]]:
    """(worth, people in order, the reason for a pair of them) of everything that some share, the strongest first."""
    for note, rows in _grouped(facts.notes, "note_id"):
        words = (f"{make('note', note)} mentions both", (make("note", note),))
        yield NOTE_WORTH, sorted({row["contact_id"] for row in rows}), lambda _, words=words: words
    subjects = (one for one in _grouped(facts.subjects, "tag") if is_subject(one[0]))
    for tag, rows in sorted(subjects, key=lambda one: (len(one[1]), one[0])):
        shown = _evidence(rows)
        yield (
            1 / math.log2(1 + len(shown)), sorted(shown),
            lambda pair, tag=tag, shown=shown: _subject(tag, shown[pair[0]], shown[pair[1]]),
        )  # fmt: skip
    for circle, rows in _grouped(facts.circles, "circle_id"):
        words = (f"both are in {one_line(rows[0]['name'], 40)}", (make("circle", circle),))
        yield CIRCLE_WORTH, sorted({row["contact_id"] for row in rows}), lambda _, words=words: words


def _grouped(rows: Iterable[Row], key: str) -> list[tuple[Any, list[Row]]]:
    groups = grouped((row[key], row) for row in rows)
    return list(groups.items())


def _evidence(rows: Sequence[Row]) -> dict[int, tuple[str, ...]]:
    """For each contact, the ids of what carries the subject: themselves, their source, an item of theirs that was kept."""
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row["contact_id"]] = (*found.get(row["contact_id"], ()), make(row["kind"], row["number"]))
    return found


def _subject(tag: str, first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    return f"#{tag} ({', '.join(first)} and {', '.join(second)})", (*first, *second)


def suggest(store: Store, limit: int) -> list[Row]:
    """The suggestions as the JSON contract has them: {"id": "c1,c2", "kind", "title", "contacts", "score", "because"}."""
    db = store.read()
    facts = Facts(
        introductions.subjects(db, MOST), introductions.notes_together(db, IN_A_NOTE),
        introductions.circles_together(db, SMALL), introductions.met_in(db), introductions.through(db),
        frozenset(dismissals.dismissed(db, KIND)),
    )  # fmt: skip
    found = find_pairs(facts, limit)
    names = introductions.names(db, [number for one in found for number in one.pair])
    return [
        {"id": one.id, "kind": KIND, "title": " and ".join(names[number] for number in one.pair),
         "contacts": [{"id": make("contact", number), "name": names[number]} for number in one.pair],
         "score": round(one.score, 2), "because": [{"what": what, "ids": list(ids)} for what, ids in one.because]}
        for one in found
    ]  # fmt: skip


def dismiss(store: Store, first: int, second: int) -> Row:
    """These two are not suggested again. Raises NotFound, Invalid as check_pair does."""
    pair = sorted((first, second))
    people = check_pair(store, *pair)
    with store.unit() as unit:
        key = Suggestion((pair[0], pair[1])).id
        title = " and ".join(one["name"] for one in people)
        dismissals.put(unit, KIND, key, title)
        unit.summarize(f"dismissed an introduction of {one_line(title, 100)}")
    return {"id": key, "kind": KIND, "title": title}


def check_pair(store: Store, first: int, second: int) -> tuple[Row, Row]:
    """The two contacts as objects. Raises NotFound; Invalid where they are one person."""
    from pkm.store import contacts

    rows = [existing(contacts.row(store.read(), number), "contact", number) for number in (first, second)]
    if first == second:
        raise Invalid(f"{rows[0]['id']} twice", f"{one_line(rows[0]['name'], 60)} is one person; name two",
                      next=f"pkm contact introduce {rows[0]['id']} WHO")  # fmt: skip
    return rows[0], rows[1]


def title_of(first: Row, second: Row) -> str:
    """The subject of the letter."""
    return f"{one_line(first['name'], 80)} and {one_line(second['name'], 80)}"


def draft_words(because: str = "", own: str = "", offers: Sequence[str] = ()) -> str:
    """The letter's words in Markdown: one's own, and why now; what is offered stands in comments, which do not go out.

    own: one's own words; "" leaves a place for them. offers: see offers().
    """
    parts = [own.strip() or WRITE_HERE]
    if offers:
        parts.append("\n".join([OFFERED, *(f"%% {re.sub('%%+', '%', one)} %%" for one in offers)]))
    if because.strip():
        reason = one_line(because)
        parts.append(f"Why now: {escape(reason)}{'' if reason.endswith(('.', '!', '?')) else '.'}")
    return "\n\n".join(parts) + "\n"


def offers(first: Row, second: Row, shared: Sequence[str]) -> list[str]:
    """What a letter may say of the two, a line each: who each is, what they share. Only the person can say that it may go.

    A role, a site and a tag are what the person keeps of somebody; they have no reach, and unknown means private.
    first, second: contacts as objects, of which name, role, organization and first site are told and nothing else.
    """
    said = [who_is(first), who_is(second), f"What you share: {escape(', '.join(shared))}." if shared else ""]
    return [one for one in said if one]


OFFERED = "%% What you keep of them stays at home. A line goes out where you take away the signs around it: %%"
WRITE_HERE = "%% Your own words first: why these two? What stands between these signs does not go out. %%"


def who_is(person: Mapping[str, Any]) -> str:
    """Who somebody is, in a line; "" where no more than the name is known."""
    role, org = one_line(person["role"], 100), one_line(person["org"], 100)
    does = f"{role} at {org}" if role and org else role or org
    site = next((one["value"] for one in person["handles"] if one["kind"] == "url"), "")
    told = [*([escape(does)] if does else []), *([f"<{site}>"] if _PLAIN_SITE.fullmatch(site) else [])]
    return f"{escape(one_line(person['name'], 100))}: {', '.join(told)}" if told else ""


_PLAIN_SITE = re.compile(r"https?://[A-Za-z0-9.:-]+(?:[/?#][A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]*)?", re.IGNORECASE)
"""An address that is one whole link between < and >, whoever wrote it: no sign of Markdown, no name in front of its host."""


def write_form(title: str, words: str) -> str:
    """What the editor shows: the subject as a heading, then the words."""
    return f"# {title}\n\n{words.strip()}\n"


def read_form(text: str, title: str) -> tuple[str, str]:
    """(subject, words) of what the person made of it; without a heading in front, the subject stays."""
    first, _, rest = text.lstrip("\n").partition("\n")
    if first.startswith("# "):
        return one_line(first[2:]) or title, rest.strip("\n")
    return title, text.strip("\n")
