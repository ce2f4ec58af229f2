"""Who may write what is followed, as it is said after an import of people or of sources: the person says that they do."""

from collections.abc import Collection

from pkm.cli import current, render
from pkm.store.likely_writers import Writer, likely
from pkm.text import count, one_line

TOLD = 20
"""So many are named after an import."""


def find_writers() -> list[Writer]:
    """Sources that nobody is said to write, each with the contact whose address its site is."""
    return likely(current.store().read())


def tell_writers(before: Collection[Writer]) -> None:
    """Of those who were none before it is said whose site one is, each with the command that joins the two."""
    found = [one for one in find_writers() if one not in before]
    for one in found[:TOLD]:
        render.tell(f"s{one.source} {one_line(one.title, 40)} is the site of c{one.contact} {one_line(one.name, 40)}. "
                    f"Next: pkm seek edit s{one.source} --contact c{one.contact}")  # fmt: skip
    if len(found) > TOLD:
        render.tell(f"and {count(len(found) - TOLD, 'more source')} that are the site of a contact")
