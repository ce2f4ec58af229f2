"""What a text may name is found in the store by how it begins, as among all names."""

from itertools import permutations
from pathlib import Path

from pkm.config import Home
from pkm.mentions import Names, beginnings
from pkm.store import nearness
from pkm.store.session import Store

TITLES = (
    "Café culture", "Cafe", "Résumés kept", "naïve plans", "Straße am See", "Москва слезам", "東京 tower", "“Quoted paths”",
    "(Happy) days", "happiness", "Über alles", "Planning 2026", "2026 plans", "_under", "{brace} paths", "[bracket] day",
)  # fmt: skip
WORDS = (
    "cafe", "café", "culture", "resume", "résumé", "kept", "naive", "plan", "straße am", "see", "москва", "слезам", "東京",
    "tower", "quoted", "path", "happy", "days", "uber", "alles", "planned", "2026", "under", "brace", "bracket",
)  # fmt: skip


def test_names_that_begin_as_the_text_does_are_all_that_it_names(home: Path) -> None:
    store = Store(Home.find())
    with store.unit() as unit:
        for number, title in enumerate(TITLES):
            unit.insert("note", uid=f"u{number}", title=title, text="", stage="idea", reach="private", created_at=unit.at,
                        updated_at=unit.at)  # fmt: skip
    db = store.read()
    every = Names(nearness.names(db))
    for pair in permutations(WORDS, 2):
        text = " ".join(pair)
        few = Names(nearness.names(db, beginnings(text)), text=text)
        assert few.mentioned(text, set()) == every.mentioned(text, set()), text
    assert [one.thing[1] for one in every.mentioned("cafe culture; resume kept", set())] == [1, 3]
    store.close()
