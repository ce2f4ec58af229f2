"""What the page of a share, and its files, are called: by a title that those may read who read them, once, while they stand."""

import sqlite3

from pkm.conceal import conceal, unlinked
from pkm.ids import Row
from pkm.reach import wide_enough
from pkm.share import called
from pkm.share.channels import effective_kind, reaches_for
from pkm.share.linked import narrower_links
from pkm.share.worded import title_for
from pkm.store import shares
from pkm.store.session import Unit
from pkm.text import fold


def name_page(unit: Unit, share: int) -> None:
    """The share has page_name's name in the store, too."""
    name = page_name(unit.connection, share)
    if (shares.row(unit.connection, share) or {}).get("slug") != name:
        unit.update("share", share, slug=name)


def page_name(db: sqlite3.Connection, share: int) -> str:
    """The name of a share's page, and of its files: its title, as those may read it who read the page.

    So it is another one once the title is, or a note's reach or a circle's channels, until a page or a file stands. Where
    another share has that name, before this one or for what stands, there is a number behind it.
    """
    row = shares.row(db, share) or {}
    stages = [stage for stage in shares.stages(db, share) if stage["circle_kind"]]
    if not stages or shares.stands(db, share):
        return str(row["slug"])
    on_site = next((one for one in stages if _goes_on_site(db, one)), None)
    reaches = min((_reaches(db, one) for one in stages), key=len)
    return _free(db, row, _slug(db, row, on_site, wide_enough("network") if on_site else reaches))


def _free(db: sqlite3.Connection, row: Row, wanted: str) -> str:
    """The name that is wanted, or the first of it with a number behind it that no other share has."""
    taken, free, number = shares.slugs(db, row["number"]), wanted, 2
    while free in taken and (taken[free] or free != row["slug"]):
        free, number = f"{wanted}-{number}", number + 1
    return free


def name_for(db: sqlite3.Connection, row: Row, stage: Row, channel_kind: str) -> str:
    """The name of the page, or of the files, of a stage. A page that stands keeps its own; files of a stage that is told another
    title than the page are called by that.
    """
    name = shares.page(db, row["number"]) if channel_kind == "site" else ""
    if name or not stage["circle_kind"]:
        return name or str(row["slug"])
    name = page_name(db, row["number"])
    wanted = _slug(db, row, stage, wide_enough(effective_kind(stage["circle_kind"], channel_kind)))
    return name if name == _free(db, row, wanted) else f"{wanted}-{row['id']}"


def _slug(db: sqlite3.Connection, row: Row, stage: Row | None, reaches: list[str]) -> str:
    """What the title of a share, or of a stage of it, makes as a name that those may read who may read notes of these reaches."""
    from pkm.share.site_plan import slugify

    title = title_for(db, row, stage)
    hidden = frozenset(fold(name) for name, _ in narrower_links(db, [], [title], reaches))
    return slugify(unlinked(conceal(called.Naming(db).line(title), hidden)) or "Finds", row["created_at"])


def _goes_on_site(db: sqlite3.Connection, stage: Row) -> bool:
    return any(channel["channel_kind"] == "site" for channel in shares.channels_of(db, stage["circle_id"]))


def _reaches(db: sqlite3.Connection, stage: Row) -> list[str]:
    return reaches_for(db, {"number": stage["circle_id"], "circle_kind": stage["circle_kind"]})
