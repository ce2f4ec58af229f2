"""Whether a channel works: a letter to oneself, a folder that can be written. Nobody else gets anything."""

import os
from collections.abc import Mapping
from typing import Any

from pkm.channels.way import Job
from pkm.config import Home
from pkm.errors import StoreError, Unreachable
from pkm.share import draft, transmit
from pkm.share.channels import folder_of, is_mirror, is_posts
from pkm.share.letter import Letter, read_mailbox, write


def try_channel(channel: Mapping[str, Any], home: Home) -> str:
    """What was tried, in words. Raises PkmError where the channel does not work."""
    if is_mirror(channel["channel_kind"]):
        return _try_folder(channel, home)
    from pkm.ids import new_uid

    if is_posts(channel["channel_kind"]):
        with transmit.open_posts(channel) as way:
            return way.probe(new_uid())
    me = read_mailbox(channel["options"]["from"])
    words = f"This is a test of the channel {channel['name']} of pkm. Only you got it."
    letter = write(Letter(new_uid(), me, (me,), f"A test of {channel['name']}", draft.now_stamp(), words, f"<p>{words}</p>"))
    with transmit.open_mail(channel) as way:
        answer = way.send(Job("", letter, "", me.address))
    if answer.state != "sent":
        raise Unreachable(str(channel["address"]), f"the letter to {me.address} is {answer.state}: {answer.why}")
    said = f"a letter went to {me.address}, and to nobody else"
    if channel["options"].get("inbox"):
        from pkm.share import postbox

        postbox.look(channel)
        said += f"; {postbox.inbox_of(channel)} can be read"
    return said


def _try_folder(channel: Mapping[str, Any], home: Home) -> str:
    folder = folder_of(channel, home)
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise StoreError(str(there), "nothing can be written there", next="make it writable, or add a channel to another folder")
    return f"{folder} can be written" + ("" if folder.exists() else "; it is made when something is sent")
