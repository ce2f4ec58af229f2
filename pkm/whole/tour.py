"""The tour's script: which commands it plays, in which order, and what is said before each.

Owns the words only. Knows nothing of processes, servers or the terminal; ids stand as {names} until they are known.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Find:
    """An id that later steps name: of the first row of a list whose title begins with `title`."""

    name: str
    ask: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the loop. part: the heading it stands under; finds: what must be there once it has run."""

    part: str
    said: str
    words: tuple[str, ...]
    finds: tuple[Find, ...] = ()


WORDS = "A page that people copy by hand is a path worth paving."
"""What is quoted of Maria's page."""
OWN = "Desire paths are votes cast with feet"
"""The title of the note that `pkm why` is asked about."""
OTHER = "Retrospectives miss the workarounds"

_NOTES = ("find", "kind:note")
_SOURCES = ("seek", "list")
_INBOX = ("sense", "inbox")

STEPS: Sequence[Step] = (
    Step("Connect", "It starts with a person. pkm looks for what she writes, and follows it.",
         ("contact", "add", "Maria Silva", "--nick", "maria", "--url", "{here}/maria/"),
         (Find("maria", ("contact", "list"), "Maria Silva"),)),
    Step("Seek", "Then a community to learn with, and one voice from elsewhere: chance needs a way in.",
         ("seek", "add", "{here}/commons/", "{here}/chance/feed.json"),
         (Find("commons", _SOURCES, "The Practice Commons"), Find("chance", _SOURCES, "Room for Chance"))),
    Step("Seek", "Fetch what they wrote. Only what is new comes in, however often you ask.",
         ("seek", "pull", "--all")),
    Step("Sense", "Everything lands in one inbox, and stays there until you decide.",
         ("sense", "inbox"),
         (Find("paths", _INBOX, "Desire paths in the wiki"), Find("forty", _INBOX, "What forty retrospectives"),
          Find("shelf", _INBOX, "The shelf next to"))),
    Step("Sense", "Keep little, and say in your own words why. #tags and @people are read out of them.",
         ("sense", "keep", "{paths}", "--note",
          f"{OWN}. @maria counts hers; ours is the checklist that everybody copies by hand. #desire-paths"),
         (Find("own", _NOTES, OWN),)),
    Step("Sense", "The exact words that struck you can be quoted, with a thought of yours.",
         ("sense", "annotate", "{paths}", "-q", WORDS, "-m", "Ask the same of our meeting templates."),
         (Find("quote", ("find", "kind:annotation"), ""),)),
    Step("Sense", "An observation from your own day needs no source. [[Double brackets]] link it to another note.",
         ("sense", "note",
          f"{OTHER}. People walk around a process long before they complain about it: [[{OWN}]]. #retro"),
         (Find("other", _NOTES, OTHER),)),
    Step("Sense", "Or link by hand, and say how: this item made you think of it.",
         ("sense", "link", "{other}", "{forty}", "--as", "source")),
    Step("Sense", "Most of what comes in may go …",
         ("sense", "drop", "{shelf}")),
    Step("Sense", "… and if that was too fast: every command can be taken back.",
         ("undo",),
         (Find("shelf", _INBOX, "The shelf next to"),)),
    Step("People", "Between your team and the wide world is a community: peers you trust with a half-baked idea.",
         ("circle", "add", "practice", "--kind", "community", "--purpose", "to test ideas among peers"),
         (Find("practice", ("circle", "list"), "practice"),)),
    Step("People", "Over time somebody you read becomes somebody you learn with. The reason is kept.",
         ("circle", "join", "practice", "maria", "--because", "co-hosts the meetup, and answers with candor")),
    Step("Share", "Notes are private until you say how far they may go. A guard checks it before anything leaves.",
         ("sense", "reach", "{own}", "{other}", "network")),
    Step("Share", "What do I have on this? One search over items, quotes, notes and people.",
         ("find", "paths"),
         (Find("hit", ("find", "paths"), OWN),)),
    Step("Share", "The digest since the last one: your own words first, then the source and its author.",
         ("share", "--yes"),
         (Find("share", ("share", "log"), ""),)),
    Step("Why", "The whole chain is in one place: who wrote it, what you made of it, where it went.",
         ("why", "{own}")),
)  # fmt: skip


def fill(words: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """The words with every {name} replaced by what is known under it. Raises KeyError for a name that is not."""
    return [re.sub(r"\{(\w+)\}", lambda match: known[match[1]], word) for word in words]


def as_typed(words: Sequence[str]) -> str:
    """The command line as a person types it in a shell: `pkm contact add "Maria Silva"`."""
    return " ".join(["pkm", *map(_quoted, words)])


def _quoted(word: str) -> str:
    if shlex.quote(word) == word:
        return word
    return shlex.quote(word) if re.search(r'["$`\\!]', word) else f'"{word}"'
