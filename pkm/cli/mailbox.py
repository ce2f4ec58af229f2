"""Mail on the command line: what `pkm seek add` and `pkm seek clip` do with a mailbox, a letter, a list."""

from collections.abc import Sequence
from shlex import quote
from typing import Any, NamedTuple

from pkm.cli import current, render
from pkm.errors import NotFound
from pkm.ids import Row
from pkm.store.sources import without_user
from pkm.text import count

OPTIONS = ("all_mail", "subfolders")
"""Options of `add` that say how a mailbox is read."""


class Taken(NamedTuple):
    """One letter, as `add` shows what it added."""

    row: Row
    like: None = None


def add(address: str, force: bool, options: dict[str, Any]) -> Any:
    """What was added where the address is a mailbox, a letter or a list of mail; None where it is something else."""
    from pkm.seek import mail_sources

    if address.startswith("mail:"):
        return mail_sources.follow_list(current.store(), address)
    how = {name: options.get(name, False) for name in OPTIONS}
    if (place := mail_sources.find_place(address, **how)) is not None:
        said = {name: value for name, value in options.items() if name not in OPTIONS}
        followed = mail_sources.find_followed(current.store(), place) is not None
        if place.scheme in ("imap", "imaps") and not (force or followed):
            _check_server(address, place, said.get("credential") or "")
        return mail_sources.follow_mailbox(current.store(), place, **said)
    if mail_sources.is_letter(address):
        taken = take_letter(address)
        if not taken.new:
            render.tell("It was here already; it is one item.")
        return Taken(taken.row)
    return None


def _check_server(address: str, place: Any, credential: str) -> None:
    from pkm.net.imap import check_folder
    from pkm.net.mailbox import make_url
    from pkm.seek.credential import read_secret

    if not credential:
        step = f"pkm seek add {make_url(place)} --credential env:NAME"
        raise NotFound(f"the password of {place.user}", "nothing says where it is", kept="Nothing was added.", next=step)
    check_folder(without_user(address), place, read_secret(credential))


def take_letter(address: str, *, kept: bool = False, tag_names: Sequence[str] = ()) -> Any:
    """The letter in the file is an item."""
    from pkm.seek.mail import take_letter
    from pkm.seek.mail_sources import read_letter_file

    return take_letter(current.store(), read_letter_file(address), kept=kept, tag_names=tag_names)


def _commands() -> list[str]:
    """What takes all letters, of each mailbox that is read for its newsletters alone; of many, of the first."""
    from pkm.net.mailbox import SCHEMES, read_place
    from pkm.store.mail import find_mailbox

    found = [(url, read_place(url)) for _, url in find_mailbox(current.store().read(), SCHEMES)]
    named = [place.path if place.scheme in ("maildir", "mbox") else url for url, place in found if not place.all_mail]
    return [f"pkm seek add {quote(one)} --all-mail" for one in named[:3]]


def tell_left(report: Any) -> None:
    """How many letters a pull left where they are."""
    if report.personal and (boxes := _commands()):
        letters = count(report.personal, "personal letter")
        render.tell(f"{letters} left in the mailbox{'' if len(boxes) == 1 else 'es'}. To take them as well: {boxes[0]}")
        for other in boxes[1:]:
            render.tell(f"  or of another: {other}")
