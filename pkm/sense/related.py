"""What is related to a note or an item: by its words, by what both are linked with, by people and tags; each with why.

The index of words gives the candidates; their texts are then compared as a whole. How many notes hold each word is read
from the index and kept in a small file beside the store, since it changes slowly; without the file it is read anew.
"""

import contextlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import expm1, log, log2
from typing import NamedTuple

from pkm.errors import NotFound, StoreError
from pkm.files import write_atomic
from pkm.ids import Row, make
from pkm.likeness import COMMON_IN, Rarities, compare, count_words, rarity, say, spoken_as, weigh, weightiest
from pkm.store import nearness, tags, terms
from pkm.store.nearness import Compared, Thing
from pkm.store.session import Store
from pkm.text import one_line

NEIGHBORS, PEOPLE, TAGS = 0.25, 0.15, 0.1
"""What shared links, people and tags add at most; the words' likeness goes from 0 to 1, and 0.3 is much."""
SHOWN_WORDS = 4
LEAST = 0.03
"""Below this the shared words are chance."""
RARE, RARE_OF = 3, 0.01
"""One word alone that both say is a reason where so many notes hold it, or so large a part of them."""
_ASKED = 32  # the weightiest words look for candidates
_CANDIDATES = {"note": 48, "item": 16}
_BUDGET = {"note": 60_000, "item": 120_000}  # places in the index that looking for candidates may touch
_RARE = 400  # what fewer than one in so many notes hold is rare, and not told apart further
_FEW = 300  # notes whose words are counted each time
_DRIFT = 0.1  # the file is made anew where the notes are so many more or fewer


@dataclass(frozen=True, slots=True)
class Related:
    """A note or item that is related. linked: they are linked already. shared: the tags, words and so on in because."""

    kind: str
    number: int
    title: str
    score: float
    because: tuple[str, ...]
    linked: bool = False

    @property
    def id(self) -> str:
        """As people see it."""
        return make(self.kind, self.number)

    def as_dict(self) -> Row:
        """For JSON."""
        return {
            "id": self.id, "kind": self.kind, "title": self.title, "score": round(self.score, 4),
            "because": list(self.because), "linked": self.linked,
        }  # fmt: skip


class Words(NamedTuple):
    """How many notes there are, and what each stem counts in them."""

    notes: int
    rarities: Rarities

    def held(self, word: str) -> float:
        """About how many of the notes hold the stem."""
        return self.notes / expm1(self.rarities.named.get(word, self.rarities.other) or log(1 + 1 / COMMON_IN))


class Facts(NamedTuple):
    """What is known of a thing and of what may be related to it."""

    seed: Compared
    candidates: Sequence[Compared]
    words: Words
    linked: set[Thing]
    neighbors: Sequence[tuple[Thing, int]]
    tags: Mapping[Thing, Sequence[str]]
    titles: Mapping[Thing, str]


def find_related(store: Store, kind: str, number: int, limit: int = 10) -> list[Related]:
    """Notes and items that are related to the note or item, the nearest first. Raises NotFound."""
    return decide_related(gather(store, kind, number), limit)


def gather(store: Store, kind: str, number: int) -> Facts:
    """The facts, from the index of words and the links."""
    db = store.read()
    found = nearness.texts(db, kind, [number])
    if not found:
        raise NotFound(make(kind, number), "it was put away, or is no longer there", next=f"pkm find kind:{kind}")
    seed, words = found[0], read_words(store)
    weighty = _weighty(seed, words)
    shared_links = nearness.neighbors(db, kind, number)
    candidates: list[Compared] = []
    for other, most in _CANDIDATES.items():
        times = max(1.0, nearness.newest(db, other) / max(1, words.notes)) if other == "item" else 1.0
        asked = _affordable(weighty, words, _BUDGET[other] / times)
        numbers = dict.fromkeys(terms.most_holding(db, other, asked, most))
        if other == "note":
            numbers |= dict.fromkeys(_nearest(shared_links)[:most])
        if other == kind:
            numbers.pop(number, None)
        candidates += nearness.texts(db, other, numbers)
    named = {thing for thing, _ in shared_links}
    tagged: dict[Thing, Sequence[str]] = {}
    for other in _CANDIDATES:
        listed = [one.number for one in candidates if one.kind == other] + [number] * (other == kind)
        tagged |= {(other, one): names for one, names in tags.of_many(db, other, listed).items()}
    linked = nearness.linked_with(db, kind, number)
    people = {thing for thing in linked if thing[0] == "contact"}
    return Facts(seed, candidates, words, linked, shared_links, tagged, nearness.titles(db, sorted(named | people)))


def _weighty(seed: Compared, words: Words) -> list[tuple[str, str]]:
    """(stem, as it stands in the text) of its words, the weightiest first."""
    weights = weigh(count_words(seed.title, seed.text), words.rarities)
    said = spoken_as(seed.title, seed.text)
    return [(one, said.get(one, one)) for one in weightiest(weights, len(weights))]


def _affordable(weighty: Sequence[tuple[str, str]], words: Words, budget: float) -> list[str]:
    """The words that look for candidates: the weightiest ones that the budget has room for, each costing the notes that
    hold it. Of items there may be many for each note, and each word costs so many times as much.
    """
    asked: list[str] = []
    spent = 0.0
    for one, said in weighty:
        cost = words.held(one)
        if len(asked) == _ASKED:
            break
        if spent + cost <= budget or not asked:
            asked.append(said)
            spent += cost
    return asked


def _nearest(shared_links: Sequence[tuple[Thing, int]]) -> list[int]:
    weights = _weights(shared_links)
    return sorted(weights, key=lambda one: (-sum(weights[one].values()), one))


def _weights(shared_links: Sequence[tuple[Thing, int]]) -> dict[int, dict[Thing, float]]:
    """By note: what each thing that both are linked with counts; the fewer it is linked with, the more."""
    degree: dict[Thing, int] = defaultdict(int)
    for thing, _ in shared_links:
        degree[thing] += 1
    found: dict[int, dict[Thing, float]] = defaultdict(dict)
    for thing, other in shared_links:
        found[other][thing] = 1 / log2(2 + degree[thing])
    return found


def decide_related(facts: Facts, limit: int) -> list[Related]:
    """The candidates that are related, with their scores and reasons. Pure."""
    seed = facts.seed
    counted = count_words(seed.title, seed.text)
    mine = weigh(counted, facts.words.rarities)
    said = spoken_as(seed.title, seed.text)
    shared_links = _weights(facts.neighbors)
    found = []
    for one in facts.candidates:
        both = compare(mine, count_words(one.title, one.text), facts.words.rarities)
        links = shared_links.get(one.number, {}) if one.kind == "note" else {}
        related = _judge(facts, one, both, said, links)
        if related is not None:
            found.append(related)
    found.sort(key=lambda one: (-one.score, one.kind != "note", one.number))
    return found[:limit]


def _judge(
    facts: Facts, one: Compared, both: Mapping[str, float], said: Mapping[str, str], links: Mapping[Thing, float]
) -> Related | None:
    """The candidate with its score and reasons, None where nothing but chance joins the two."""
    if len(both) == 1 and not all(_is_rare(word, facts.words) for word in both):
        both = {}
    likeness = sum(both.values())
    near = {thing: weight for thing, weight in links.items() if thing[0] != "contact"}
    people = {thing: weight for thing, weight in links.items() if thing[0] == "contact"}
    if one.writer is not None and ("contact", one.writer) in facts.linked:
        people["contact", one.writer] = 0.5
    tagged = _shared_tags(facts, one)
    score = likeness + _bounded(NEIGHBORS, near) + _bounded(PEOPLE, people) + TAGS * len(tagged) / (2 + len(tagged))
    linked = (one.kind, one.number) in facts.linked
    if likeness < LEAST and not near and not people:
        return None
    because = []
    if likeness >= LEAST / 2:
        because.append(f"both speak of: {say(weightiest(both, SHOWN_WORDS), said)}")
    if near:
        because.append(f"both are linked with {_said(facts, near)}")
    if people:
        verb = "it is by" if one.kind == "item" else "both name"
        because.append(f"{verb} {_said(facts, people)}")
    if tagged:
        because.append(f"both are tagged {', '.join(f'#{name}' for name in tagged[:3])}")
    if linked:
        because.append("they are linked already")
    return Related(one.kind, one.number, one_line(one.title, 200), score, tuple(because), linked)


def _is_rare(word: str, words: Words) -> bool:
    return words.held(word) <= max(RARE, RARE_OF * words.notes) + 0.5  # what is read out of a rarity is not whole


def _bounded(most: float, weights: Mapping[Thing, float]) -> float:
    total = sum(weights.values())
    return most * total / (0.5 + total)


def _shared_tags(facts: Facts, one: Compared) -> list[str]:
    mine = facts.tags.get((facts.seed.kind, facts.seed.number), ())
    return [name for name in facts.tags.get((one.kind, one.number), ()) if name in mine]


def _said(facts: Facts, weights: Mapping[Thing, float]) -> str:
    """What both have to do with: the rarest two by name, the rest by number."""
    best = sorted(weights, key=lambda thing: (-weights[thing], thing))
    names = [one_line(facts.titles.get(thing, make(*thing)), 60) for thing in best[:2]]
    return " and ".join(names) + (f" and {len(best) - 2} more" if len(best) > 2 else "")


# What each word counts


def read_words(store: Store) -> Words:
    """What each word counts: of now where notes are few, else as the file beside the store has it."""
    db = store.read()
    number = nearness.count_notes(db)
    if number <= _FEW:
        return Words(number, _rarities(terms.holding(db, 1), number))
    path = store.path.with_name("words.json")
    try:
        kept = json.loads(path.read_bytes())
        if abs(kept["notes"] - number) <= _DRIFT * number:
            return Words(number, Rarities(kept["named"], float(kept["other"])))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    rarities = _rarities(terms.holding(db, max(1, number // _RARE)), number)
    kept = {"notes": number, "named": rarities.named, "other": rarities.other}
    with contextlib.suppress(StoreError):  # a home that cannot be written: they are counted anew each time
        write_atomic(path, json.dumps(kept, ensure_ascii=False).encode())
    return Words(number, rarities)


def _rarities(holding: Mapping[str, int], number: int) -> Rarities:
    """Those of the words that are named; what common ones count is 0. Others are held by one note, or by few of many."""
    most = max(10.0, COMMON_IN * number)  # of a few notes, all may be about one thing
    named = {word: round(rarity(held, number), 3) if held <= most else 0.0 for word, held in holding.items()}
    return Rarities(named, rarity(number / (2 * _RARE), number))
