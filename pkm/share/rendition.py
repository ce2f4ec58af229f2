"""One delivery as bytes, before it leaves or after: a value, made by rendered.py."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from pkm.delivery import may_go
from pkm.picture import ENDINGS, Picture
from pkm.share import posts
from pkm.share.letter import MEDIA_TYPE as LETTER
from pkm.share.letter import whole_size


@dataclass(frozen=True, slots=True)
class Rendered:
    """Bytes that would leave (or have left) on one channel, for one circle (None: for people by name).

    recipient: an address; "" where the channel itself is the recipient; a contact's id where nobody knows an address, and
    then there are no bytes. new: whether the others of the circle got something before, and this one did not.

    payload: what the store keeps. A picture's bytes are kept once, with the attachments by their hash: of a file that is a
    picture the payload is empty, a letter has a line in the place of each (letter.unpack), a post names it. hash: of the bytes
    that leave, where these are other ones. length: of a picture that is kept. pictures: those that are not kept yet, by hash.
    """

    circle: str | None
    channel: str
    channel_kind: str
    file_name: str
    media_type: str
    payload: bytes
    stage_id: int
    circle_id: int | None
    channel_id: int
    part: int
    key: str
    recipient: str = ""
    contact_id: int | None = None
    name: str = ""
    new: bool = False
    state: str = ""
    error: str = ""
    hash: str = ""
    length: int = 0
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The hash of the bytes that leave, in hex."""
        return self.hash or hashlib.sha256(self.payload).hexdigest()

    @property
    def size(self) -> int:
        """How many bytes leave."""
        if self.is_picture:
            return self.length or len(self.pictures[self.hash].data)
        return whole_size(self.payload) if self.media_type == LETTER else len(self.payload)

    @property
    def may_go(self) -> bool:
        """Whether it goes with the next send: it is new, or has not left."""
        return not self.state or may_go(self.state, self.error)

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture in a file of its own."""
        return self.media_type in ENDINGS

    @property
    def is_post(self) -> bool:
        """Whether it is posted to the channel itself."""
        return bool(posts.kind_of(self.media_type))

    @property
    def is_letter(self) -> bool:
        """Whether it is a letter to one recipient that has an address."""
        return self.media_type == LETTER and bool(self.payload)
