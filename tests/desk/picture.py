"""Pictures of the desk at a fixed clock, with the same few items: `python -m tests.desk.picture FILE [80x24]`."""

import asyncio
import html
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from pkm.config import Home
from pkm.desk.app import Desk
from pkm.store.session import Store

NOW = "2026-11-23T09:00:00Z"
ESSAY = (
    "People in the complex domain cannot plan their way to an answer. They probe first, then sense, and only then "
    "respond.\n\nA community of practice is where half-baked ideas are safe. The team is too close to its work for "
    "that, and the wide network too far away: trust comes before sharing.\n\nSo the question is less what to store "
    "than whom to show it to, and when."
)
ITEMS = (
    ("Trust comes before sharing", ESSAY), ("Desire paths beat roadmaps", "Where people walk, a path appears."),
    ("Notes from a walking retrospective", "We walked and talked, two by two."),
    ("What networks are for", "Weak ties bring what nobody near you knows."),
    ("複雑な領域では、まず試す", "計画よりも試行。"), ("Keep a decision log", "Write down what you expected, and when."),
)  # fmt: skip


def fill(store: Store) -> None:
    """A source, six items in the inbox of which the newest is quoted and tagged, and a note."""
    from pkm.sense.annotate import annotate
    from pkm.sense.notes import add_note
    from pkm.sense.tags import change_tags
    from pkm.store.model import Item, Source

    with store.unit() as unit:
        unit.add(Source(url="https://example.org/feed", title="Working in the open", created_at="2026-11-01T00:00:00Z"))
        for number, (title, text) in enumerate(ITEMS):
            at = f"2026-11-{20 - number:02}T09:00:00Z"
            unit.add(Item(source_id=1, title=title, url=f"https://example.org/{number}", author="Maria Silva", text=text,
                          html=f'<p>{text}</p><a href="https://example.org/more">more</a>', published_at=at,
                          received_at=at, via="source"))  # fmt: skip
    annotate(store, "item", 1, quote="They probe first, then sense", comment="matches our group")
    change_tags(store, [("item", 1)], ["cop", "org/trust"], [])
    add_note(store, "Trust grows in small steps #cop")


def take(size: tuple[int, int], keys: tuple[str, ...] = ()) -> str:
    """The desk over a new store after the keys, as SVG that loads nothing from the network."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(*(Path(folder) / name for name in ("data", "settings", "state")))
        home.ensure()
        store = Store(home, "pkm sense")
        fill(store)
        desk = Desk(store, home)

        async def look(pilot: Pilot[None]) -> None:
            await pilot.press(*keys)
            await pilot.pause()

        picture = asyncio.run(_shown(desk, size, look))
        store.close()
    return re.sub(r"@font-face\s*\{[^}]*\}\s*", "", picture)


async def _shown(desk: Desk, size: tuple[int, int], moves: Callable[[Pilot[None]], Awaitable[None]]) -> str:
    async with desk.run_test(size=size) as pilot:
        await pilot.pause()
        await moves(pilot)
        return desk.export_screenshot(title="pkm sense")


def text_of(picture: str) -> list[str]:
    """The words of a picture, line by line from the top: what it says, however it is drawn."""
    lines: dict[float, list[tuple[float, str]]] = {}
    for attributes, words in re.findall(r"<text([^>]*)>([^<]*)</text>", picture):
        x, y = (re.search(rf'\b{name}="([\d.]+)"', attributes) for name in "xy")
        if x and y and "-title" not in attributes:
            lines.setdefault(float(y[1]), []).append((float(x[1]), html.unescape(words)))
    joined = ("".join(words for _, words in sorted(parts)) for _, parts in sorted(lines.items()))
    return [" ".join(line.replace("\xa0", " ").split()) for line in joined]


def main(words: list[str]) -> None:
    """A picture is in the file."""
    os.environ |= {"PKM_NOW": NOW, "TZ": "UTC"}
    columns, lines = map(int, (words[1] if len(words) > 1 else "80x24").split("x"))
    Path(words[0]).write_text(take((columns, lines)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
