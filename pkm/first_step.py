"""The first step in a home where nothing is yet: connect to somebody. Wherever one asks, it is this one, in these words."""

STEP = 'pkm contact add "Harold Jarche" --url https://jarche.com'
NOTHING = (
    "Nothing here yet. It starts by connecting to others: who do you learn from?",
    "What you have already (contacts, feeds, notes) comes in by: pkm import FILE",
    "To look around first, in a throw-away home: pkm tour",
)
UNFOLLOWED = f"Nothing is followed yet. Start with a person: {STEP}; or with an address: pkm seek add URL"
