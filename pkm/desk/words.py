"""What the desk says: its keys, and what to do where there is nothing to show."""

from pkm import first
from pkm.store import contacts, today
from pkm.store.session import Store

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


def nothing_here(store: Store, shelf: str) -> str:
    """What is said in place of a text where a list is empty: why, and what may be done."""
    if shelf == "review":
        return "Nothing is due to be looked at again.\n\ni  the inbox      /  search      q  quit"
    if shelf != "inbox":
        return "Nothing was found.\n\n/  search again      i  the inbox"
    counts = today.counts(store.read())
    if today.is_empty(counts):
        told = [first.NOTHING[0], f"q, then: {first.STEP}", *first.NOTHING[1:]]
        return "\n\n".join([*told, "n  write a note of your own now"])
    if not counts["sources"]:
        return f"{first.unfollowed(contacts.first_with_url(store.read()))}\n\nn  write a note      v  the review      q  quit"
    return (
        "The inbox is empty: well done.\n\nv  the review: what is due, questions, one note by chance\n"
        "/  search      n  a note      q  quit, then pkm seek: what is new"
    )
