"""An introduction: a letter to two people in the person's own words, drafted, changed, and logged once it has gone.

Its words are the share's `introduction`, whole: what the person saw in the draft is what both get. Sends nothing.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pkm.delivery import may_have_left
from pkm.errors import Invalid
from pkm.ids import Row, existing, make
from pkm.markdown import without_comments
from pkm.share.page_names import name_page
from pkm.store import deliveries, interactions, shares
from pkm.store.session import Store
from pkm.text import clean, one_line

if TYPE_CHECKING:
    from pkm.store.session import Unit

TITLE_LIMIT = 200


def create(store: Store, people: Sequence[int], title: str, text: str) -> Row:
    """A draft that introduces these people to each other, in order. Raises Invalid where it has no words."""
    from pkm.ids import new_uid
    from pkm.store.model import Share, ShareContact, Stage

    title, text = _checked(title, text)
    with store.unit() as unit:
        share = unit.add(Share(
            uid=new_uid(), type="introduction", title=title, introduction=text, created_at=unit.at
        ))  # fmt: skip
        number = share.id or 0
        for position, contact in enumerate(people, 1):
            unit.add(ShareContact(share_id=number, contact_id=contact, position=position))
        unit.add(Stage(share_id=number, circle_id=None, position=1))
        unit.summarize(f"drafted {make('share', number)} {title}")
        return existing(shares.row(unit.connection, number), "share", number)


def edit(store: Store, share: int, *, title: str | None = None, text: str | None = None) -> Row:
    """The draft has that title and those words; a digest's are its introduction, and may be empty.

    Raises NotFound; Invalid where some of it has left.
    """
    from pkm.store.model import Share

    with store.unit() as unit:
        before = existing(shares.row(unit.connection, share), "share", share)
        rows = deliveries.of(unit.connection, share)
        if before["state"] in ("sent", "retracted") or any(may_have_left(row["state"], row["error"]) for row in rows):
            raise Invalid(before["id"], "it has begun to leave; what others got stays as it is",
                          next=f"pkm share log {before['id']}")  # fmt: skip
        row = unit.get(Share, share)
        if before["type"] == "introduction":
            row.title, row.introduction = _checked(
                before["title"] if title is None else title, before["introduction"] if text is None else text
            )
        else:
            row.title = one_line(without_comments(clean(title or "")), TITLE_LIMIT) or before["title"]
            row.introduction = before["introduction"] if text is None else clean(text).strip()
        unit.flush()
        if before["type"] != "introduction":
            name_page(unit, share)
        unit.summarize(f"changed {before['id']} {row.title}")
        return existing(shares.row(unit.connection, share), "share", share)


def _checked(title: str, text: str) -> tuple[str, str]:
    words = without_comments(clean(text)).strip()
    if not words:
        raise Invalid("an introduction without words", "what do you want to say to both?",
                      next='pkm contact introduce WHO WHO -m "…"')  # fmt: skip
    return one_line(without_comments(clean(title)), TITLE_LIMIT) or "An introduction", words


def log(unit: "Unit", share: Row) -> Row:
    """The introduction is an interaction of both, and no snooze of theirs lasts."""
    from pkm.store.model import Contact, Interaction, InteractionContact

    names = " and ".join(one["name"] for one in share["contacts"])
    about = "" if share["title"] == names else f": {share['title']}"
    touch = unit.add(Interaction(
        at=unit.at, text=f"introduced {names} to each other{about}", created_at=unit.at, share_id=share["number"],
    ))  # fmt: skip
    number = touch.id or 0
    for one in share["contacts"]:
        contact = int(one["id"][1:])
        unit.add(InteractionContact(interaction_id=number, contact_id=contact))
        unit.get(Contact, contact).snoozed_until = None
    unit.flush()
    return existing(interactions.row(unit.connection, number), "interaction", number)
