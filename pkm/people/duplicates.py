"""Contacts that may be one person: found by what they share, told with reasons. Nobody is merged here.

Pure but for its last functions. Not every pair is compared: only those that share a key (the end of a number, an
address, a part of a name), so that 20,000 contacts take seconds.
"""

import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from pkm import ids
from pkm.addresses import address_key
from pkm.ids import Row
from pkm.people.arrival import NO_NAME, compared, profile_key
from pkm.people.names import Name, are_apart, compare, read_name
from pkm.phones import Number, read_number, same_line
from pkm.store import cards, contacts, dismissals
from pkm.store.session import Store
from pkm.text import fold, one_line

KIND = "duplicate"
"""The kind of dismissal that says that two contacts are two people."""
LEAST = 0.4
"""A pair under this score (0 to 1) is not told."""
SHARED = 4
"""A number or address that more contacts have is a house's, not a person's."""
COMMON = 60
"""A part of a name that more contacts share is too common to compare them all for it."""

NEAR = 500
"""So many contacts that share a word with a new one are looked at."""

_OWN_KINDS = ("email", "phone", "url", "alias", "uid")
_ONE_BOX = {"gmail.com", "googlemail.com"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact as it is compared with others."""

    number: int
    title: str
    org: str
    birthday: str
    names: tuple[Name, ...]
    emails: frozenset[str]
    phones: tuple[tuple[Number, str], ...]
    profiles: frozenset[str]
    pages: frozenset[str]
    accounts: frozenset[tuple[str, str]]
    keys: frozenset[tuple[str, ...]]  # what two that have more in common than a name share one of

    @property
    def id(self) -> str:
        """c12."""
        return ids.make("contact", self.number)


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for two contacts being one, in words, and how strongly (0 to 1; under 0: against it)."""

    what: str
    score: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contacts that may be one, the one to keep first."""

    one: Candidate
    other: Candidate
    score: float
    because: tuple[Reason, ...]

    @property
    def key(self) -> str:
        """c12,c40: as a dismissal keeps it."""
        return pair_key(self.one.number, self.other.number)

    def as_dict(self) -> Row:
        """The pair as JSON has it."""
        return {
            "id": self.key, "kind": "duplicate", "title": f"{self.one.title} = {self.other.title}?",
            "score": round(self.score, 2),
            "contacts": [
                {"id": who.id, "kind": "contact", "title": who.title, "name": who.title, "org": who.org}
                for who in (self.one, self.other)
            ],
            "because": [{"what": reason.what, "score": round(reason.score, 2)} for reason in self.because],
            "next": f"pkm contact merge {self.one.id} {self.other.id}",
        }  # fmt: skip


def pair_key(one: int, other: int) -> str:
    """The key of two contacts' dismissal: the lower id first."""
    return ",".join(ids.make("contact", number) for number in sorted((one, other)))


def read_candidate(row: Mapping[str, Any]) -> Candidate:
    """A contact of the store (store.cards.everybody) as it is compared."""
    handles: dict[str, list[str]] = defaultdict(list)
    for one in row["handles"]:
        handles[one["kind"]].append(one["value"])
    numbers = [(number, value) for value in handles["phone"] if (number := read_number(value)) is not None]
    accounts = [(kind, value) for kind, values in handles.items() if kind not in _OWN_KINDS for value in values]
    profiles = {key for _, value in accounts if (key := profile_key(value))}
    pages = set()
    for value in handles["url"]:
        if key := profile_key(value):
            profiles.add(key)
        else:
            pages.add(compared("url", value)[1])
    emails = set(map(address_key, handles["email"]))
    owned = {(kind, fold(value)) for kind, value in accounts}
    names = dict.fromkeys(map(read_name, _real_names(row["name"], handles["alias"])))
    keys: set[tuple[str, ...]] = {("phone", number.tail) for number, _ in numbers} | {("email", _box(email)) for email in emails}
    keys |= {("page", page) for page in profiles | pages} | {("account", *account) for account in owned}
    return Candidate(
        row["id"], row["name"], row["org"], row["birthday"], tuple(names), frozenset(emails), tuple(numbers),
        frozenset(profiles), frozenset(pages), frozenset(owned), frozenset(keys),
    )


def _real_names(name: str, aliases: Iterable[str]) -> Iterator[str]:
    """The names that tell who somebody is: no stand-in, and of the aliases no single word."""
    if name != NO_NAME and "@" not in name:
        yield name
    yield from (alias for alias in aliases if " " in alias and "@" not in alias)


def find_pairs(people: Iterable[Candidate], weights: Mapping[int, int], dismissed: Iterable[str] = ()) -> list[Pair]:
    """The pairs that may be one person, strongest first, then by ids; those that were dismissed are not among them.

    weights: how much hangs on a contact; of a pair, the one with more (then the older one) is the one to keep.
    """
    known = {one.number: one for one in people}
    left_out = set(dismissed)
    told = []
    for first, second in _candidates(known.values()):
        pair = judge(known[first], known[second])
        if pair is not None and pair.score >= LEAST and pair.key not in left_out:
            kept = min((first, second), key=lambda number: (-weights.get(number, 0), number))
            told.append(pair if kept == first else replace(pair, one=pair.other, other=pair.one))
    return sorted(told, key=lambda pair: (-pair.score, sorted((pair.one.number, pair.other.number))))


def judge(one: Candidate, other: Candidate) -> Pair | None:
    """The two with all that speaks for and against their being one; None where nothing speaks for it.

    The score is that of independent signs together.
    """
    name = _by_name(one, other)
    apart = one.keys.isdisjoint(other.keys)
    if name is None and apart:
        return None
    reasons = [] if apart else [*_by_addresses(one, other), *_by_phone(one, other)]
    reasons += [name] if name else []
    if reasons and one.org and fold(one.org) == fold(other.org):
        reasons.append(Reason(f"the same organization, {one_line(one.org, 40)}", 0.25))
    against = list(_against(one, other, bool(name))) if reasons else []
    score = 1 - math.prod(1 - reason.score for reason in reasons)
    score *= math.prod(1 + reason.score for reason in against)
    return Pair(one, other, score, (*sorted(reasons, key=lambda reason: -reason.score), *against))


def _by_addresses(one: Candidate, other: Candidate) -> Iterator[Reason]:
    for email in sorted(one.emails & other.emails):
        yield Reason(f"the same e-mail, {email}", 0.95)
    if not one.emails & other.emails:
        boxes = set(map(_box, one.emails)) & set(map(_box, other.emails))
        for box in sorted(box for box in boxes if box):
            yield Reason(f"e-mails that may reach one mailbox, {box}", 0.5)
    for page in sorted(one.profiles & other.profiles):
        yield Reason(f"the same profile, {page}", 0.9)
    for kind, value in sorted(one.accounts & other.accounts):
        yield Reason(f"the same {kind} account, {one_line(value, 60)}", 0.85)
    for page in sorted(one.pages & other.pages)[:1]:
        yield Reason(f"the same address, {one_line(page, 60)}", 0.4)


def _box(email: str) -> str:
    """The mailbox that an address may reach without dots and +words; "" where it is written so already."""
    local, _, host = email.rpartition("@")
    bare = local.partition("+")[0]
    bare = bare.replace(".", "") if host in _ONE_BOX else bare
    return f"{bare}@{'gmail.com' if host in _ONE_BOX else host}"


def _by_phone(one: Candidate, other: Candidate) -> Iterator[Reason]:
    """The strongest number that both have."""
    found = [
        (mine.extension == theirs.extension, text)
        for mine, text in one.phones for theirs, _ in other.phones if same_line(mine, theirs)
    ]  # fmt: skip
    if found:
        same, text = max(found)
        told = "the same telephone number" if same else "the same telephone number, another extension"
        yield Reason(f"{told}, {one_line(text, 40)}", 0.7 if same else 0.2)


def _by_name(one: Candidate, other: Candidate) -> Reason | None:
    """The most alike of their names."""
    if len(one.names) == 1 == len(other.names):
        like = compare(one.names[0], other.names[0])
        return None if like is None else Reason(like.why, like.score)
    found = [like for mine in one.names for theirs in other.names if (like := compare(mine, theirs)) is not None]
    best = max(found, key=lambda like: like.score, default=None)
    return None if best is None else Reason(best.why, best.score)


def _against(one: Candidate, other: Candidate, named: bool) -> Iterator[Reason]:
    if not named and all(are_apart(mine, theirs) for mine in one.names for theirs in other.names):
        yield Reason("but the names differ", -0.4)
    if one.birthday and other.birthday and not _may_be_one_day(one.birthday, other.birthday):
        yield Reason("but the birthdays differ", -0.5)
    places = {page.partition("/")[0] for page in one.profiles} & {page.partition("/")[0] for page in other.profiles}
    if places and not one.profiles & other.profiles:
        yield Reason(f"but two accounts at {sorted(places)[0]}", -0.4)


def _may_be_one_day(one: str, other: str) -> bool:
    """Whether two birthdays can be one: --05-01 is 1980-05-01, 19800501 as well."""
    bare, there = (re.sub(r"\D", "", text.partition("T")[0]) for text in (one, other))
    return bare.endswith(there) or there.endswith(bare)


def _candidates(people: Iterable[Candidate]) -> set[tuple[int, int]]:
    """The pairs worth comparing, lower number first: they share a key that few have, or a name."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for one in sorted(people, key=lambda one: one.number):
        for key in one.keys:
            blocks[key].append(one.number)
        for key in {key for name in one.names for key in _name_keys(name)}:
            blocks[key].append(one.number)
    found: set[tuple[int, int]] = set()
    for key, numbers in blocks.items():
        if 1 < len(numbers) <= (COMMON if key[0] == "name" else SHARED):
            found.update(combinations(numbers, 2))
    return found


def _name_keys(name: Name) -> Iterator[tuple[str, ...]]:
    """The name, and parts of it that survive initials, short forms, another order, and a slip in any one word."""
    words = name.words
    yield "name", "whole", name.ordered
    if len(words) == 1:
        yield "name", "one", words[0][:4]
        return
    for one, other in ((words[0], words[-1]), (words[-1], words[0])):
        yield "name", "starts", one, other[:1]


def find_duplicates(store: Store) -> list[Pair]:
    """The contacts of the store that may be one person, strongest first."""
    db = store.read()
    return find_pairs(map(read_candidate, cards.everybody(db)), cards.weights(db), dismissals.dismissed(db, KIND))


def find_like(db: sqlite3.Connection, number: int) -> list[Pair]:
    """The contacts that may be the one of that number, surest first: whose name shares a word, or who have an address."""
    row = cards.one(db, number)
    if row is None:
        return []
    one = read_candidate(row)
    near = {
        other for other, name in cards.sharing_word(db, [word for name in one.names for word in name.words], NEAR)
        if any(compare(mine, read_name(name)) for mine in one.names)
    }  # fmt: skip
    near.update(other for page in row["handles"] for other in contacts.with_handle(db, page["kind"], page["value"]))
    others = [read_candidate(there) for other in sorted(near - {number}) if (there := cards.one(db, other)) is not None]
    pairs = [pair for other in others if (pair := judge(other, one)) is not None and pair.score >= LEAST]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.one.number))


def dismiss_pairs(store: Store, pairs: Sequence[tuple[int, int]]) -> list[str]:
    """Those pairs are two people each, and are not told again; their keys."""
    keys = [pair_key(*pair) for pair in pairs]
    with store.unit() as unit:
        for key in keys:
            dismissals.put(unit, KIND, key, "two people")
        unit.summarize(f"{', '.join(keys[:5])}: two people")
    return keys
