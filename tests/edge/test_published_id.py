"""What is published knows a share by an id that its letters' keys cannot be made from; what stands keeps the one it has."""

import json
import re
import sqlite3

from pkm import config
from pkm.config import Home
from pkm.share.draft import digest_for
from pkm.store import shares
from tests.sending import drafted, fresh, note, send


def uid_of(home: Home, share: int) -> str:
    return str((shares.row(fresh(home).read(), share) or {})["uid"])


def ids(home: Home) -> list[str]:
    """The ids of the feed and of its entries, as they stand on the disk."""
    return re.findall("<id>urn:uuid:([0-9a-f-]{36})</id>", (home.site / "feed.xml").read_text())


def digest_id(home: Home, share: int, kind: str = "webhook") -> str:
    db = fresh(home).read()
    return digest_for(db, share, shares.stages(db, share)[0], kind, config.read(home), "2026-11-23T09:00:00Z").uid


def test_nothing_published_says_the_uid(home_paths: Home) -> None:
    share = drafted(home_paths, [note(home_paths, "Walking retros work", "network")], "network")
    before = digest_id(home_paths, share)
    send(home_paths, share)
    said = b"".join(one.read_bytes() for one in sorted(home_paths.site.rglob("*")) if one.is_file())
    assert uid_of(home_paths, share).encode() not in said
    assert ids(home_paths) == [before, before]  # the feed's own is that of its first entry
    assert digest_id(home_paths, share) == before


def test_what_stands_keeps_its_id(home_paths: Home) -> None:
    old = drafted(home_paths, [note(home_paths, "Walking retros work", "network")], "network")
    send(home_paths, old)
    uid = uid_of(home_paths, old)
    with sqlite3.connect(home_paths.db) as db:  # as versions before had it
        (payload,) = db.execute("SELECT payload FROM delivery").fetchone()
        db.execute("UPDATE delivery SET payload = ?", [json.dumps({**json.loads(payload), "uid": uid}).encode()])
    new = drafted(home_paths, [note(home_paths, "Talking retros work", "network")], "network", title="Finds 48")
    send(home_paths, new)
    assert set(ids(home_paths)) == {uid, digest_id(home_paths, new)}
    assert digest_id(home_paths, old, "site") == uid != digest_id(home_paths, new)
