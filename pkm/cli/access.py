"""What the command line says and takes of how a source is reached: the place of its secret, its feed on stdin."""

import re
import sys
from collections.abc import Iterable, Sequence

from pkm.cli import render
from pkm.text import without_user

_QUERY_SECRET = re.compile(
    r"[?&;](?:(?:[a-z]+[_-])?(?:token|secret|api_?key|auth_?key)|key|apikey|auth|password|passwd|pwd)=[^&;#\s]", re.I
)


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
    if any(_QUERY_SECRET.search(address) for address in shown):
        render.tell("The address holds what looks like a secret (token, key or the like). It stands in the store as it is, in "
                    "what `pkm seek list` and `export` write, and in your shell's history.")
        render.tell("Better, where the server takes it as a header: the address without it, and --credential env:NAME, "
                    "command:WORDS or file:PATH. Else keep it out of lists that you share.")


def feed_on_stdin(ids: Sequence[int] | None) -> bytes:
    """The feed that was handed over, for exactly one source. Raises Invalid for none or several, BadInput for too much."""
    from pkm.errors import BadInput, Invalid
    from pkm.net.fetch import MAX_BYTES

    if ids is None or len(ids) != 1:
        raise Invalid("--stdin", "it takes exactly one source", next="COMMAND | pkm seek pull s5 --stdin")
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadInput("stdin", f"it is larger than {MAX_BYTES // 1_000_000} MB")
    return data
