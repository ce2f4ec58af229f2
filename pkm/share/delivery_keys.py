"""What the deliveries of a share are called: by what they are, so that the same letter has the same name in a store that was
put back from a copy; and as they are called already, where its plan was laid anew since.
"""

import hashlib
import sqlite3
from collections.abc import Mapping
from typing import Any

from pkm.addresses import address_key
from pkm.store import deliveries

Place = tuple[int, int, str, int]
"""(stage, channel, the recipient's address_key, part): what a delivery is."""


class Keys:
    """The keys of a share's deliveries: those that are there are read once, those that are made are remembered."""

    def __init__(self, db: sqlite3.Connection, share: Mapping[str, Any]) -> None:
        self._share = share
        found = deliveries.keys_of(db, share["number"]).items()
        self._keys = {_place(*place): key for place, key in found}
        self._places = {key: place for place, key in self._keys.items()}

    def of(self, stage: Mapping[str, Any], channel: Mapping[str, Any], recipient: str, part: int) -> str:
        """The key of one part for one recipient of a stage's channel; no other delivery has it."""
        place = _place(stage["id"], channel["number"], recipient, part)
        if place not in self._keys:
            # a stage that is elsewhere in the plan by now may have been frozen at this place
            ways = (stage["position"], f"{stage['position']}.{stage['id']}")
            made = [self._made(way, channel, place[2], part) for way in ways]
            self._keys[place] = next(key for key in made if self._places.setdefault(key, place) == place)
        return self._keys[place]

    def _made(self, way: object, channel: Mapping[str, Any], address: str, part: int) -> str:
        said = [self._share["uid"], str(way), str(channel["number"]), address, str(part), "1"]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def _place(stage: int, channel: int, recipient: str, part: int) -> Place:
    return stage, channel, address_key(recipient), part
