"""What could be made of a note: links to what it mentions and to what is related, tags of notes like it; each with why.

Nothing is made by itself. What is accepted becomes a link or a tag by hand (the text stays as its writer left it); what
is muted is not suggested again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pkm.errors import NotFound
from pkm.ids import Row, make, parse
from pkm.mentions import Mention, Names, beginnings
from pkm.sense.related import Related, Words, find_related, read_words
from pkm.store import dismissals, links, nearness, tags
from pkm.store.nearness import Thing
from pkm.store.session import Store
from pkm.text import count, fold, one_line

RELATED, TAGS = 5, 3
"""So many of each are suggested for a note."""
LEAST = 0.08
"""From this on a related thing is suggested."""
ALL_NOTES, LONE_NOTES = 5_000, 100
"""In bulk: mentions are looked for in so many notes, the last changed; what is related, for so many that have no link."""
_LIKE = 12  # the most like notes whose tags count
_OF_NOTES = 2  # of them that have the tag, at least
_SCORE = {"mention": 0.6, "person": 0.8}
_MORE_WORDS = 0.1  # for each further word of a name


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What could be done to a note. kind: mention, related or tag; target: the id of a thing, or #tag.

    said: the words of the sentence that mention it.
    """

    note: str
    kind: str
    target: str
    title: str
    score: float
    because: tuple[str, ...]
    sentence: str = ""
    said: str = ""

    @property
    def key(self) -> str:
        """What it is, in three words: the note, the kind, the target. A tag has no spaces."""
        return f"{self.note} {self.kind} {self.target}"

    def as_dict(self, number: int) -> Row:
        """For JSON, as the number it was shown by."""
        what = parse(self.target)
        return {
            "number": number, "id": self.target, "kind": what[0] if what else "tag", "title": self.title,
            "suggestion": self.kind, "note": self.note, "score": round(self.score, 4), "because": list(self.because),
            "sentence": self.sentence,
        }  # fmt: skip


class Done(NamedTuple):
    """What became of suggestions: those that were accepted and those that were muted."""

    accepted: list[Suggestion]
    muted: list[Suggestion]


class _Muted:
    """What was turned down: pairs of a note and a thing (both ways), and tags on notes."""

    def __init__(self, store: Store) -> None:
        db = store.read()
        self._pairs = {**dismissals.dismissed(db, "mention"), **dismissals.dismissed(db, "link")}
        called = tags.reader(db)  # a tag may have another name by now
        keys = (key.partition(" ") for key in dismissals.dismissed(db, dismissals.TAG))
        self._tags = {f"{note} {fold(called(name))}" for note, _, name in keys if parse(note)}

    def has(self, note: str, target: str) -> bool:
        """Whether the pair was turned down."""
        return f"{note} {target}" in self._pairs or f"{target} {note}" in self._pairs

    def has_tag(self, note: str, name: str) -> bool:
        """Whether the tag was turned down for the note."""
        return f"{note} {fold(name)}" in self._tags


def suggest(store: Store, number: int) -> list[Suggestion]:
    """What could be made of the note: what it mentions first, then what is related, then tags. Raises NotFound."""
    related = find_related(store, "note", number, _LIKE * 2)
    _, text = nearness.noted(store.read(), number) or ("", "")
    return _suggest(store, number, related, read_names(store, text=text), _Muted(store))


def _suggest(store: Store, number: int, related: Sequence[Related], names: Names, muted: _Muted) -> list[Suggestion]:
    db = store.read()
    found = nearness.noted(db, number)
    if found is None:
        raise NotFound(make("note", number), "it was put away, or is no longer there", next="pkm find kind:note")
    linked = nearness.linked_with(db, "note", number)
    mentions = _mentioned(number, found[1], linked, names, muted)
    named = {parse(one.target) for one in mentions}
    chosen = [
        Suggestion(make("note", number), "related", one.id, one.title, min(0.59, one.score), one.because)
        for one in related
        if not one.linked and one.score >= LEAST and (one.kind, one.number) not in named
        and not muted.has(make("note", number), one.id)
    ]  # fmt: skip
    called = nearness.titles(db, [thing for one in mentions if (thing := parse(one.target))])
    told = [_titled(one, called.get(parse(one.target) or ("", 0), one.title)) for one in mentions]
    return [*told, *chosen[:RELATED], *_tags(store, number, related, muted)]


def read_names(store: Store, words: Words | None = None, text: str | None = None) -> Names:
    """All that a text may name; a title of one word that many notes hold is none. text: the only one that is meant."""
    known = words or read_words(store)
    most = max(3.0, 0.01 * known.notes)
    begun = None if text is None else beginnings(text)
    return Names(nearness.names(store.read(), begun), lambda stem: known.held(stem) > most, text)


def _mentioned(number: int, text: str, linked: Collection[Thing], names: Names, muted: _Muted) -> list[Suggestion]:
    note = make("note", number)
    found = [
        _of_mention(note, one) for one in names.mentioned(text, {("note", number), *linked})
        if not muted.has(note, make(*one.thing))
    ]  # fmt: skip
    found.sort(key=lambda one: -one.score)
    return found


def _of_mention(note: str, mention: Mention) -> Suggestion:
    kind, number = mention.thing
    score = _SCORE["person" if kind == "contact" else "mention"] + _MORE_WORDS * min(3, mention.words - 1)
    because = f"the text says “{one_line(mention.said, 80)}” without a link"
    return Suggestion(note, "mention", make(kind, number), mention.said, score, (because,), mention.sentence, mention.said)


def _titled(one: Suggestion, called: str) -> Suggestion:
    """The suggestion with the thing's own title, without the id in front of it."""
    title = called.removeprefix(f"{one.target} ")
    return replace(one, title=one_line(title, 200))


def _tags(store: Store, number: int, related: Sequence[Related], muted: _Muted) -> list[Suggestion]:
    """Tags that several of the most like notes have, and the note has not: neither them nor one above or below."""
    db = store.read()
    note = make("note", number)
    like = [one for one in related if one.kind == "note"][:_LIKE]
    has = [fold(name) for name in tags.of(db, "note", number)]
    having: dict[str, list[Related]] = defaultdict(list)
    for other, names in tags.of_many(db, "note", [one.number for one in like]).items():
        for name in names:
            having[name] += [one for one in like if one.number == other]
    found = []
    for name, notes in having.items():
        if len(notes) < _OF_NOTES or muted.has_tag(note, name) or any(_in_line(fold(name), one) for one in has):
            continue
        notes.sort(key=lambda one: -one.score)
        listed = ", ".join(one.id for one in notes[:3])
        because = f"{count(len(notes), 'note')} of the {len(like)} most like it have it: {listed}"
        score = min(0.58, sum(one.score for one in notes) / 2)
        found.append(Suggestion(note, "tag", f"#{name}", name, score, (because,)))
    found.sort(key=lambda one: (-one.score, one.target))
    return found[:TAGS]


def _in_line(one: str, other: str) -> bool:
    """Whether the tags are one, or one is above the other."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def suggest_all(store: Store) -> list[Suggestion]:
    """The same over all notes, the best first: mentions in the notes changed last, the rest for those without a link."""
    db = store.read()
    words = read_words(store)
    names, muted, linked = read_names(store, words), _Muted(store), nearness.all_links(db)
    found: list[Suggestion] = []
    lone: list[int] = []
    for number, text in nearness.newest_texts(db, ALL_NOTES):
        joined = linked.get(number, set())
        mentions = _mentioned(number, text, joined, names, muted)
        found += mentions
        if not joined and not mentions and len(lone) < LONE_NOTES:
            lone.append(number)
    called = nearness.titles(db, sorted({thing for one in found if (thing := parse(one.target))}))
    found = [_titled(one, called.get(parse(one.target) or ("", 0), one.title)) for one in found]
    for number in lone:
        related = find_related(store, "note", number, _LIKE * 2)
        found += [one for one in _suggest(store, number, related, names, muted) if one.kind != "mention"]
    found.sort(key=lambda one: (-one.score, -(parse(one.note) or ("", 0))[1], one.kind, one.target))
    return found


def still_hold(store: Store, keys: Iterable[str]) -> dict[str, Suggestion]:
    """Those of the suggestions that would be made today, by their keys."""
    wanted = list(keys)
    found: dict[str, Suggestion] = {}
    for note in dict.fromkeys(key.split(" ", 1)[0] for key in wanted):
        parsed = parse(note)
        if parsed is not None:
            found |= {one.key: one for one in suggest(store, parsed[1])}
    return {key: found[key] for key in wanted if key in found}


def settle(store: Store, accepted: Sequence[Suggestion], muted: Sequence[Suggestion]) -> Done:
    """What was accepted is a link or a tag by hand; what was muted is not suggested again. One operation, undone as one."""
    with store.unit() as unit:
        for one in accepted:
            number = _number(one.note)
            target = parse(one.target)
            if one.kind == "tag" or target is None:
                tags.put(unit, "note", number, [one.target.removeprefix("#")])
            else:
                links.add(unit, number, *target, "related", one.sentence)
        for one in muted:
            key = fold(one.target.removeprefix("#")) if one.kind == "tag" else one.target
            kind = {"tag": dismissals.TAG, "mention": "mention"}.get(one.kind, "link")
            dismissals.put(unit, kind, f"{one.note} {key}", one_line(one.title, 120))
        done = [f"{one.note} → {one.target}" for one in accepted] + [f"not {one.target}" for one in muted]
        unit.summarize(one_line("; ".join(done), 120))
    return Done(list(accepted), list(muted))


def _number(note: str) -> int:
    parsed = parse(note)
    assert parsed is not None
    return parsed[1]
