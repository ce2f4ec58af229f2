"""What is brought from elsewhere: a vault of notes, a long list of feeds, an address book."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from tests.bench.large import Writer
from tests.bench.measure import run
from tests.bench.table import Row

NOTES, FEEDS, CARDS = (2_700, 10), (10_000, 5), (20_000, 15)
"""How many, and in how many seconds on two cores."""


def bench(asked: Namespace, folder: Path) -> Iterator[Row]:
    """A row for each."""
    writer = Writer()
    vault = folder / "vault"
    vault.mkdir()
    for number in range(NOTES[0]):
        title, text = writer.write(writer.choose_topics())
        (vault / f"note {number}.md").write_text(f"# {title}\n\n{text} [[note {number // 2}]] #t{number % 50}\n")
    listed = folder / "feeds.opml"
    outlines = "\n".join(
        f'<outline type="rss" text="Feed {n}" xmlUrl="https://h{n}.example.org/feed"/>' for n in range(FEEDS[0])
    )
    listed.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
    cards = folder / "cards.vcf"
    cards.write_text("".join(
        f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Person {n} Surname{n}\r\nN:Surname{n};Person {n};;;\r\n"
        f"EMAIL:p{n}@example.org\r\nEND:VCARD\r\n" for n in range(CARDS[0])
    ), newline="")  # fmt: skip
    given = {"notes": (vault, NOTES), "feeds of an OPML": (listed, FEEDS), "vCards": (cards, CARDS)}
    for name, (path, (number, bound)) in given.items():
        env = {"PKM_HOME": str(folder / f"home-{path.name}")}
        took = run([sys.executable, "-m", "pkm", "import", str(path), "--yes"], env=env, codes=(0, 4))
        yield Row(f"import of {number:,} {name}", took.wall_s, bound=bound, note=f"cpu {took.cpu_s:.2f} s")
