"""Large stores from the generator, made once and kept where the command line says so (--stores)."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

from pkm.config import Home
from pkm.store.session import Store
from tests.bench.large import fill


def home(folder: Path, notes: int, items: int) -> Path:
    """A home with so many notes and items; made where it is not there yet, of this schema where it has an older one."""
    place = folder / f"store-{notes}-{items}"
    if not (place / "done").exists():
        place.mkdir(parents=True, exist_ok=True)
        store = opened(place)
        fill(store, notes, items)
        store.close()
        (place / "done").touch()
    store = opened(place)
    store.read()  # what an older one is migrated by, which is no command's to be measured
    store.close()
    shutil.rmtree(place / "backups", ignore_errors=True)  # it can be made again
    return place


def texts(place: Path) -> list[tuple[int, str, str]]:
    """(number, title, text) of each item of a home."""
    with contextlib.closing(sqlite3.connect(place / "pkm.db")) as db:
        return db.execute("SELECT id, title, text FROM item ORDER BY id").fetchall()


def opened(place: Path) -> Store:
    """The store of a home."""
    before = os.environ.get("PKM_HOME")
    os.environ["PKM_HOME"] = str(place)
    try:
        return Store(Home.find(), "bench")
    finally:
        os.environ.pop("PKM_HOME") if before is None else os.environ.update(PKM_HOME=before)
