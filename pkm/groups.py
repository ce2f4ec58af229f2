"""The groups of commands: `pkm seek …` and the like, with what each does, and what of a command line names the command alone."""

import re

GROUPS = {
    "seek": "Pull the sources that are due, then list what is new.",
    "sense": "Work through the inbox: keep, drop, note, quote, tag, link, grow.",
    "share": "Draft the digest since the last one, show it, and publish it once confirmed.",
    "contact": "The people you learn with: add, show, log what passed between you.",
    "circle": "Circles of people (team, community, network): who is in them, and why.",
    "tag": "List, rename and merge tags.",
}


def bare_command(command: str) -> str:
    """The command without what was given to it: `pkm contact add`."""
    words = re.findall(r"[^\s]+", command)
    kept = words[:2]
    if len(words) > 2 and any(group.startswith(words[1]) for group in GROUPS) and re.fullmatch("[a-z]+", words[2]):
        kept = words[:3]
    return " ".join(kept)
