"""The first step in a home where nothing is yet: connect to somebody. Wherever one asks, it is this one, in these words."""

from shlex import quote

from pkm.ids import Row
from pkm.text import one_line

STEP = 'pkm contact add "Harold Jarche" --url https://jarche.com'
NOTHING = (
    "Nothing here yet. It starts by connecting to others: who do you learn from?",
    "What you have already (contacts, feeds, notes) comes in by: pkm import FILE",
    "To look around first, in a throw-away home: pkm tour",
)
UNFOLLOWED = f"Nothing is followed yet. Start with a person: {STEP}; or with an address: pkm seek add URL"


def follow(url: str, who: str) -> str:
    """The command that follows what a contact writes. url: a site or a feed; who: their id."""
    return f"pkm seek add {quote(url)} --contact {who}"


def unfollowed(known: Row | None) -> str:
    """What is said where nothing is followed. known: a contact whose address is there already, with id, name and url."""
    if not known:
        return UNFOLLOWED
    return f"Nothing is followed yet. {one_line(known['name'], 40)} is there: {follow(known['url'], known['id'])}"
