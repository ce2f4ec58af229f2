"""Answers come home: what people answered to posts of the last weeks, each kept once, in the inbox, with whoever gave it.

Gathers from the channels first, then writes in one unit. An answer counts as a touch of the contact who has the name that
the channel knows them by; where nobody has, or several do, the text says who wrote. Never prints.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pkm.config import Home
from pkm.dates import now, stamp
from pkm.errors import PkmError
from pkm.share.channels import KINDS
from pkm.store import posts, responses, shares
from pkm.store.session import Store
from pkm.text import clean, count, one_line

if TYPE_CHECKING:
    from pkm.channels.way import Answer

Row = dict[str, Any]

DAYS, MOST = 30, 100
"""How far back is asked, and about how many posts."""

LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Collected:
    """What came: the answers that are new, and (channel, why) where one could not be asked."""

    new: tuple[Row, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()


def collect(store: Store, home: Home) -> Collected:
    """The answers to posts of the last weeks are kept, each once. Nothing is asked where nothing was posted."""
    kinds = [kind for kind, powers in KINDS.items() if powers.answers]
    rows = posts.lately(store.read(), kinds, stamp(now() - timedelta(days=DAYS)), MOST)
    if not rows:
        return Collected()
    found, failures = _gather(store, rows)
    return Collected(_keep(store, found) if found else (), tuple(failures))


def _gather(store: Store, rows: list[Row]) -> tuple[list[tuple[Row, "Answer"]], list[tuple[str, str]]]:
    from pkm.share import transmit

    found: list[tuple[Row, Answer]] = []
    failures = []
    for channel in shares.channels(store.read()):
        mine = [row for row in rows if row["channel_id"] == channel["number"]]
        try:
            if mine:
                with transmit.open_posts(channel) as way:
                    for row in mine:  # what came before one that fails is kept
                        found += [(row, answer) for answer in way.answers(transmit.job(row, {}))]
        except PkmError as error:
            failures.append((channel["name"], str(error)))
    return found, failures


def _keep(store: Store, found: list[tuple[Row, "Answer"]]) -> tuple[Row, ...]:
    from pkm.store.model import Response

    with store.unit() as unit:
        db = unit.connection
        known = {number: responses.remote_ids(db, number) for number in {row["channel_id"] for row, _ in found}}
        made = []
        for row, answer in sorted(found, key=lambda one: (one[1].at, one[1].remote_id)):
            seen = known[row["channel_id"]]
            text = clean(answer.text).strip()[:LONGEST]
            if answer.remote_id in seen or not text:
                continue
            seen.add(answer.remote_id)
            people = responses.known_as(db, answer.names)
            contact = people[0] if len(people) == 1 else None
            response = unit.add(Response(
                share_id=row["share_id"], delivery_id=row["id"], channel_id=row["channel_id"], contact_id=contact,
                remote_id=answer.remote_id, text=text if contact else f"{one_line(answer.names[0], 100)}: {text}",
                at=min(answer.at, unit.at),
            ))  # fmt: skip
            made.append(response.id or 0)
        told = tuple(one for number in made if (one := responses.row(db, number)))
        unit.summarize(f"{count(len(told), 'answer')} came home")
    return told
