"""The words that a column of the store may hold, as commands and the JSON say them too. Reaches are pkm.reach's."""

from pkm.reach import REACHES

STAGES = ("observation", "idea", "practice")
OUTCOMES = ("worked", "mixed", "failed")
HALF_LIVES = ("", "soon", "later", "eventually", "never")
CIRCLE_KINDS = REACHES[1:]
"""The closest first."""
SOURCE_STATES = ("active", "paused", "gone")
ITEM_STATES = ("inbox", "backlog", "muted", "kept", "dropped")
UPDATES = ("silent", "resurface", "ignore")
RULE_ACTIONS = ("mute", "keep", "tag", "up", "down", "assign")
