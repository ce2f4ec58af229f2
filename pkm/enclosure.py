"""A file that goes with an item, such as an episode's sound: the value that readers of feeds give and the store keeps."""

from typing import NamedTuple


class Enclosure(NamedTuple):
    """A file that goes with an entry. rel: enclosure, transcript."""

    url: str
    type: str = ""
    size_bytes: int | None = None
    duration_s: int | None = None
    rel: str = "enclosure"
