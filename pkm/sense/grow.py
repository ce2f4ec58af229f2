"""How a note grows: observation, idea, practice; what each step asks for, and the history of the steps."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pkm.errors import Invalid, Refused
from pkm.ids import Row, existing, make
from pkm.spelling import none_of
from pkm.store import annotations, items, links, notes
from pkm.store.session import Store, Unit
from pkm.text import clean, fold, one_line
from pkm.vocabulary import OUTCOMES, STAGES

if TYPE_CHECKING:
    from pkm.store.live import Live

CLAIM_WORDS = 4
"""A title of fewer words names a subject; a claim says something about it."""
OWN_WORDS = 5
"""Fewer words beside the quotes are no thought of one's own yet."""


class Facts(NamedTuple):
    """What a step to the next stage looks at."""

    id: str
    title: str
    text: str
    stage: str
    item_title: str
    quotes: Sequence[str]
    links: int
    trials: int


def missing(facts: Facts) -> list[tuple[str, str, str]]:
    """What the note lacks for its next stage: (what, why, the command that mends it). Nothing: it may grow."""
    if facts.stage == "observation":
        return [found for found in (_claim(facts), _own_words(facts), _link(facts)) if found]
    if facts.stage == "idea" and not facts.trials:
        step = f'pkm sense try {facts.id} --where "…" --outcome mixed "what came of it"'
        return [("a trial", "a practice is an idea that was tried", step)]
    return []


def _claim(facts: Facts) -> tuple[str, str, str] | None:
    title = facts.title.strip()
    words = re.findall(r"[^\W_][\w'’-]*", title)
    step = f'pkm sense grow {facts.id} --title "…"'
    if title.endswith("?"):
        return "a title that is a claim", f"“{one_line(title, 60)}” asks; say what you found", step
    if facts.item_title and fold(title) == fold(facts.item_title):
        return "a title that is a claim", "it is still the title of the item it came from", step
    if len(words) < CLAIM_WORDS and not _without_spaces(title):
        return "a title that is a claim", f"“{one_line(title, 60)}” names a subject; say what is so about it", step
    return None


def _without_spaces(title: str) -> bool:
    """Whether the title is in a script that puts no spaces between words, and long enough to say something."""
    letters = re.findall(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f\u1780-\u17ff]", title)
    return len(letters) >= 2 * CLAIM_WORDS


def has_own_words(text: str, quotes: Sequence[str] = (), title: str = "", *, least: int = OWN_WORDS) -> bool:
    """Whether so many words of a text, at least, are its writer's own: beside quotes, tags, people and addresses."""
    lines = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
    if len(re.findall(r"(?m)(?:\A|^\s*\n)>", text)) > 1 and lines[0].strip() == title:
        del lines[0]  # over several quotes a title is a heading
    own = "\n".join(lines)
    for quote in quotes:
        own = own.replace(quote, " ")
    own = re.sub(r"https?://\S+|[#@][\w/-]+", " ", own)
    return len(re.findall(r"[^\W\d_]{2,}", own)) >= least or _without_spaces(own)


def _own_words(facts: Facts) -> tuple[str, str, str] | None:
    if has_own_words(facts.text, facts.quotes, facts.title):
        return None
    return (
        "words of your own",
        "beside quotes, tags and addresses there is hardly anything",
        f"pkm sense edit {facts.id}",
    )


def _link(facts: Facts) -> tuple[str, str, str] | None:
    if facts.links:
        return None
    return "a link", "an idea is joined to a note, an item or a person", f"pkm sense link {facts.id} …"


def gather(store: Store, number: int, title: str = "") -> Facts:
    """The facts of a note; `title` stands for the one it is to get."""
    db = store.read()
    note = existing(notes.row(db, number), "note", number)
    item = None if note["item"] is None else items.row(db, int(note["item"][1:]))
    quotes = [] if item is None else [row["exact"] for row in annotations.of(db, "item", int(item["id"][1:]))]
    joined = links.count_resolved(db, number) + (item is not None)
    return Facts(note["id"], title or note["title"], note["text"], note["stage"], item["title"] if item else "",
                 [quote for quote in quotes if quote], joined, len(notes.trials(db, number)))  # fmt: skip


def grow(store: Store, number: int, *, title: str = "", because: str = "") -> Row:
    """The note is at its next stage, with the step in its history; `because` makes it so whatever is missing.

    Raises Refused (with what is missing), Invalid (it is a practice already).
    """
    title, because = one_line(title, 300), one_line(because)
    facts = gather(store, number, title)
    if facts.stage == STAGES[-1]:
        raise Invalid(facts.id, "it is a practice already; there is no further stage")
    following = STAGES[STAGES.index(facts.stage) + 1]
    lacking = missing(facts)
    if lacking and not because:
        article = "an" if following[0] in "aeiou" else "a"
        raise Refused(
            f"{facts.id} does not grow to {article} {following} yet",
            findings=lacking, next=f'pkm sense grow {facts.id} --because "…" makes it one all the same',
        )  # fmt: skip
    return _step(store, number, facts.stage, following, because, title)


def shrink(store: Store, number: int, *, because: str) -> Row:
    """The note is one stage back, with the reason in its history. Raises Invalid (an observation; no reason)."""
    because = one_line(because)
    facts = gather(store, number)
    if facts.stage == STAGES[0]:
        raise Invalid(
            facts.id, "it is an observation; there is no stage before that", next=f"pkm sense drop {facts.id}"
        )
    if not because:
        raise Invalid(facts.id, "say why it goes back", next=f'pkm sense shrink {facts.id} --because "…"')
    return _step(store, number, facts.stage, STAGES[STAGES.index(facts.stage) - 1], because, "")


def _step(store: Store, number: int, stage: str, following: str, because: str, title: str) -> Row:
    from pkm.sense.notes import retitle

    with store.unit() as unit:
        note = unit.row("note", number)
        if note.stage != stage:
            raise Refused(make("note", number), f"another command made it a {note.stage} meanwhile")
        note.stage = following
        if title:
            retitle(unit, note, title)
        note.updated_at = unit.at
        unit.insert("growth", note_id=number, stage_from=stage, stage_to=following, because=because, at=unit.at)
        unit.summarize(f"{make('note', number)}: {stage} → {following}")
    return existing(notes.row(store.read(), number), "note", number)


def add_trial(
    store: Store, number: int, *, where: str, outcome: str, text: str, contact: int | None = None,
    response: int | None = None, at: str | None = None,
) -> Row:  # fmt: skip
    """Where the idea was tried and what came of it is kept with the note.

    contact: who tried it, None: oneself. response: the answer that told of it; it gives words and person where none are
    given. at: the stamp of when, None: of the answer, else now. Raises Invalid (an unknown outcome).
    """
    outcome = one_line(outcome).lower()
    if outcome not in OUTCOMES:
        raise none_of(f"--outcome {outcome}", outcome, OUTCOMES)
    with store.unit() as unit:
        unit.row("note", number)
        told = _told_in(unit, response)
        trial = unit.insert(
            "trial", note_id=number, place=one_line(where), outcome=outcome,
            text=clean(text).strip() or (told.text if told else ""),
            at=at or (told.at if told else unit.at), created_at=unit.at, response_id=response,
            contact_id=contact if contact is not None else (told.contact_id if told else None),
        )  # fmt: skip
        unit.summarize(f"{make('note', number)} was tried: {outcome}")
        made = next(row for row in notes.trials(unit.connection, number) if row["id"] == make("trial", trial))
    return {**made, "note": make("note", number)}


def _told_in(unit: Unit, response: int | None) -> "Live | None":
    """The answer that tells of a trial; it waits no longer."""
    if response is None:
        return None
    told = unit.row("response", response)
    if told.state == "inbox":
        told.state = "kept"
        unit.flush()
    return told
