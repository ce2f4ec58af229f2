"""A share taken back as far as each channel lets it, and the truth about the rest: a letter cannot be recalled.

The site's page says that it is gone, a folder's files are removed, posts are deleted, what had not left is cancelled. For
those who got a letter a correction is drafted, as an answer to it; the person sends it or not.
"""

import contextlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pkm.channels.way import Outcome
from pkm.config import Home
from pkm.delivery import MAY_HAVE_LEFT, may_be_there, may_go
from pkm.errors import Invalid, PkmError
from pkm.ids import Row, existing, make
from pkm.share import mirror, publish, transmit
from pkm.share.channels import KINDS, folder_of, is_letters, is_mirror
from pkm.store import deliveries, posts, shares
from pkm.store.connection import connect
from pkm.store.erasing import has_no_name
from pkm.store.session import Store
from pkm.text import clean, count, one_line

if TYPE_CHECKING:
    from pkm.store.session import Unit

REMOVABLE = [kind for kind, powers in KINDS.items() if powers.way == "posts" and powers.deletes]


@dataclass(frozen=True, slots=True)
class Retracted:
    """What became of it: the share; (channel, what was done or cannot be) for each; the draft of a correction, if any.

    left: channels on which something may still stand, so that it is to be done again.
    """

    share: Row
    channels: tuple[tuple[str, str], ...]
    correction: Row | None = None
    left: tuple[str, ...] = ()


def retract(store: Store, home: Home, share: int, because: str = "") -> Retracted:
    """The share is taken back where that is possible; a plan of it goes no further.

    What could not be taken down now is tried by doing it again. Raises NotFound; Invalid where it was taken back before and
    nothing is left to take down; PkmError where a folder cannot be written: nothing changed but posts that are gone.
    """
    db = store.read()
    row = existing(shares.row(db, share), "share", share)
    again = row["state"] == "retracted"
    standing = posts.standing(db, REMOVABLE, share)
    if again and not standing:
        raise Invalid(row["id"], "it was taken back before", next=f"pkm share log {row['id']}")
    with transmit.alone(home) if standing else contextlib.nullcontext():  # meanwhile nothing more of it leaves
        gone = _remove_posts(store, home, share) if standing else {}
        return _retract(store, home, row, gone, because, again=again)


def standing_again(db: sqlite3.Connection, before: Path) -> list[Row]:
    """The shares that were taken back in the store of before, which is in that file, and that have gone out in this one."""
    try:
        with contextlib.closing(connect(before, mode="ro")) as there:
            return shares.out(db, shares.taken_back(there))
    except sqlite3.Error:  # it is damaged, which may be why another one was put back
        return []


def _retract(store: Store, home: Home, row: Row, gone: dict[int, Outcome], because: str, *, again: bool) -> Retracted:
    from pkm.store.model import Delivery, Share

    share = row["number"]
    with store.unit() as unit:
        db = unit.connection
        rows = deliveries.of(db, share)
        unit.get(Share, share).state = "retracted"
        if because or not again:
            _note_why(unit, share, because)
        for one in rows:
            if may_go(one["state"], one["error"]):
                unit.get(Delivery, int(one["id"][1:])).state = "cancelled"
        unit.flush()
        told = [_take_down(unit, home, channel, rows, gone) for channel in shares.channels(db, removed=True)]
        letters = [one for one in rows if is_letters(one["channel_kind"]) and may_be_there(one["state"], one["error"])]
        corrects = bool(letters) and not again and row["type"] != "introduction"
        correction = _correct(unit, row, letters, because) if corrects else None
        unit.summarize(
            f"took back {row['id']} {row['title']}",
            final="what was taken down is not put up again by an undo; share it anew" if any(told) else "",
        )
        after = existing(shares.row(db, share), "share", share)
    left = tuple(one["channel"] for one in rows if (why := gone.get(int(one["id"][1:]))) and why.state != "sent")
    return Retracted(after, tuple(one for one in told if one), correction, tuple(dict.fromkeys(left)))


def _remove_posts(store: Store, home: Home, share: int) -> dict[int, Outcome]:
    """Each post of the share is taken down where its channel does that, the last part first; what became of it, by number."""
    from pkm.store.model import Delivery

    outcomes: dict[int, Outcome] = {}
    transmit.settle_begun(store, home)
    rows = posts.standing(store.read(), REMOVABLE, share)
    for channel in shares.channels(store.read(), removed=True):  # what stands there does so still
        if mine := [row for row in rows if row["channel_id"] == channel["number"]]:
            try:
                with transmit.open_posts(channel) as way:
                    for row in mine:
                        others = posts.others(store.read(), channel["number"], row["id"])
                        outcomes[row["id"]] = way.remove(transmit.job(row, {}, others=others))
            except PkmError as error:
                outcomes |= {row["id"]: Outcome("unknown", str(error)) for row in mine if row["id"] not in outcomes}
    with store.unit() as unit:  # what is gone is gone, whatever happens to the rest
        for row in rows:
            if outcomes[row["id"]].state == "sent":
                delivery = unit.get(Delivery, row["id"])
                delivery.error, delivery.remote_url = posts.REMOVED, ""
                delivery.state = "sent" if delivery.state == "sent" else "cancelled"
        unit.summarize(f"took down posts of {make('share', share)}", final="a post that is gone is not put up again")
    return outcomes


def _note_why(unit: "Unit", share: int, because: str) -> None:
    from pkm.store.model import Stage

    for stage in shares.stages(unit.connection, share):
        said = {"at": unit.at, "because": one_line(clean(because), 500)}
        unit.get(Stage, stage["id"]).gate = json.dumps({**stage["gate"], "retracted": said}, ensure_ascii=False)


def _take_down(
    unit: "Unit", home: Home, channel: Row, rows: list[Row], gone: Mapping[int, Outcome]
) -> tuple[str, str] | None:  # fmt: skip
    """What was done on one channel, None where nothing of it is there."""
    there = [one for one in rows if one["channel_number"] == channel["number"] and one["state"] in MAY_HAVE_LEFT]
    outcomes = [gone[number] for one in rows if (number := int(one["id"][1:])) in gone
                and one["channel_number"] == channel["number"]]  # fmt: skip
    if outcomes:
        return channel["name"], _posts_gone(outcomes)
    if not there or all(one["error"] == posts.REMOVED for one in there):
        return None
    if is_letters(channel["channel_kind"]):
        people = ", ".join(dict.fromkeys(one_line(one["name"] or one["recipient"], 40) for one in reversed(there)))
        return channel["name"], f"cannot be recalled: {people} {'has' if len(there) == 1 else 'have'} the letter"
    if not is_mirror(channel["channel_kind"]):
        return channel["name"], "cannot be recalled: who receives there has it"
    if channel["options"].get("removed"):
        return channel["name"], f"{count(len(there), 'file')} not removed: the channel was, and its folder is left alone"
    there = [one for one in there if not has_no_name(one["recipient"])]  # such a file is left where it is
    mirror.mirror(unit.connection, home, channel["number"])
    if channel["channel_kind"] == "site":
        said = "the page says that it was withdrawn; it is in no list and no feed"
        try:
            publish.run(channel, folder_of(channel, home), [channel["name"]])
        except PkmError as error:  # it is down here, and goes up with the next build
            said += f". But {error.what} failed: {error.why} (pkm share site build)"
        return channel["name"], said
    return channel["name"], f"{count(len(there), 'file')} removed"


def _posts_gone(outcomes: Sequence[Outcome]) -> str:
    done = sum(one.state == "sent" for one in outcomes)
    left = next((one.why for one in outcomes if one.state != "sent"), None)
    said = f"{count(done, 'post')} deleted" if done else ""
    if left is None:
        return f"{said}; who read it has read it"
    return f"{said + ', ' if said else ''}{len(outcomes) - done} not: {left or 'the channel does not say why'}"


def _correct(unit: "Unit", share: Row, letters: list[Row], because: str) -> Row | None:
    """A draft to those who got a letter, as an answer to it. It names what they got only where all have it by one title."""
    from pkm.ids import new_uid
    from pkm.share.letter import open_letter
    from pkm.share.page_names import name_page
    from pkm.store.model import Share, Stage

    db = unit.connection
    reached = {one["circle"] for one in letters}
    stages = [stage for stage in shares.stages(db, share["number"]) if stage["circle"] in reached]
    went = {one["id"] for one in letters}
    rows = [row for row in deliveries.frozen(db, share["number"]) if make("delivery", row["id"]) in went]
    titles = {open_letter(row["payload"]).header("Subject") for row in rows}  # as it went: it may be called otherwise since
    one = one_line(titles.pop()) if len(titles) == 1 else ""
    title, named = (f"Correction: {one}", f" as “{one}”") if one else ("Correction", "")
    reason = clean(because).strip()
    words = f"What I sent you{named} does not hold any more." + (f"\n\n{reason}" if reason else "")
    made = unit.add(Share(uid=new_uid(), title=title, introduction=words, created_at=unit.at))
    for position, stage in enumerate(stages, 1):
        gate = json.dumps({"replies_to": share["number"]})
        unit.add(Stage(share_id=made.id or 0, circle_id=stage["circle_id"], position=position, gate=gate))
    unit.flush()
    name_page(unit, made.id or 0)
    return shares.row(db, made.id or 0)
