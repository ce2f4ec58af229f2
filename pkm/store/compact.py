"""The store without the room that what is gone has left: its file is written anew, in the order in which it is read.

What was dropped leaves empty pages, which are used again before the file grows; only who wants the room back needs this.
"""

import contextlib
import shutil
import sqlite3

from pkm.errors import StoreError
from pkm.store.connection import Paths, connect, let_stop, translate


def compact(home: Paths) -> tuple[int, int]:
    """The file is as small as what it holds; its bytes before and after. Ids stay, and the indexes fit them.

    Raises StoreError where the disk has too little room for the copies that this takes, or another command writes.
    """
    before = home.db.stat().st_size
    if shutil.disk_usage(home.db.parent).free < 2 * before + 10_000_000:
        raise StoreError(
            str(home.db), "the disk has too little room to write the store anew: it takes twice its size for a while",
            kept="Nothing was changed.", next="free some space and run the command again",
        )  # fmt: skip
    try:
        with contextlib.closing(let_stop(connect(home.db))) as raw:
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        if "interrupted" in str(error):
            raise KeyboardInterrupt from error
        raise translate(error, home.db) from error
    return before, home.db.stat().st_size
