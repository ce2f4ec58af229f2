"""Letters that came back: what a mail server reports of one that it took and could not deliver (RFC 3464), and what that means.

A report that says `failed` for the address that a letter went to makes its delivery refused. Anybody who knows the letter can
send one, so it is not sent again before the person says that it did not arrive. A report for another address (it was passed
on), of a delay, or of anything that was not sent from here changes nothing. It is never an answer of a person.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.message import Message

from pkm.addresses import address_key
from pkm.mime import raw_header
from pkm.text import clean, one_line

MAX_RECIPIENTS = 100


@dataclass(frozen=True, slots=True)
class Bounce:
    """A letter that could not be delivered. key: of the own letter; failed: address (its address_key) -> the server's words.

    at: a stamp, "" where the report gives no time.
    """

    key: str
    failed: tuple[tuple[str, str], ...]
    at: str


def is_report(message: Message) -> bool:
    """Whether a letter with these headers reports what became of another one."""
    kind = raw_header(message, "content-type").lower()
    return kind.lstrip().startswith("multipart/report") and "delivery-status" in kind


def read_bounce(message: Message, keys: Collection[str], at: str) -> Bounce | None:
    """What the report says of an own letter that could not be delivered, None where it says no such thing."""
    if not is_report(message) or not message.is_multipart():
        return None
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    key = next((key for part in parts for key in _names(part) if key in keys), "")
    failed = [one for part in parts if part.get_content_type() == "message/delivery-status" for one in _failed(part)]
    return Bounce(key, tuple(failed[:MAX_RECIPIENTS]), at) if key and failed else None


def _names(part: Message) -> list[str]:
    """What the letter that a part gives back is called: its Message-ID, as far as it is one of ours."""
    kind, payload = part.get_content_type(), part.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list) and payload and isinstance(payload[0], Message):
        head = raw_header(payload[0], "message-id")
    elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
        text = payload if isinstance(payload, str) else "\n".join(map(str, payload)) if isinstance(payload, list) else ""
        found = re.search(r"^message-id:\s*(\S+)", text[:100_000], re.I | re.M)
        head = found[1] if found else ""
    else:
        return []
    return re.findall(r"<([0-9a-f]{32})@[^<>\s]*>", head)


def _failed(part: Message) -> Iterator[tuple[str, str]]:
    """(address, the server's words) of each recipient whom the letter did not reach, for good."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, Message) or raw_header(block, "action").strip().lower() != "failed":
            continue
        status = one_line(raw_header(block, "status").split("(")[0], 20)
        if status and not status.startswith(("4", "5")):
            continue
        said = one_line(clean(raw_header(block, "diagnostic-code").partition(";")[2]), 200)
        words = said if status in said else f"{status} {said}".strip()
        for name in ("original-recipient", "final-recipient"):
            if address := address_key(raw_header(block, name).partition(";")[2].strip().strip("<>")):
                yield address, words
