"""The hosts that asked not to be asked (429, 503 with Retry-After), from one pull to the next.

A small file beside the store, written while the pull's lock is held. It is no part of what a person keeps: without it
a host is asked once too often and says so again.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pkm.dates import parse_stamp, stamp
from pkm.files import write_atomic
from pkm.net.times import MAX_WAIT


def read_waits(path: Path, now: datetime) -> dict[str, datetime]:
    """The hosts that wait, and until when. What has passed is left out, and what no server could have asked for."""
    try:
        kept = json.loads(path.read_bytes())
        waits = {str(host): parse_stamp(until) for host, until in kept.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
    return {host: until for host, until in waits.items() if now < until <= now + MAX_WAIT}


def write_waits(path: Path, waits: Mapping[str, datetime]) -> None:
    """The file holds these; there is none where no host waits. Raises StoreError where it cannot be written."""
    if not waits:
        path.unlink(missing_ok=True)
        return
    write_atomic(path, json.dumps({host: stamp(until) for host, until in sorted(waits.items())}).encode())
