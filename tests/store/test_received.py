"""What reached whom: by name, or as a member on that day."""

from collections.abc import Iterator

import pytest

from pkm.store import received
from pkm.store.model import Contact, Delivery, Membership, Share, Stage
from pkm.store.session import Store

AT = "2026-01-01T08:00:00Z"


def day(number: int) -> str:
    return f"2026-0{number}-01T08:00:00Z"


@pytest.fixture
def sent(store: Store) -> Iterator[Store]:
    """x1, x2, x3 went to o1 in February, April and June; c1 was in it from March to May, and from May 15; c2 never."""
    with store.unit() as unit:
        for uid in ("u1", "u2"):
            unit.add(Contact(uid=uid, name=uid, created_at=AT, updated_at=AT))
        unit.add(Membership(circle_id=1, contact_id=1, joined_at=day(3), left_at=day(5)))
        for number, month in enumerate((2, 4, 6), 1):
            unit.add(Share(uid=f"x{number}", title=f"Finds {number}", state="sent", created_at=AT, sent_at=day(month)))
            unit.add(Stage(share_id=number, circle_id=1, position=1))
            add(unit, number, day(month))
    return store


def add(unit, share: int, at: str | None, *, circle: int | None = 1, contact: int | None = None, state: str = "sent"):
    unit.add(Delivery(
        key=f"{share}-{at}-{contact}-{state}", share_id=share, stage_id=share, circle_id=circle, channel_id=1,
        contact_id=contact, recipient=f"{contact or ''}", state=state, sha256="0", media_type="t", frozen_at=AT, sent_at=at,
        payload=b"x",
    ))  # fmt: skip


def shared(store: Store, contact: int) -> list[str]:
    rows = received.shares(store.read(), contact, 10)
    assert received.counts(store.read(), contact)["shares"] == len(rows)
    return [row["id"] for row in rows]


def test_a_member_got_what_went_out_while_they_were_one(sent: Store) -> None:
    assert shared(sent, 1) == ["x2"]
    assert shared(sent, 2) == []


def test_who_comes_back_gets_what_goes_from_then_on(sent: Store) -> None:
    with sent.unit() as unit:
        unit.add(Membership(circle_id=1, contact_id=1, joined_at="2026-05-15T08:00:00Z"))
    assert shared(sent, 1) == ["x3", "x2"]


def test_what_goes_to_one_by_name_is_theirs_alone(sent: Store) -> None:
    with sent.unit() as unit:
        add(unit, 1, day(7), contact=2)  # one mail of a circle's: to c2, whoever else was a member
        add(unit, 2, day(7), circle=None, contact=2)
    rows = received.shares(sent.read(), 2, 10)
    assert [(row["id"], row["circles"], row["at"]) for row in rows] == [("x2", [], day(7)), ("x1", ["network"], day(7))]
    assert shared(sent, 1) == ["x2"]


def test_what_has_not_arrived_was_not_shared(sent: Store) -> None:
    with sent.unit() as unit:
        add(unit, 3, None, contact=2, state="refused")
    assert shared(sent, 2) == []
    assert received.first_sent(sent.read(), 1) == day(2)
    assert received.first_sent(sent.read(), 9) is None


def test_which_delivery_brought_it(sent: Store) -> None:
    assert received.delivery_to(sent.read(), 2, 1) == 2
    assert received.delivery_to(sent.read(), 1, 1) is None
