"""A vault of any size with a fixed seed: notes in folders, with links, tags, aliases, front matter and odd forms.

`python -m tests.vault FOLDER 2700` writes one.
"""

import random
import sys
from pathlib import Path

WORDS = [
    "path", "desire", "map", "people", "work", "learn", "share", "note", "idea", "practice", "team", "circle",
    "trust", "network", "community", "season", "garden", "river", "stone", "quiet", "open", "question", "retro",
    "probe", "sense", "respond", "story", "craft", "tool", "habit", "draft", "edge", "loop", "signal", "noise",
    "friend", "city",
]  # fmt: skip


def write_vault(folder: Path, notes: int, seed: int = 7) -> None:
    """The folder holds so many notes, the same ones for the same seed."""
    chance = random.Random(seed)
    names = [f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}" for number in range(notes)]
    for number, name in enumerate(names):
        place = folder / f"area {number % 23}" / f"{name}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_note(chance, names, number).encode())


def _note(chance: random.Random, names: list[str], number: int) -> str:
    front = ""
    if number % 3 == 0:
        front = f"---\naliases: [Alias {number}]\ntags:\n  - area/{number % 9}\nrating: {number % 5}\n---\n"
    parts = [f"# {names[number].title()}" if number % 2 else ""]
    for _ in range(chance.randint(3, 14)):
        words = " ".join(chance.choice(WORDS) for _ in range(chance.randint(20, 70)))
        if chance.random() < 0.35:
            words += f" [[{chance.choice(names)}|so]]"
        if chance.random() < 0.1:
            words += f" #{chance.choice(WORDS)}/{chance.choice(('one', 'two'))}"
        if chance.random() < 0.05:
            words += " [[Nowhere yet]] `[[code]]`"
        parts.append(words + ".")
    text = front + "\n\n".join(parts) + "\n"
    return text.replace("\n", "\r\n") if number % 50 == 0 else text


if __name__ == "__main__":
    write_vault(Path(sys.argv[1]), int(sys.argv[2]))
