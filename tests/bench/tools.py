"""The other tools that a person has at hand for one of pkm's jobs: what they take as whole processes, on the same things.

There is no bound: they do less (no order, no links, no people), or more of one thing. A tool that is not installed is a
row that says so.
"""

import subprocess
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from tests.bench import peers, stores
from tests.bench.measure import alternately
from tests.bench.startup import PKM, SMALL
from tests.bench.table import Row


def bench(asked: Namespace, folder: Path) -> Iterator[Row]:
    """A row for each tool."""
    home = stores.home(asked.stores or folder, SMALL // 3, SMALL)
    word = stores.texts(home)[-1][1].split()[0].lower()
    sql = f"SELECT item.id, item.title FROM item_fts JOIN item ON item.id = item_fts.rowid WHERE item_fts MATCH '{word}' " \
          "ORDER BY item_fts.rank LIMIT 20"  # fmt: skip
    find, note, show = [*PKM, "find", word], [*PKM, "sense", "note", "A thought about #paths"], [*PKM, "contact", "show", "c1"]
    jobs = {
        "rg": ("find, 3,000 items", find, home, lambda: _texts(home, folder / "texts", word)),
        "sqlite3": ("find, 3,000 items", find, home, lambda: [str(home / "pkm.db"), sql]),
        "sqlite-utils": ("find, 3,000 items", find, home, lambda: ["query", str(home / "pkm.db"), sql]),
        "notmuch": ("find, 3,000 items", find, home, lambda: _mails(home, folder / "mail", word)),
        "jrnl": ("write a note", note, folder / "writing", lambda: _journal(folder)),
        "khard": ("show one of 100 contacts", show, home, lambda: _cards(folder)),
    }
    for name, (work, ours, place, prepare) in jobs.items():
        program = peers.find(name)
        if program is None:
            yield Row(work, None, name, note=f"{name} is not installed")
            continue
        env = {"PKM_HOME": str(place), "NOTMUCH_CONFIG": str(folder / "mail" / "config")}
        found = alternately({"ours": ours, "theirs": [program, *prepare()]}, asked.runs, env)
        note_cpu = f"cpu {found['ours'].cpu_s:.2f} s, theirs {found['theirs'].cpu_s:.2f} s"
        yield Row(work, found["ours"].wall_s, name, found["theirs"].wall_s, note=note_cpu)


def _texts(home: Path, folder: Path, word: str) -> list[str]:
    """The items as files, a file an item; rg looks for the same word."""
    folder.mkdir(exist_ok=True)
    for number, title, text in stores.texts(home):
        (folder / f"{number}.md").write_text(f"{title}\n\n{text}\n")
    return ["--word-regexp", "--ignore-case", "--files-with-matches", "--no-config", word, str(folder)]


def _mails(home: Path, folder: Path, word: str) -> list[str]:
    """The items as letters that notmuch has indexed."""
    (folder / "cur").mkdir(parents=True)
    for number, title, text in stores.texts(home):
        (folder / "cur" / f"{number}:2,").write_text(
            f"From: a@example.org\nTo: b@example.org\nMessage-ID: <{number}@example.org>\n"
            f"Date: Mon, 23 Nov 2026 09:00:00 +0000\nSubject: {title}\n\n{text}\n"
        )
    config = folder / "config"
    config.write_text(f"[database]\npath={folder}\n[user]\nname=a\nprimary_email=a@example.org\n[new]\ntags=new\nignore=config\n")
    subprocess.run([str(peers.find("notmuch")), f"--config={config}", "new", "--quiet"], check=True, capture_output=True)
    return [f"--config={config}", "search", "--limit=20", word]


def _journal(folder: Path) -> list[str]:
    config = folder / "jrnl.yaml"
    (folder / "journal.txt").touch()
    config.write_text(
        f"journals:\n  default:\n    journal: {folder / 'journal.txt'}\n"
        "colors: {body: none, date: none, tags: none, title: none}\n"
        "default_hour: 9\ndefault_minute: 0\neditor: ''\nencrypt: false\nhighlight: true\nindent_character: '|'\nlinewrap: 79\n"
        "tagsymbols: '#@'\ntemplate: false\ntimeformat: '%F %r'\nversion: v4.2\n"
    )  # fmt: skip
    return ["--config-file", str(config), "A thought about #paths"]


def _cards(folder: Path) -> list[str]:
    cards = folder / "cards"
    cards.mkdir()
    for n in range(1, 101):
        (cards / f"{n}.vcf").write_text(
            f"BEGIN:VCARD\r\nVERSION:4.0\r\nUID:{n}\r\nFN:Person {n} Surname{n}\r\nN:Surname{n};Person {n};;;\r\nEND:VCARD\r\n",
            newline="",
        )
    config = folder / "khard.conf"
    config.write_text(f"[addressbooks]\n[[all]]\npath = {cards}\n[general]\neditor = true\nmerge_editor = true\n")
    return ["--config", str(config), "show", "Surname100"]


