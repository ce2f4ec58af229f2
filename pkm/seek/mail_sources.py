"""Following mail: what was typed becomes a mailbox that is followed, a list that may come again, or one letter taken in."""

import re
from pathlib import Path
from typing import Any

from pkm.errors import BadInput, Invalid, NotFound
from pkm.ids import existing
from pkm.mime import MAX_LETTER
from pkm.net.fetch import file_path, read_file
from pkm.net.letters import Place
from pkm.net.mailbox import SCHEMES, is_mailbox, maildir_folders, make_url, read_place
from pkm.seek.sources import SourceAdded, SourceEdit, add_source, edit_source
from pkm.store import mail, sources
from pkm.store.session import Store
from pkm.text import one_line

_LETTER = re.compile(
    rb"(?:return-path|received|delivered-to|from|to|date|subject|message-id|mime-version|dkim-signature|arc-seal|"
    rb"x-[\w-]+|authentication-results)[ \t]*:", re.I,
)  # fmt: skip


def find_place(address: str, *, all_mail: bool = False, subfolders: bool = False) -> Place | None:
    """The mailbox that was typed: an address, or the path of a Maildir or an mbox; None where it is none of these.

    Raises Invalid where an address holds a password or no user; BadInput for a folder that is no Maildir.
    """
    address = one_line(address)
    if is_mailbox(address):
        place = read_place(address)
        _check(address, place)
        all_mail, subfolders = all_mail or place.all_mail, subfolders or place.subfolders
        return place._replace(all_mail=all_mail, subfolders=subfolders and place.scheme == "maildir")
    if "://" in address or not (path := file_path(address).absolute()).exists():
        return None
    if path.is_dir():
        maildir_folders(path, subfolders=True)
        return Place("maildir", str(path), all_mail=all_mail, subfolders=subfolders)
    if path.suffix.lower() in (".mbox", ".mbx") or _head(path).startswith(b"From "):
        return Place("mbox", str(path), all_mail=all_mail)
    return None


def _check(address: str, place: Place) -> None:
    example = "imaps://ann@mail.example.org/Newsletters"
    if place.scheme in ("maildir", "mbox"):
        if not Path(place.path).exists():
            raise NotFound(place.path, "there is no such mailbox")
        return
    if re.match(r"[a-z]+://[^/@]*:[^/]*@", address, re.I):
        step = f"{example} --credential env:NAME"
        raise Invalid("the address", "a password does not belong in it", next=f"pkm seek add {step}")
    if not place.user or not place.host:
        raise Invalid(sources.without_user(address), "it should say who logs in, and where", next=f"pkm seek add {example}")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8192) if path.is_file() else b""
    except OSError:
        return b""


def is_letter(address: str) -> bool:
    """Whether what was typed is a file that holds one letter."""
    if "://" in address and address[:5].lower() != "file:":
        return False
    try:
        path = file_path(one_line(address))
    except BadInput:
        return False
    if not path.is_file():
        return False
    head = _head(path)
    return path.suffix.lower() == ".eml" or bool(_LETTER.match(head) and re.search(rb"^from[ \t]*:", head, re.I | re.M))


def read_letter_file(address: str) -> bytes:
    """The letter in the file; of a huge one its beginning is enough. Raises NotFound, BadInput."""
    return read_file(file_path(one_line(address)), 5 * MAX_LETTER)


def follow_mailbox(store: Store, place: Place, *, title: str = "", **options: Any) -> SourceAdded:
    """The mailbox is followed; its letters come with the next pull.

    One that is followed already is read otherwise (all letters, all folders) where that was asked for; else Exists.
    """
    url = make_url(place)
    if (there := find_followed(store, place)) is not None:
        number, followed = there
        if read_place(followed) != place and (place.all_mail or place.subfolders):
            return SourceAdded(edit_source(store, number, SourceEdit(url=url)))
        url = followed
    return add_source(store, url, title=title or _title(place), **options)


def find_followed(store: Store, place: Place) -> tuple[int, str] | None:
    """(number, address) of the source that reads this mailbox, whichever of its letters it takes."""
    boxes = mail.find_mailbox(store.read(), SCHEMES)
    return next((one for one in boxes if read_place(one[1])[:5] == place[:5]), None)


def _title(place: Place) -> str:
    name = place.path.rstrip("/").rpartition("/")[2]
    if place.scheme in ("maildir", "mbox"):
        return name.removesuffix(".mbox") or place.path
    account = place.user if "@" in place.user else f"{place.user}@{place.host}"
    return f"{place.path.strip('/') or 'INBOX'} ({account})"


def follow_list(store: Store, url: str) -> SourceAdded:
    """A list that was removed may come again, with the letters that are still in its mailbox. Raises Exists, NotFound."""
    with store.unit() as unit:
        if url not in mail.dismissed(unit.connection, [url]):
            step = "follow the mailbox that its letters come into: pkm seek add ~/Mail/news"
            raise NotFound(url, "no list of that name was removed", next=step)
        boxes = mail.find_mailbox(unit.connection, SCHEMES)
        mail.welcome_list(unit, url)
        number = mail.add_list(unit, url, "", mailbox_id=None, contact_id=None, state="active")
        mail.reread_mailboxes(unit, [box for box, _ in boxes])
        row = existing(sources.row(unit.connection, number), "source", number)
        unit.summarize(f"follows {row['title']} again")
        return SourceAdded(row)
