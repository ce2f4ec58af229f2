"""A share taken back as far as each channel lets it, and the truth about the rest: a letter cannot be recalled.

The site's page says that it is gone, a folder's files are removed, what had not left is cancelled. For those who got a
letter a correction is drafted, as an answer to it; the person sends it or not.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pkm.config import Home
from pkm.errors import Invalid, NotFound, PkmError
from pkm.ids import make
from pkm.share import mirror, publish
from pkm.share.channels import folder_of, is_mirror
from pkm.share.freeze import NOT_LEFT
from pkm.store import shares
from pkm.store.session import Store
from pkm.text import clean, count, one_line

if TYPE_CHECKING:
    from pkm.store.session import Unit

Row = dict[str, Any]

MAY_BE_THERE = ("sent", "unknown", "sending")


@dataclass(frozen=True, slots=True)
class Retracted:
    """What became of it: the share; (channel, what was done or cannot be) for each; the draft of a correction, if any."""

    share: Row
    channels: tuple[tuple[str, str], ...]
    correction: Row | None = None


def retract(store: Store, home: Home, share: int, because: str = "") -> Retracted:
    """The share is taken back where that is possible; a plan of it goes no further.

    Raises NotFound; Invalid where it was taken back before; PkmError where a folder cannot be written: nothing changed.
    """
    from pkm.store.model import Delivery, Share

    with store.unit() as unit:
        db = unit.connection
        row = shares.row(db, share)
        if row is None:
            raise NotFound(make("share", share), "there is no such share", next="pkm share log")
        if row["state"] == "retracted":
            raise Invalid(row["id"], "it was taken back before", next=f"pkm share log {row['id']}")
        rows = shares.deliveries(db, share=share, limit=-1)
        unit.get(Share, share).state = "retracted"
        _note_why(unit, share, because)
        for one in rows:
            if one["state"] in NOT_LEFT:
                unit.get(Delivery, int(one["id"][1:])).state = "cancelled"
        unit.flush()
        told = [_take_down(unit, home, channel, rows) for channel in shares.channels(db)]
        letters = [one for one in rows if not is_mirror(one["channel_kind"]) and one["state"] in MAY_BE_THERE]
        correction = _correct(unit, row, letters, because) if letters and row["type"] != "introduction" else None
        unit.summarize(
            f"took back {row['id']} {row['title']}",
            final="what was taken down is not put up again by an undo; share it anew" if any(told) else "",
        )
        after = shares.row(db, share)
    assert after is not None
    return Retracted(after, tuple(one for one in told if one), correction)


def _note_why(unit: "Unit", share: int, because: str) -> None:
    from pkm.store.model import Stage

    for stage in shares.stages(unit.connection, share):
        said = {"at": unit.at, "because": one_line(clean(because), 500)}
        unit.get(Stage, stage["id"]).gate = json.dumps({**stage["gate"], "retracted": said}, ensure_ascii=False)


def _take_down(unit: "Unit", home: Home, channel: Row, rows: list[Row]) -> tuple[str, str] | None:
    """What was done on one channel, None where nothing of it is there."""
    there = [one for one in rows if one["channel_number"] == channel["number"] and one["state"] in MAY_BE_THERE]
    if not there:
        return None
    if not is_mirror(channel["channel_kind"]):
        people = ", ".join(dict.fromkeys(one_line(one["name"] or one["recipient"], 40) for one in reversed(there)))
        return channel["name"], f"cannot be recalled: {people} {'has' if len(there) == 1 else 'have'} the letter"
    mirror.mirror(unit.connection, home, channel["number"])
    if channel["channel_kind"] == "site":
        said = "the page says that it was withdrawn; it is in no list and no feed"
        try:
            publish.run(channel, folder_of(channel, home), [channel["name"]])
        except PkmError as error:  # it is down here, and goes up with the next build
            said += f". But {error.what} failed: {error.why} (pkm share site build)"
        return channel["name"], said
    return channel["name"], f"{count(len(there), 'file')} removed"


def _correct(unit: "Unit", share: Row, letters: list[Row], because: str) -> Row | None:
    """A draft to those who got a letter, as an answer to it."""
    from pkm.ids import new_uid
    from pkm.share.draft import free_slug
    from pkm.share.site import slugify
    from pkm.store.model import Share, Stage

    db = unit.connection
    title = f"Correction: {share['title']}"
    reason = clean(because).strip()
    words = f"What I sent you as “{share['title']}” does not hold any more." + (f"\n\n{reason}" if reason else "")
    slug = free_slug(slugify(title, unit.at), shares.slugs(db))
    made = unit.add(Share(uid=new_uid(), title=title, slug=slug, introduction=words, created_at=unit.at))
    reached = {one["circle"] for one in letters}
    stages = [stage for stage in shares.stages(db, share["number"]) if stage["circle"] in reached]
    for position, stage in enumerate(stages, 1):
        gate = json.dumps({"replies_to": share["number"]})
        unit.add(Stage(share_id=made.id or 0, circle_id=stage["circle_id"], position=position, gate=gate))
    unit.flush()
    return shares.row(db, made.id or 0)
