"""A digest, or an introduction, as letters: one a recipient, with the same words; what each may know of the others.

A digest's letter names its own recipient alone. An introduction is one letter to both, with both addresses in it: that is
what it is for; it has one name (Message-ID), so that what one answers to all stands beside what the other got.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pkm.config import Home
from pkm.errors import Invalid
from pkm.ids import Row
from pkm.share.letter import Inline, Letter, Mailbox, is_address, read_mailbox, write

if TYPE_CHECKING:
    from pkm.share.render import Digest


def compose(
    share: str, digest: "Digest", stage: Row, channel: Row, people: Sequence[dict[str, Any]], keys: Mapping[int, str],
    home: Home, answers: Mapping[int, str] | None = None,
) -> Iterable[tuple[dict[str, Any], bytes]]:  # fmt: skip
    """(person, letter) for each; no bytes where there is no address. share: its id. keys: by the people's numbers.
    answers: the keys of the letters that these are about, by the same.

    Raises Invalid where an introduction lacks a person or an address: it is for both or for nobody.
    """
    from pkm.share.render import render_letter

    by_name = stage["circle_id"] is None
    if by_name and len(people) < 2:
        raise Invalid(share, "one of the two it introduces is no longer there", next="pkm contact introduce WHO WHO")
    reachable = [one for one in people if is_address(one["email"] or "")]
    if by_name and len(reachable) < len(people):
        lacking = next(one for one in people if one not in reachable)
        raise Invalid(
            f"an introduction of {lacking['name']} (c{lacking['id']})", "no e-mail address is known", kept="the draft",
            next=f"pkm contact edit c{lacking['id']} --email ADDRESS; or send it yourself: pkm share preview {share}, "
            f"then pkm share send {share} --by-hand",
        )  # fmt: skip
    text, html = render_letter(digest, listed=not by_name, templates=home.templates)
    sender = read_mailbox(channel["options"]["from"])
    shown = {one.sha256: one for piece in digest.pieces for one in piece.figures if one.content_id in html}
    pictures = tuple(
        Inline(one.sha256, one.size_bytes, one.media_type, one.content_id, one.file.rpartition("/")[2]) for one in shown.values()
    )
    boxes = {one["id"]: Mailbox(one["name"], one["email"]) for one in reachable}
    for one in people:
        if one not in reachable:
            yield one, b""
            continue
        yield one, write(Letter(
            key=keys[reachable[0]["id"]] if by_name else keys[one["id"]], sender=sender,
            to=tuple(boxes.values()) if by_name else (boxes[one["id"]],), subject=digest.title, date=digest.date,
            text=text, html=html, list_id="" if by_name else f"o{stage['circle_id']}", list_name=digest.circle,
            answers=(answers or {}).get(one["id"], ""), pictures=pictures,
        ))  # fmt: skip
