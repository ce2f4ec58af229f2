"""What the desk says: its keys, and what to do where there is nothing to show."""

from datetime import datetime

from pkm.dates import stamp
from pkm.store import items, review, today
from pkm.store.session import Store
from pkm.text import count

HELP = """k  keep          d  drop          u  undo the last of these
n  note: your own words on it     e  edit a note
   of an answer (r…): k keeps it, d drops it, n makes a
   note of it: your words, theirs below them, quoted
"  quote: select words on the right (Tab, Shift and
   arrows, or the mouse), then "
t  tag           l  link a note   r  reach of a note
s  share a note: a draft for a circle, nothing is sent
+  more of its source             -  less of it
Space  read on   b  back          Tab  the other pane
o  open its page g  its links (1 to 9 opens one)
/  search        i  the inbox     v  the review
z, x, c  a note again soon, later, eventually
q  quit: nothing is lost, also when the terminal closes

F1 tells the keys while you type. pkm sense --plain
works without a full screen."""


def nothing_here(store: Store, shelf: str, at: datetime) -> str:
    """What is said in place of a text where a list is empty: why, and what may be done."""
    if shelf == "review":
        return "Nothing is due to be looked at again.\n\ni  the inbox      /  search      q  quit"
    if shelf != "inbox":
        return "Nothing was found.\n\n/  search again      i  the inbox"
    db = store.read()
    if not today.counts(db)["sources"] and not items.count_inbox(db, state="kept"):
        return (
            "Nothing has come in yet: no source is followed.\n\nq, then one of these:\n"
            "  pkm seek add https://example.org    follow a page or a feed\n  pkm seek import FILE                feeds "
            "of another reader\n  pkm tour                            see it all with sample data\n\n"
            "n  write a note of your own now"
        )
    due = review.count_due(db, stamp(at))
    told = f"v  look again at {count(due, 'note')}" if due else "v  the review: questions, one note by chance"
    return f"The inbox is empty: well done.\n\n{told}\n/  search      n  a note      q  quit, then pkm seek: what is new"
