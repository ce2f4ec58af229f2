"""Things forgotten for good, with all that hangs on them.

Gathers from the store and the home; what that comes to, forget_plan decides; applies it in one transaction that cannot be
undone, and then takes their bytes from the disk.
"""

import contextlib
import json
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pkm.addresses import spellings
from pkm.config import Home
from pkm.dates import now
from pkm.errors import Refused, StoreError
from pkm.ids import Row, make
from pkm.store import contacts, erasing, forgetting
from pkm.store.forgetting import Past
from pkm.store.lookup import Found
from pkm.store.session import Store
from pkm.text import count, one_line
from pkm.whole.forget_plan import KINDS, Facts, ForgetPlan, Stays, decide, erasure_of, uids_of

TELLING = 8
"""A text of fewer characters is not looked for elsewhere: others may have said the same."""

MOST_TOLD = 20
"""So many things that mention what is forgotten are named, the rest is counted."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten. unwiped: why the file may still hold its bytes, "" where it does not; removed, made: copies."""

    plan: ForgetPlan
    unwiped: str = ""
    removed: tuple[Path, ...] = ()
    made: Path | None = None


def preview(store: Store, home: Home, things: Sequence[Found]) -> ForgetPlan:
    """What would be forgotten with these things, and what stays. Raises Refused where something stands in the way."""
    plan = decide(gather(store, home, things))
    named = ", ".join(one.id for one in things)
    for what, why, instead in plan.findings:
        if what.startswith("o"):  # nothing that is done makes a circle go that shares went to, or the network
            raise Refused(named, why, next=instead)
    if plan.findings:
        raise Refused(named, "it cannot be forgotten yet", findings=plan.findings, kept="Nothing was changed.",
                      next=f"do that, then pkm forget {' '.join(one.id for one in things)}")  # fmt: skip
    return plan


def forget(store: Store, home: Home, things: Sequence[Found], shown: ForgetPlan, *, backups: bool = False) -> Forgotten:
    """The things are gone, with their words, from the store, its log and the home's files: no more than was shown.

    shown: what the person said yes to; Refused where something else hangs on the things by now. backups: the copies in
    the home that hold them are removed as well, and a new one is made. Raises as preview does, and StoreError where the
    store or a file that remembers them cannot be written: nothing is forgotten then. What of their bytes cannot be removed
    afterwards is told in Forgotten, and is the doctor's to remove.
    """
    with store.unit(journal=False) as unit:
        plan = preview(store, home, things)
        if plan.extent != shown.extent:
            named = " ".join(one.id for one in things)
            raise Refused(named, "what hangs on it has changed since it was shown", kept="Nothing was changed.",
                          next=f"pkm forget {named} --dry-run")  # fmt: skip
        sent_to = _folders(store, plan)
        erasing.erase(unit, plan.erasure, [one.id for one in things])
        try:
            _clean_home(home, plan)
            _release(sent_to)
            _rebuild_sites(store, home, plan)
        except OSError as error:
            raise StoreError(error.filename or str(home.data), error.strerror or str(error)) from error
    unwiped = erasing.wipe(store, home.attachments)  # only now: where the store keeps a note, it keeps what it shows
    if not backups:
        return Forgotten(plan, unwiped)
    from pkm.store.backup import back_up

    made = back_up(home, now())  # first, so that there is a copy at every moment
    removed = []
    for path, _ in plan.copies:
        try:
            path.unlink(missing_ok=True)
            removed.append(path)
        except OSError as error:
            unwiped = unwiped or f"{path.name} cannot be removed: {error.strerror or error}"
    return Forgotten(plan, unwiped, tuple(removed), made)


# --- gather


def gather(store: Store, home: Home, things: Sequence[Found]) -> Facts:
    """All that is to be known of these things."""
    past = Past(store.read())
    facts = Facts(tuple(things))
    forgetting.teach(past.db, None)
    for kind in KINDS:
        if numbers := {one.number for one in things if one.kind == kind}:
            facts.asked.setdefault(kind, set()).update(numbers)
            if look := _OF_KIND.get(kind):
                look(past, facts, numbers)
    facts.rows = forgetting.hanging(past, facts.asked)
    emptied = facts.alone | {row["id"] for row in facts.introductions}
    passed = forgetting.told_of(past.db, emptied) - facts.rows.get("interaction", set())
    facts.blanked = {"share": emptied, "stage": forgetting.stages_of(past.db, emptied), "interaction": passed}
    said = forgetting.words_in(past, facts.rows)
    facts.needles |= set(_needles(said))
    known = forgetting.pattern(facts.needles)
    facts.rows["dismissal"] = forgetting.dismissals_of(past, facts.rows, known)
    facts.now = forgetting.there_now(past.db, facts.rows)
    said |= forgetting.words_in(past, {"dismissal": facts.rows["dismissal"]})
    told = [*said.values(), *forgetting.words_in(past, facts.blanked).values()]
    facts.words |= {word for table in told for image in table for value in image.values()
                    if isinstance(value, str) for word in re.findall(r"\w{3,}", value.casefold())}  # fmt: skip
    facts.marks = {kind: forgetting.marks(past, kind, numbers) for kind, numbers in facts.asked.items()}
    _gather_what_stays(past, home, facts)
    forgetting.teach(past.db, known)
    facts.lost = erasing.lost_commands(past, erasure_of(facts))
    facts.copies = erasing.copies_with(sorted(home.backups.glob("*.db")), facts.marks) if home.backups.is_dir() else []
    return facts


def _contact(past: Past, facts: Facts, numbers: set[int]) -> None:
    ids = {one for number in numbers for one in forgetting.merged_into(past.db, number)}
    facts.asked["contact"] |= ids
    alone, others = forgetting.interactions_of(past, ids)
    facts.asked.setdefault("interaction", set()).update(alone)
    answers = forgetting.answers_of(past, ids)
    facts.asked.setdefault("response", set()).update(answers)
    facts.deliveries += (to := forgetting.deliveries_to(past.db, ids))
    facts.nameless |= {row["id"] for row in to}
    reached = [one for row in to if "@" in (one := row["recipient"]) and set(contacts.with_handle(past.db, "email", one)) <= ids]
    facts.needles |= {form for one in reached for form in spellings(one)}  # what is another's by now stays
    facts.introductions += (met := [row for row in forgetting.shares_of(past, "share_contact", "contact_id", ids)
                                    if row["type"] == "introduction"])  # fmt: skip
    known = {row["id"] for row in to}
    introduced = forgetting.deliveries_of_shares(past.db, (row["id"] for row in met))
    facts.deliveries += [row for row in introduced if row["id"] not in known]
    facts.former |= {row["id"] for row in met}
    facts.waits += forgetting.waiting_for(past.db, ids)
    facts.stays += [
        Stays(make("interaction", number), f"{', '.join(one_line(name, 40) for name in who)} took part: its words stay")
        for number, who in others.items()
    ]
    for row in forgetting.of_contact(past.db, ids, "source"):
        number = make("source", row["id"])
        facts.stays.append(Stays(number, f"“{one_line(row['title'], 60)}” stays followed", f"pkm seek remove {number}"))
    for row in forgetting.of_contact(past.db, ids, "trial"):
        number = make("trial", row["id"])
        facts.stays.append(Stays(number, "they tried it; what came of it stays", f"pkm forget {number}"))
    _made_from("response", past, facts, answers)


def _note(past: Past, facts: Facts, numbers: set[int]) -> None:
    facts.former |= forgetting.former_shares(past, numbers)
    facts.alone |= forgetting.shares_of_no_other(past, numbers)
    facts.needles |= {words for words in forgetting.wordings(past, facts.former, numbers) if len(words) >= TELLING}
    facts.shares += (held := forgetting.shares_of(past, "share_note", "note_id", numbers))
    rows = forgetting.deliveries_of_shares(past.db, (row["id"] for row in held))
    facts.deliveries += [row for row in rows if _carries(row, numbers)]
    facts.attachments |= forgetting.shown_alone(past, numbers)
    emptied = {row["id"] for row in facts.deliveries}
    whole = {row["share_id"] for row in rows} - {row["share_id"] for row in rows if row["full"] and row["id"] not in emptied}
    facts.attachments |= forgetting.sent_with(past.db, whole)
    for root, path in forgetting.files_of(past.db, numbers):
        facts.stays.append(Stays(str(Path(root) / path), "an import leaves this file out from now on", "remove it there"))


def _carries(delivery: Row, notes: Collection[int]) -> bool:
    """Whether a stage's deliveries hold one of these notes: it may be for some of the share's notes alone."""
    try:
        chosen = json.loads(delivery["gate"]).get("notes")
    except (ValueError, AttributeError):
        chosen = None
    return not isinstance(chosen, list) or bool(set(chosen) & set(notes))


def _made_from(kind: str, past: Past, facts: Facts, numbers: set[int]) -> None:
    for row in forgetting.notes_from(past.db, kind, numbers):
        number = make("note", row["id"])
        facts.stays.append(Stays(number, f"“{one_line(row['title'], 60)}” was made from it and stays", f"pkm forget {number}"))


def _circle(past: Past, facts: Facts, numbers: set[int]) -> None:
    from pkm.store import deliveries

    facts.served += sum(len(deliveries.rows(past.db, circle=number, limit=-1)) for number in numbers)
    facts.shares += [row for number in numbers for row in forgetting.shares_of(past, "stage", "circle_id", {number})
                     if row["state"] in ("draft", "planned")]  # fmt: skip


_OF_KIND: Mapping[str, Callable[[Past, Facts, set[int]], None]] = {
    "contact": _contact, "note": _note, "item": partial(_made_from, "item"),
    "response": partial(_made_from, "response"), "circle": _circle,
}  # fmt: skip
"""What is to be known of things of a kind beside their rows."""

_NAMES = {"contact": ("name", "nick"), "note": ("title", "text"), "item": ("title", "url"), "handle": ("value",),
          "note_alias": ("name",), "annotation": ("exact", "comment"), "response": ("text",), "interaction": ("text",),
          "promise": ("text", "because"), "trial": ("text",), "circle": ("name",)}  # fmt: skip
"""Columns that are looked for elsewhere as they stand."""


def _needles(said: Mapping[str, Iterable[Row]]) -> Iterator[str]:
    """The words that are looked for in what stays: whole names and texts that say enough to be no one else's."""
    for table, columns in _NAMES.items():
        for image in said.get(table, ()):
            for column in columns:
                text = str(image.get(column) or "").strip()
                if column == "nick" or (table == "handle" and image.get("kind") == "alias" and " " not in text):
                    yield from [f"@{text}"] if text else []
                elif len(text) >= (3 if table in ("contact", "handle") else TELLING):
                    yield text
                    if image.get("kind") == "email":  # who gets no letters is kept by it as it is on the wire
                        yield from spellings(text)


def _gather_what_stays(past: Past, home: Home, facts: Facts) -> None:
    """What mentions it, in the store and in the home's drafts, and what memory of folders of cards names."""
    found = forgetting.mentions(past.db, facts.rows, facts.needles)
    known = {one.what for one in facts.stays}
    told = [row for row in found if make(row["kind"], row["number"]) not in known]
    for row in told[:MOST_TOLD]:
        number, step = make(row["kind"], row["number"]), "forget" if row["kind"] in KINDS else "why"
        facts.stays.append(Stays(number, f"“{one_line(row['title'], 60)}” names it and stays as it is", f"pkm {step} {number}"))
    if len(told) > MOST_TOLD:
        facts.stays.append(Stays("more", f"{count(len(told) - MOST_TOLD, 'more thing names', 'more things name')} it"))
    if "contact" in facts.asked:
        names = [str(image["name"]) for image in forgetting.images(past, "contact", facts.asked["contact"])]
        if written := forgetting.written_by(past.db, names):
            facts.stays.append(Stays("items", f"{count(written, 'item says', 'items say')} that they wrote it: that is public"))
        facts.stays += [Stays(str(folder / name), "their card stays there and would bring them back as somebody new",
                              "remove it there") for folder, name, _ in _cards(home, uids_of(facts))]  # fmt: skip
        facts.stays.append(Stays("cards", "an import of a card or table of theirs makes them somebody new",
                                 "remove the card where it comes from"))  # fmt: skip
    known_words = forgetting.pattern(facts.needles)
    for path in sorted(home.drafts.glob("*")) if home.drafts.is_dir() and known_words else []:
        with contextlib.suppress(OSError):
            if path.is_file() and known_words and known_words.search(path.read_text("utf-8", "replace")):
                facts.stays.append(Stays(str(path), "a draft that holds it stays", "remove it there"))


def _cards(home: Home, uids: Collection[str]) -> Iterator[tuple[Path, str, Path]]:
    """(folder, file name, the memory that names it) of cards of these people in folders of cards."""
    for path in sorted(home.folders.glob("*.json")) if home.folders.is_dir() else []:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            memory = json.loads(path.read_text(encoding="utf-8"))
            for name, entry in memory["files"].items():
                if entry["uid"] in uids:
                    yield Path(memory["folder"]), name, path


# --- apply


def _folders(store: Store, plan: ForgetPlan) -> list[tuple[Path, list[str]]]:
    """The folders with files that are not taken down, each with their names: pkm knows them no longer."""
    rows = forgetting.deliveries_of_shares(store.read(), {*plan.erasure.shares, *plan.erasure.blanked["share"]})
    found: dict[Path, list[str]] = {}
    for row in rows:
        there = row["id"] in plan.erasure.emptied and row["channel_kind"] == "files" and row["state"] == "sent"
        if there and not row["media_type"].startswith("image/"):
            found.setdefault(Path(row["address"].partition(":")[2]), []).append(row["file_name"])
    return list(found.items())


def _release(folders: Iterable[tuple[Path, list[str]]]) -> None:
    from pkm.channels.folder import disown

    for folder, names in folders:
        disown(folder, names)


def _rebuild_sites(store: Store, home: Home, plan: ForgetPlan) -> None:
    """No page of a site that was taken back tells of it any more."""
    rows = forgetting.deliveries_of_shares(store.read(), {*plan.erasure.shares, *plan.erasure.blanked["share"]})
    channels = {row["channel_id"] for row in rows if row["channel_kind"] == "site" and row["id"] in plan.erasure.emptied}
    if channels:
        from pkm.share.mirror import mirror

        for channel in sorted(channels):
            mirror(store.read(), home, channel)


def _clean_home(home: Home, plan: ForgetPlan) -> None:
    """Nothing holds it that is only remembered to save time, nor the last list."""
    for path in [*home.caches(), home.last, home.imports]:
        if path != home.signals or "item" in plan.erasure.things:
            path.unlink(missing_ok=True)
    shutil.rmtree(home.preview, ignore_errors=True)
    for path in {memory for _, _, memory in _cards(home, plan.uids)}:
        _forget_cards(path, plan.uids)


def _forget_cards(path: Path, uids: Collection[str]) -> None:
    from pkm.files import write_atomic

    memory = json.loads(path.read_text(encoding="utf-8"))
    memory["files"] = {name: entry for name, entry in memory["files"].items() if entry["uid"] not in uids}
    write_atomic(path, (json.dumps(memory, ensure_ascii=False) + "\n").encode())
