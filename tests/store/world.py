"""A small world in a real store, for the tests of search and of chains: one whole turn of the loop, and some beside it."""

import os

from pkm.config import Home
from pkm.store.session import Store, Unit

AT = "2026-11-20T08:00:00Z"
_made: dict[str, tuple[bytes, int | None]] = {}


def make_world(home: Home) -> Store:
    """c1 Maria writes s1; i1 of it was quoted (a1) and became n1, which supports n2, grew, was tried (t1), was shared
    (x1) with the community o2 and the network o1 and answered by c2 (r1), of which n3 was made.

    It is made once an instant (PKM_NOW), and copied after that.
    """
    at = os.environ["PKM_NOW"]
    if at not in _made:
        first = Store(home, "test")
        with first.unit() as unit:
            _seek(unit)
            _sense(unit)
            _people(unit)
            _share(unit)
        first.close()  # what was written is in the one file
        _made[at] = home.db.read_bytes(), first.operation
    home.ensure()
    home.db.touch(0o600)
    store = Store(home, "test")
    content, store.operation = _made[at]
    home.db.write_bytes(content)
    return store


def _seek(unit: Unit) -> None:
    from pkm.store.model import Annotation, Contact, Item, Rule, Source, Tag, Tagging

    unit.add(
        Contact(
            uid="u1",
            name="Maria Silva",
            nick="maria",
            org="Paths Ltd",
            met="at a conference",
            created_at=AT,
            updated_at=AT,
        )
    )
    unit.add(Contact(uid="u2", name="Jörg Ólafsson", through_id=1, created_at=AT, updated_at=AT))
    unit.add(Source(url="https://maria.example.org/feed", title="Maria's garden", contact_id=1, created_at=AT))
    unit.add(Source(url="https://other.example.net/feed", title="Other News", created_at=AT))
    for number, (title, text, state, source) in enumerate([
        ("Desire paths in parks", "People walk where they want; planners follow later.", "kept", 1),
        ("Roadmaps and plans", "A roadmap is a promise. Complex domains have none.", "inbox", 1),
        ("Old news", "Desire paths were dropped here.", "dropped", 2),
        ("Weather", "Rain in the parks, and a very long walk home.", "inbox", 2),
    ], 1):  # fmt: skip
        day = f"2026-11-{10 + number}T08:00:00Z"
        unit.add(Item(source_id=source, state=state, title=title, text=text, url=f"https://example.org/{number}",
                      author="Maria Silva" if source == 1 else "", received_at=day, published_at=day, via="person",
                      decided_at=None if state == "inbox" else AT))  # fmt: skip
    unit.add(
        Annotation(item_id=1, exact="planners follow later", comment="as in our team", created_at=AT, updated_at=AT)
    )
    for name, alias in (("org", None), ("org/design", None), ("organisation", 1), ("weather", None)):
        unit.add(Tag(name=name, alias_of=alias, created_at=AT))
    unit.add(Rule(action="up", pattern="paths", source_id=1, created_at=AT))
    for tag, kind, number in ((2, "note", 1), (1, "item", 2), (4, "item", 4), (1, "contact", 1)):
        unit.add(Tagging(tag_id=tag, kind=kind, entity_id=number))


def _sense(unit: Unit) -> None:
    from pkm.store.model import Annotation, Growth, Link, Note, Trial

    for number, (title, stage, reach, item, dropped) in enumerate([
        ("Desire paths beat roadmaps", "practice", "network", 1, None),
        ("Plans are promises", "idea", "private", None, None),
        ("What do communities need?", "observation", "community", None, None),
        ("A dropped thought on paths", "observation", "private", None, AT),
    ], 1):  # fmt: skip
        day = f"2026-11-{14 + number}T08:00:00Z"
        unit.add(Note(uid=f"n{number}", title=title, text=f"{title}. Said in my own words: example {number}.", stage=stage,
                      reach=reach, item_id=item, created_at=day, updated_at=day, dropped_at=dropped))  # fmt: skip
    unit.add(
        Link(
            from_kind="note",
            from_id=1,
            to_kind="note",
            to_id=2,
            type="supports",
            sentence="This supports that.",
            created_at=AT,
        )
    )
    unit.add(
        Link(from_kind="note", from_id=1, to_kind="contact", to_id=1, written="maria", origin="text", created_at=AT)
    )
    unit.add(
        Link(from_kind="note", from_id=2, to_kind="note", to_id=None, written="Not there", origin="text", created_at=AT)
    )
    unit.add(
        Link(
            from_kind="note", from_id=2, to_kind="contact", to_id=None, written="unknown", origin="text", created_at=AT
        )
    )
    unit.add(
        Growth(
            note_id=1, stage_from="observation", stage_to="idea", because="it is a claim now", at="2026-11-16T08:00:00Z"
        )
    )
    unit.add(
        Growth(note_id=1, stage_from="idea", stage_to="practice", because="it was tried", at="2026-11-18T08:00:00Z")
    )
    unit.add(
        Trial(
            note_id=1,
            place="retro",
            outcome="mixed",
            text="took longer, but held",
            at="2026-11-17T08:00:00Z",
            created_at=AT,
        )
    )
    unit.add(Annotation(note_id=1, comment="a year later: still so", created_at=AT, updated_at=AT))


def _people(unit: Unit) -> None:
    from pkm.store.model import Circle, CircleSource, Handle, Interaction, InteractionContact, Membership, Promise

    unit.add(Circle(name="practice", kind="community", purpose="to test ideas", created_at=AT))
    unit.add(Membership(circle_id=2, contact_id=1, joined_at="2026-11-01T08:00:00Z", because="co-hosts the meetup"))
    unit.add(Membership(circle_id=1, contact_id=2, joined_at="2026-10-01T08:00:00Z", because="met online",
                        left_at="2026-11-02T08:00:00Z", left_because="no time"))  # fmt: skip
    unit.add(CircleSource(circle_id=2, source_id=2))
    unit.add(Handle(contact_id=1, kind="email", value="maria@example.org", folded="maria@example.org"))
    unit.add(Interaction(at=AT, text="talked about paths", created_at=AT))
    unit.add(InteractionContact(interaction_id=1, contact_id=1))
    unit.add(Promise(interaction_id=1, text="the Dawson paper"))


def _share(unit: Unit) -> None:
    from pkm.store.model import Delivery, Response, Share, ShareNote, Stage

    unit.add(Share(uid="x1", title="Friday's finds", state="sent", created_at=AT, sent_at="2026-11-21T08:00:00Z"))
    unit.add(ShareNote(share_id=1, note_id=1, position=1))
    unit.add(Stage(share_id=1, circle_id=2, position=1, passed_at="2026-11-21T08:00:00Z"))
    unit.add(Stage(share_id=1, circle_id=1, position=2))
    unit.add(Delivery(key="k", share_id=1, stage_id=1, circle_id=2, channel_id=1, state="sent", sha256="0", media_type="t",
                      frozen_at=AT, sent_at="2026-11-21T08:00:00Z", payload=b"x"))  # fmt: skip
    unit.add(Response(share_id=1, delivery_id=1, contact_id=2, note_id=3, state="kept", text="Our group needs that too",
                      at="2026-11-22T08:00:00Z"))  # fmt: skip
