"""What the states of a delivery mean: whether it may go, and whether it may be on the other side. Pure.

A letter that its server took, and that is reported to have come back, counts as refused; it may have arrived all the same,
for anybody who knows it can send such a report.
"""

MAY_GO = ("waiting", "refused")
"""States of a delivery that may go with the next send, but for what came back."""

MAY_HAVE_LEFT = ("sending", "sent", "unknown")
"""States of a delivery whose bytes may be on the other side; so may those of what came back."""

CAME_BACK = "it came back: "
"""How the reason begins for which a letter is refused that its server had taken."""

NO_ADDRESS = "no e-mail address is known"
"""Why a letter is refused that nobody can send."""


def came_back(state: str, error: str) -> bool:
    """Whether a report says that the letter did not arrive. It is never sent again before the person names it."""
    return state == "refused" and error.startswith(CAME_BACK)


def may_go(state: str, error: str) -> bool:
    """Whether a send may take it."""
    return state in MAY_GO and not came_back(state, error)


def may_have_left(state: str, error: str) -> bool:
    """Whether its bytes may be on the other side, so that they stay as they are and go to nobody twice."""
    return state in MAY_HAVE_LEFT or came_back(state, error)


def is_refused(state: str, error: str) -> bool:
    """Whether its server said no to it for good: only the person has it tried again."""
    return state == "refused" and error != NO_ADDRESS and not came_back(state, error)
