"""A stage of a share as posts: their bodies, the page that they lead to, and whether the account says the same already."""

import functools
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pkm import config
from pkm.config import Home
from pkm.delivery import may_have_it
from pkm.ids import Row, existing
from pkm.share import draft, figures, posts, worded
from pkm.share.delivery_keys import Keys
from pkm.share.recipients import channels_for
from pkm.store import deliveries, shares

if TYPE_CHECKING:
    from pkm.share.render import Digest


def bodies(
    db: sqlite3.Connection, home: Home, share: Row, stage: Row, channel: Row, digest: "Digest", keys: Keys
) -> list[bytes]:  # fmt: skip
    """What is posted of a stage's digest on a channel, a part each. keys: the share's. Raises as posts.compose does."""
    key_of = functools.partial(keys.of, stage, channel, "")
    return posts.compose(digest, channel, key_of, home, page_of(db, home, share["number"], stage, digest))


def posted_for(db: sqlite3.Connection, home: Home, share: int, stage: Row, channel: Row, at: str = "") -> str | None:
    """The circle for which the same words are on the same account already, or are to be before: nothing is posted there twice.

    None where they are not. A channel has an account; so may another one.
    """
    row = existing(shares.row(db, share), "share", share)
    settings, at = config.read(home), at or draft.now_stamp()
    keys = Keys(db, row)
    gallery = functools.cache(lambda: figures.Gallery(db, home, [note["id"] for note in shares.notes(db, share)]))

    def words(step: Row, way: Row) -> list[str]:
        digest = draft.digest_for(db, share, step, way["channel_kind"], settings, at)
        digest, _ = gallery().fill(digest, worded.notes_for(db, share, step))
        return [posts.words(way["channel_kind"], one) for one in bodies(db, home, row, step, way, digest, keys)]

    ways = {one["number"]: one for one in shares.channels(db) if posts.account(one) == posts.account(channel)}
    left: dict[tuple[int, int], list[str]] = {}
    for one in deliveries.frozen(db, share):
        if one["channel_id"] in ways and may_have_it(one["state"], one["error"]):
            place = (one["stage_id"], one["channel_id"])
            left.setdefault(place, []).append(posts.words(one["channel_kind"], one["payload"]))
    mine = (stage["position"], channel["name"])
    own = functools.cache(lambda: words(stage, channel))
    for step in shares.stages(db, share):
        for number, way in ways.items():
            said = left.get((step["id"], number))
            comes = (step["position"], way["name"]) < mine and not step["passed_at"] and any(
                one["number"] == number for one in channels_for(db, step)
            )
            if (step["id"], number) == (stage["id"], channel["number"]) or not (said or comes):
                continue
            if (said or words(step, way)) == own():
                return step["circle"] or ""
    return None


def page_of(db: sqlite3.Connection, home: Home, share: int, stage: Mapping[str, Any], digest: "Digest") -> str:
    """The address of the digest's page, "" where it is not on the web before this stage's posts are."""
    from pkm.share.render import thaw
    from pkm.share.site_plan import digest_path, public_url

    base = config.read(home)["site.url"]
    if not base:
        return ""
    there = [one for one in deliveries.frozen(db, share) if one["state"] == "sent" and one["payload"]]
    live = [one for one in there if one["channel_kind"] == "site"]
    if live:
        return public_url(base, digest_path(thaw(live[0]["payload"])))
    with_it = any(one["channel_kind"] == "site" for one in channels_for(db, stage))
    return public_url(base, digest_path(digest)) if with_it else ""
