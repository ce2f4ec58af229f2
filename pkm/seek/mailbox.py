"""A mailbox as the pull reads it: its new letters, some at a time, the newest first. The edge and the parser meet here."""

from collections.abc import Iterator

from pkm.errors import BadInput
from pkm.net.mailbox import open_mailbox
from pkm.seek.credential import read_secret
from pkm.seek.decide import Facts, Fetched
from pkm.seek.letter import Letter, is_bulk, read_letter

AT_ONCE = 200
BYTES_AT_ONCE = 4_000_000
"""So many letters, or bytes of them, are handed on together."""


def read_mailbox(facts: Facts) -> Iterator[Fetched]:
    """The letters that came since the last time, in one or more pieces; at least one, the last without `more`.

    Only the last piece says up to where the mailbox is read: what is cut short is read again. Of a mailbox that is read
    for the first time, all but the first piece is its past. Personal letters are left
    out, unless the mailbox's address says otherwise. Raises PkmError kinds.
    """
    secret = read_secret(facts.credential) if facts.credential else ""
    reading = open_mailbox(facts.url, cursor=facts.etag, wanted=is_bulk, secret=secret)
    letters: list[Letter] = []
    size, past = 0, False
    for data in reading:
        try:
            letters.append(read_letter(data))
        except BadInput:
            continue  # a file among letters that is none
        size += len(data)
        if len(letters) >= AT_ONCE or size >= BYTES_AT_ONCE:
            yield Fetched(etag=facts.etag, letters=tuple(letters), more=True, past=past)
            letters, size, past = [], 0, facts.etag is None
    yield Fetched(etag=reading.cursor, letters=tuple(letters), personal=reading.left_out, past=past)
