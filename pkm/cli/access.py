"""How a private feed is named on the command line: the place of its secret; and what is said of one in an address."""

from collections.abc import Iterable

from pkm.cli import render
from pkm.text import without_user


def place(credential: str | None) -> str:
    """The place as it is stored, "" for none. Raises Invalid for what is no place, before anything is asked."""
    if not credential:
        return ""
    from pkm.seek.credential import check_place

    return check_place(credential)


def warn_of_secrets(addresses: Iterable[str]) -> None:
    """Whoever wrote a password into an address is told where it stands now, and of the better way."""
    shown = [address for address in addresses if not address.lower().startswith("imap")]  # there a user is no secret
    if any(without_user(address) != address for address in shown):
        render.tell("The address holds a user name or password. It is shown nowhere, but stands in the store as it is and in "
                    "your shell's history.")
        render.tell("Better: the address without it, and --credential env:NAME, command:WORDS or file:PATH.")
