"""Reach: how far a note may go. private < team < community < network; a circle gets what is at least as wide as its kind.

Pure. Anything that is not one of the four words means private.
"""

REACHES = ("private", "team", "community", "network")
"""From the narrowest to the widest."""


def read_reach(word: str) -> str:
    """The reach that a word is, written in full: none is guessed. Raises Invalid with the four there are."""
    if (found := word.strip().lower()) in REACHES:
        return found
    from pkm.spelling import none_of

    raise none_of(f"“{word}” as a reach", word, REACHES)


def is_wider(reach: str, than: str) -> bool:
    """Whether a note of the one reach may go further than one of the other."""
    return REACHES.index(reach) > REACHES.index(than)


def wide_enough(circle_kind: str) -> list[str]:
    """The reaches of notes that may go to a circle of that kind; none for a kind that is unknown."""
    if circle_kind not in REACHES[1:]:
        return []
    return list(REACHES[REACHES.index(circle_kind) :])


def may_go(reach: str, circle_kind: str) -> bool:
    """Whether a note of that reach may go to a circle of that kind."""
    return reach in wide_enough(circle_kind)
