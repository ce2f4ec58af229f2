"""What the states of a delivery mean: whether it may go, and whether it may be on the other side. Pure.

waiting: it may go; sending: a run hands it in; sent; refused: a server, or a person, says that it did not arrive; unknown: it
was handed in, and nobody answered; held: it may have left before, or elsewhere; cancelled: it goes nowhere any more.

A letter that its server took, and that is reported to have come back, counts as refused; it may have arrived all the same,
for anybody who knows it can send such a report.
"""

from collections.abc import Iterable

MAY_GO = ("waiting", "refused")
"""States in which it may go with the next send, but for what came back."""

NOT_LEFT = (*MAY_GO, "held")
"""States in which it has not left as far as this store knows, but for what came back."""

MAY_HAVE_LEFT = ("sending", "sent", "unknown")
"""States in which its bytes may be on the other side; so may those of what came back."""

UNSETTLED = ("unknown", "held")
"""States that the person settles, where nobody else can say."""

CAME_BACK = "it came back: "
"""How the reason begins for which a letter is refused that its server had taken."""

BEGAN = "outbox.log says it began to leave"
"""How the reason begins for which a letter is held that the store, older than the ledger, takes for one that waits."""

NO_ADDRESS = "no e-mail address is known"
"""Why a letter is refused that nobody can send."""


def came_back(state: str, error: str) -> bool:
    """Whether a report says that the letter did not arrive. It is never sent again before the person names it."""
    return state == "refused" and error.startswith(CAME_BACK)


def may_go(state: str, error: str) -> bool:
    """Whether a send may take it."""
    return state in MAY_GO and not came_back(state, error)


def is_refused(state: str, error: str) -> bool:
    """Whether its server said no to it for good: only the person has it tried again."""
    return state == "refused" and error != NO_ADDRESS and not came_back(state, error)


def may_have_left(state: str, error: str) -> bool:
    """Whether its bytes may be on the other side, so that they stay as they are and go to nobody twice."""
    return state in MAY_HAVE_LEFT or came_back(state, error)


def may_be_there(state: str, error: str) -> bool:
    """The same, or the ledger beside the store knows that it began to leave."""
    return may_have_left(state, error) or (state == "held" and error.startswith(BEGAN))


def may_have_it(state: str, error: str) -> bool:
    """Whether who it is for has it, or may have, from here or from another home."""
    return may_have_left(state, error) or state == "held"


def sql_list(states: Iterable[str]) -> str:
    """States as SQL's IN has them: ('sending', 'sent', 'unknown')."""
    return "({})".format(", ".join(f"'{state}'" for state in states))
