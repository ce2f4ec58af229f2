"""Checks of the store, the home and the sources: what is wrong, what was mended, and the command for the rest."""

import os
import stat
import time
from dataclasses import dataclass
from typing import Any

from pkm import attachment_files, config, draft_files
from pkm.config import Home
from pkm.dates import ago, now
from pkm.errors import PkmError
from pkm.hours import circles_named
from pkm.spelling import did_you_mean, near
from pkm.store import archive, attachments, circles, deliveries, erasing, forgetting, health, shares, tally
from pkm.store.backup import COPIES, back_up
from pkm.store.compact import compact
from pkm.store.session import Store
from pkm.text import count, one_line

DRAFTS = 5
"""So many texts that were begun are told one by one, the newest."""

_UNFINISHED_S = 3600
"""How old an unfinished file must be: no run writes one for so long."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. state: mended, wrong (something must be done), told (good to know)."""

    what: str
    why: str
    state: str
    next: str = ""
    health: str = ""  # of a source: what ails it (seek/health)

    def as_row(self) -> dict[str, Any]:
        """The finding in the JSON contract's shape."""
        return {"id": self.what, "kind": "finding", "title": self.why, "state": self.state, "next": self.next,
                "health": self.health or None}


def examine(store: Store, home: Home) -> list[Finding]:
    """What was found, the worst first; what could be mended safely has been: search indexes, open file modes."""
    found = [
        *(damage := _check_store(store, home)),
        *([] if damage and damage[0].state == "wrong" else _check_channels(store, home)),
        *([] if damage and damage[0].state == "wrong" else _check_attachments(store, home)),
        *_check_modes(home),
        *_check_unfinished(home),
        *_check_settings(home),
        *([] if damage and damage[0].state == "wrong" else _check_circles_of_settings(store, home)),
        *_check_templates(home),
        *_check_drafts(home),
        *_check_sources(store),
    ]
    return sorted(found, key=lambda finding: ("wrong", "mended", "told").index(finding.state))


def make_small(store: Store, home: Home) -> Finding:
    """The store's file has no empty room; what came of it. Raises StoreError where that is not possible now."""
    store.close()  # a reader of our own would keep the old pages
    before, after = compact(home)
    was = f"; it had {before / 1e6:,.1f} MB" if after < before else ", none of it empty"
    why = f"its file has {after / 1e6:,.1f} MB{was}"
    return Finding("store", why, "mended" if after < before else "told")


def _check_store(store: Store, home: Home) -> list[Finding]:
    from pkm.share.origin import COPY

    db = store.read()
    damage = health.integrity(db)
    if damage:
        return [Finding("store", f"it is damaged: {one_line(damage[0], 120)}", "wrong", COPIES)]
    found = []
    if archive.is_empty(db) and (copies := len(list(home.backups.glob("*.db")))):
        found.append(Finding("store", f"nothing is in it, but copies of one are in its home ({copies})", "wrong", COPIES))
    if broken := health.broken_texts(db):
        found += _mend_texts(store, home, broken)
    orphans = health.broken_references(db)
    if orphans:
        found.append(
            Finding(
                "store", f"{count(orphans, 'row')} refer to rows that are gone", "wrong", "pkm backup --restore FILE"
            )
        )
    if forgetting.unwiped(db):
        why = erasing.wipe(store, home.attachments)
        db = store.read()
        found.append(Finding("store", f"bytes of what was forgotten may still be there: {why}", "wrong", "pkm doctor") if why
                     else Finding("store", "bytes of what was forgotten were still there; now they are wiped", "mended"))
    for table in health.stale_indexes(store):
        health.rebuild_index(store, table)
        found.append(Finding(f"search in {table}s", "the index did not fit the texts; it was made anew", "mended"))
    if tally.is_wrong(db):
        with store.unit(journal=False) as unit:
            tally.count_anew(unit.connection)
        found.append(Finding("store", "what it counts as it comes did not fit what is there; it was counted anew", "mended"))
    for share in shares.unfinished(db):
        why = f"“{one_line(share['title'], 60)}” was on its way and has not arrived"
        found.append(Finding(share["id"], why, "wrong", f"pkm share send {share['id']}"))
    for row in deliveries.unsettled(db):
        which = "copy" if row["error"].startswith(COPY) else row["id"]
        why = f"the letter to {one_line(row['recipient'], 60)} is {row['state']}: {one_line(row['error'], 120)}"
        found.append(Finding(row["id"], why, "wrong", f"ask them, then pkm share log --resolve {which} sent|refused"))
    return found


def _mend_texts(store: Store, home: Home, broken: list[tuple[str, int]]) -> list[Finding]:
    """One letter that cannot be read would bar the way to all the others; as it was, the store is kept as a copy."""
    try:
        kept = back_up(home, now(), label="before-mend")
    except PkmError as error:
        return [
            Finding(f"{table} {number}", f"its text is damaged: it is not UTF-8. No copy can be made before a mend: {error}",
                    "wrong", error.next or "pkm doctor") for table, number in broken
        ]  # fmt: skip
    for table, number in broken:
        health.mend_texts(store, table, number)
    step = f"{COPIES}, where one has it whole. As it was: {kept.name}"
    return [
        Finding(f"{table} {number}", "its text was damaged: what cannot be read is � now, all else as it was", "mended", step)
        for table, number in broken
    ]


def _check_channels(store: Store, home: Home) -> list[Finding]:
    """Folders hold what was sent; where one does not (a run was killed, a file was deleted), it is made so."""
    from pkm.share import waiting
    from pkm.share.checking import OUTDATED
    from pkm.share.mirror import mend_mirrors, unpublished

    db = store.read()
    try:
        mended = mend_mirrors(db, home)
    except PkmError as error:
        return [Finding("channels", str(error), "wrong", error.next or "pkm share channel list")]
    found = []
    for name, done in mended:
        old, other = len(done.outdated), len(done.changed) - len(done.outdated)
        if other:
            right = "it is" if other == 1 else "they are"
            found.append(
                Finding(f"channel {name}", f"{count(other, 'file')} differed from what was sent; now {right} right", "mended")
            )
        if old:
            was, is_ = ("was", "it is") if old == 1 else ("were", "they are")
            why = f"{count(old, 'file')} {OUTDATED.format(was, is_)}; {is_} built anew"
            found.append(Finding(f"channel {name}", why, "told"))
    return found + [
        Finding(f"channel {name}", "what others read is not yet what it holds", "wrong",
                f"pkm share site build{shares.site_named(db, name)}")
        for name in unpublished(db, home)
    ] + [_waiting(one["name"], len(keys)) for one in shares.channels(db) if (keys := waiting.of(one["options"]).keys)]


def _waiting(channel: str, number: int) -> Finding:
    why = (f"in its mailbox waits what answers {count(number, 'letter')} that this store, put back from a backup, does not know: "
           "answers, or wishes for no more letters")  # fmt: skip
    return Finding(f"channel {channel}", why, "told", "pkm share send SHARE, then pkm share heard; or read them in the mailbox")


def _check_attachments(store: Store, home: Home) -> list[Finding]:
    """The bytes of everything that notes show are there, and are those that were taken in."""
    found = []
    step = "pkm import of the folder it came from, or pkm backup --restore FILE"
    for sha256, (name, size) in attachments.hashes(store.read()).items():
        path = home.attachments / sha256
        if not path.is_file():
            found.append(Finding(f"attachment {one_line(name, 60)}", "its bytes are not in the home", "wrong", step))
        elif path.stat().st_size != size or attachment_files.digest(path) != sha256:
            found.append(Finding(f"attachment {one_line(name, 60)}", "its bytes are not those taken in", "wrong", step))
    return found


def _check_modes(home: Home) -> list[Finding]:
    """What others on this machine could read is closed to them: the store, the settings, the drafts."""
    found = []
    paths = [
        home.data, home.db, home.config, home.last, home.drafts, home.backups, home.attachments, home.data / "outbox.log",
    ]  # fmt: skip
    for path in paths:
        if not path.exists():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = 0o700 if path.is_dir() else 0o600
        if mode & 0o077 and path.stat().st_uid == os.getuid():
            path.chmod(wanted)
            found.append(
                Finding(str(path), f"others on this machine could read it ({mode:o}); now {wanted:o}", "mended")
            )
    return found


def _check_unfinished(home: Home) -> list[Finding]:
    """What a killed run was writing and did not finish is gone: it never had its name, so nothing refers to it."""
    left = []
    for folder in (home.data, home.config.parent, home.backups, home.attachments):
        for path in sorted(folder.glob("*.part")) if folder.is_dir() else []:
            if path.is_file() and not path.is_symlink() and time.time() - path.stat().st_mtime > _UNFINISHED_S:
                path.unlink()
                left.append(path.name)
    if not left:
        return []
    what = f"{count(len(left), 'unfinished file')} of a run that was cut short"
    return [Finding("home", f"{what}: {one_line(', '.join(left), 120)}; removed", "mended")]


def _check_settings(home: Home) -> list[Finding]:
    try:
        unknown = config.read(home).unknown
    except PkmError as error:
        return [Finding("settings", str(error), "wrong", error.next or "pkm config")]
    return [
        Finding(f"setting {key}", f"there is no such setting. {did_you_mean(config.nearest(key))}".rstrip(". "), "wrong",
                f"pkm config --unset {key}") for key in unknown
    ]  # fmt: skip


def _check_circles_of_settings(store: Store, home: Home) -> list[Finding]:
    """Quiet hours and weekly caps that hold for nobody, since no circle is called so (any more)."""
    try:
        settings = config.read(home)
        named = circles_named(settings["share.quiet"], settings["share.weekly"])
    except PkmError:
        return []  # told already
    return [
        Finding(f"setting {key}", f"it names {one_line(name, 60)}, and no circle is called so: it holds for nobody", "wrong",
                f"pkm circle list, then pkm config {key}")
        for key, name in named if circles.by_name(store.read(), name) is None
    ]  # fmt: skip


def _check_templates(home: Home) -> list[Finding]:
    """Files of one's own that no page is made from, where they are called nearly as one that is."""
    from pkm.share.template import PACKAGED

    theirs = {path.name: path.stem for path in sorted(PACKAGED.iterdir())}
    own = sorted(path for path in home.templates.glob("*") if path.name not in theirs)
    return [
        Finding(f"template {path.name}", f"nothing is made from a file of that name. {did_you_mean(meant)}", "told",
                "pkm help templates") for path in own
        if (meant := [name for name, stem in theirs.items() if stem in near(path.stem, theirs.values()) and path.suffix in name])
    ]  # fmt: skip


def _check_drafts(home: Home) -> list[Finding]:
    """What was typed and is not in the store: how much, and of the newest what takes each up."""
    waiting = draft_files.left(home)
    if not waiting:
        return []
    why = f"{count(len(waiting), 'text')} that you began and that did not get into the store, in {home.drafts}"
    found = [Finding("drafts", why, "told", "take them up, or remove there what you need no more")]
    for one in waiting[:DRAFTS]:
        form = one.of.startswith("contact")  # where # is a comment, and no heading
        lines = draft_files.text_of(one.path).splitlines()
        first = next((line for line in lines if line.strip(" #") and not (form and line.startswith("#"))), "")
        step = draft_files.take_up(one.of, one.path) or f"read it: {one.path}"
        found.append(Finding(one.path.name, f"“{one_line(first, 60)}”", "told", step))
    return found


def _check_sources(store: Store) -> list[Finding]:
    """The sources that something ails, dead ones first."""
    from pkm.seek.health import ailing

    found = []
    for row, ailment in ailing(store.read(), now()):
        why = f"{ailment.kind}: {one_line(row['title'], 40)}: {one_line(ailment.why, 120)}"
        if row["failures"]:
            last = f"last read {ago(row['fetched_at'], now())}" if row["fetched_at"] else "never read"
            why += f"; {count(row['failures'], 'failure')} in a row, {last}"
        state = "wrong" if ailment.wrong else "told"
        found.append(Finding(row["id"], why, state, ailment.next, ailment.kind))
    return found
