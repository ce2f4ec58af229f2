"""What the deliveries of a share are called: by what they are, so that the same letter has the same name in a store that was
put back from a copy; and as they are called already, where its plan was laid anew since.
"""

import hashlib
import sqlite3
from collections.abc import Mapping
from typing import Any

from pkm.store import deliveries


class Keys:
    """The keys of a share's deliveries, those that are there read once."""

    def __init__(self, db: sqlite3.Connection, share: Mapping[str, Any]) -> None:
        self._share = share
        self._there = deliveries.keys_of(db, share["number"])
        self._taken = set(self._there.values())

    def of(self, stage: Mapping[str, Any], channel: Mapping[str, Any], recipient: str, part: int) -> str:
        """The key of one part for one recipient of a stage's channel; no other delivery has it."""
        there = self._there.get((stage["id"], channel["number"], recipient, part))
        if there:
            return there
        key = self._made(stage["position"], channel, recipient, part)
        # A stage that is elsewhere in the plan by now may have been frozen at this place.
        return self._made(f"{stage['position']}.{stage['id']}", channel, recipient, part) if key in self._taken else key

    def _made(self, place: object, channel: Mapping[str, Any], recipient: str, part: int) -> str:
        said = [self._share["uid"], str(place), str(channel["number"]), recipient.casefold(), str(part), "1"]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
