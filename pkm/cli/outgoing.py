"""What would leave, shown before it does: the bytes as their receiver sees them, who gets them, what cannot be taken back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pkm.addresses import address_key
from pkm.cli import current, render
from pkm.dates import now, parse_stamp, stamp
from pkm.delivery import BEGAN, CAME_BACK, came_back, is_refused
from pkm.errors import Invalid
from pkm.ids import Row, existing
from pkm.store import deliveries, shares
from pkm.text import count, one_line, some

if TYPE_CHECKING:
    from pkm.share.draft import DigestPlan
    from pkm.share.guard import Finding
    from pkm.share.rendition import Rendered

FRESH = timedelta(hours=1)
"""How long a preview stands for what is sent: the bytes are dated with the time when they were looked at."""

NAMED = 12


def instant(share: str) -> str:
    """The stamp that the share's bytes are dated with: that of its preview where one was looked at lately, else now."""
    at = current.recall()["seen"].get(share)
    try:
        return at if at and timedelta(0) <= now() - parse_stamp(at) < FRESH else stamp(now())
    except (TypeError, ValueError):
        return stamp(now())


def whom(row: Row) -> str:
    """For whom a share is, in words: its circles, or its people."""
    return ", ".join(row["circles"]) or " and ".join(one_line(one["name"], 40) for one in row["contacts"])


def refuse_held(share: Row) -> None:
    """Raises Refused where a draft was put on hold."""
    from pkm.errors import Refused

    for stage in shares.stages(current.store().read(), share["number"]):
        if held := stage["gate"].get("held"):
            finding = (share["id"], f"it is on hold: {one_line(held['because'], 120)}", f"pkm share hold {share['id']} --release")
            raise Refused(share["id"], "it may not go now", findings=[finding], kept="Nothing was sent.")


def addressed(name: str, address: str) -> str:
    """Somebody with the address that a letter goes to: Ann Able <ann@example.org>."""
    return f"{one_line(name, 40)} <{one_line(address)}>".strip()


def named(people: Sequence[str]) -> str:
    """These in one line, a long list cut."""
    return some(people, NAMED)


def tell_moved(people: Iterable[tuple[int, str, str]]) -> None:
    """Who would get a letter at another address than the last one: a card that was read since may be somebody else's word.

    people: (contact's number, name, address).
    """
    before = deliveries.last_addresses(current.store().read())
    for number, name, address in people:
        if number in before and address_key(before[number]) != address_key(address):
            render.tell(f"Another address than last time: {addressed(name, address)}; "
                        f"the last letter went to {one_line(before[number])} (pkm contact show c{number})")  # fmt: skip


def as_json(share: Any, shown: "Sequence[Rendered]") -> list[Row]:
    """Each with its hash and its text, as the receiver would read it, and all that is known of who gets it."""
    from pkm.share.preview import describe

    db = current.store().read()
    row = existing(shares.row(db, share.number), "share", share.number)
    return describe(db, row, shown)


def summary(shown: "Sequence[Rendered]") -> str:
    """By which channels to whom, in one line, with what cannot be taken back."""
    ways = []
    for channel in dict.fromkeys(one.channel for one in shown):
        part = [one for one in shown if one.channel == channel and one.may_go]
        names = [addressed(one.name, one.recipient) for one in part if one.recipient and one.payload]
        if not any(one.recipient for one in part):
            count_of = f" in {len(part)} posts" if len(part) > 1 and part[0].is_post else ""
            ways += [f"{channel}{count_of}"] if part else []
        elif names:
            ways.append(f"{channel} to {named(names)}")
    recall = " Mail cannot be recalled." if any(one.recipient for one in shown) else ""
    return f"by {'; '.join(ways)}.{recall}" if ways else "to nobody."


def tell_before(shown: "Sequence[Rendered]") -> None:
    """What the person should know before they say yes: whose address is another than last time."""
    from pkm.share.channels import is_mirror
    from pkm.share.origin import foreign
    from pkm.share.transmit import older

    db, home = current.store().read(), current.home()
    going = [one for one in shown if one.is_letter and one.may_go]
    if going and (why := older(db, home)):
        tell_older(why)
    if any(not is_mirror(one.channel_kind) for one in shown) and (why := foreign(db, home)):
        tell_copy(why)
    tell_moved((one.contact_id or 0, one.name, one.recipient) for one in going)


def tell_untimely(share: int) -> str:
    """The circles' quiet hours and weekly caps that a draft would not keep if it were sent now are told; the same for the
    question, "" where there is nothing to say.
    """
    from pkm import config
    from pkm.share.due import cautions

    told = cautions(current.store().read(), config.read(current.home()), share, now())
    for one in told:
        render.tell(f"{one[:1].upper()}{one[1:]}. Sent by hand it goes at once. To let it wait: "
                    f'pkm share plan x{share} --stage "CIRCLE now", then pkm share --due')  # fmt: skip
    return f"{'; '.join(told)}. " if told else ""


def tell_otherwise(share: int) -> None:
    """What goes out otherwise than it is written, and who gets no letter: it keeps nothing back."""
    from pkm.share import told

    _tell_findings(told.look(current.store().read(), current.home(), share))


def tell_before_sending(share: int, stages: Collection[int] | None = None) -> None:
    """The same as it is sent, which says itself who gets no letter. stages: of these alone; None: all that are ahead."""
    from pkm.share import told

    _tell_findings(told.before_sending(current.store().read(), share, stages))


def tell_of_digest(plan: "DigestPlan") -> None:
    """The same of a digest that is in no share yet."""
    from pkm.share import told

    _tell_findings(told.of_digest(current.store().read(), plan.circle, plan.notes))


def tell_again(share: int) -> None:
    """What of a new draft another one holds for the same circle, or took there."""
    from pkm.share import told

    _tell_findings(told.again(current.store().read(), share))


def _tell_findings(found: "Iterable[Finding]") -> None:
    for what, why, mend in found:
        render.tell(f"{what}: {why} ({mend})")


def show_to_copy(row: Row, error: Invalid, json: bool) -> None:
    """An introduction that no channel carries: its words as plain text, and how to go on."""
    from pkm.markdown import to_plain

    text = to_plain(row["introduction"], urls=True)
    if json:
        render.emit_json([{"id": row["id"], "kind": "share", "title": row["title"], "channel": None, "text": text}])
        return
    render.show_text(f"Subject: {row['title']}\n\n{text}")
    render.tell(f"It cannot go by itself: {error.why}.")
    render.tell(f"Next: {error.next}")


def tell_older(why: str) -> None:
    """The store was put back from an older copy: what is to leave is held until the person says what it is."""
    render.tell(f"{why[:1].upper()}{why[1:]}. Letters are held. Ask whether they got this already, then: "
                "pkm share log --resolve older sent (they did) | refused (they did not; it goes with the next send)")  # fmt: skip


def tell_copy(why: str) -> None:
    """The home may be a copy of one that sends what is queued: it is held here until the person says which one does."""
    render.tell(f"{why[:1].upper()}{why[1:]}. What is queued is held: another home may send it. If that one does: "
                "pkm share log --resolve copy sent. If this is the one to send from: "
                "pkm share log --resolve copy refused")  # fmt: skip


def tell_unsettled(rows: Sequence[Row]) -> None:
    """Each delivery of which nobody knows whether it arrived, with how it is settled."""
    from pkm.share.origin import COPY
    from pkm.share.transmit import OLDER

    told = []
    for reason, tell in ((OLDER, tell_older), (COPY, tell_copy)):
        if held := [row for row in rows if row["error"].startswith(reason)]:
            tell(held[0]["error"])
            render.tell("Held: {} to {}.".format(*_what_to_whom(held)))
            told += held
    began = [row for row in rows if row["state"] == "held" and row["error"].startswith(BEGAN)]
    if len(began) > 1:
        render.tell(f"{count(len(began), 'letter')} that outbox.log says left here are held. Where all of them have it: "
                    "pkm share log --resolve older sent")  # fmt: skip
    for row in rows:
        if row in told:
            continue
        letter = row["contact"] is not None or row["recipient"]
        to = addressed(row["name"] or "", row["recipient"]) if letter else f"{row['channel']}, part {row['part']},"
        ask = "Ask them" if letter else f"pkm share send {row['share']} asks the channel, where it can be asked; or look there"
        render.tell(f"{row['id']} to {to} is {row['state']}: {row['error']}. It is not sent again by itself. "
                    f"{ask}, then: pkm share log --resolve {row['id']} sent|refused")  # fmt: skip


def _what_to_whom(rows: Sequence[Row]) -> tuple[str, str]:
    """How many letters or posts, and whom they are for."""
    what = count(len(rows), "letter" if all(row["recipient"] for row in rows) else "post")
    whom = [addressed(row["name"] or "", row["recipient"]) if row["recipient"] else row["channel"] for row in rows]
    return what, named(list(dict.fromkeys(whom)))


def tell_back(number: str, row: Row) -> None:
    """A letter came back, as somebody reports; how the person has it sent again, or says that it arrived."""
    to = f"{one_line(row['name'] or '', 40)} <{one_line(row['recipient'], 100)}>".strip()
    other = f"pkm contact edit {row['contact']} --email ADDRESS where they have another, " if row["contact"] else ""
    why = one_line(row["error"].removeprefix(CAME_BACK), 220)
    render.tell(f"{number} of {row['share']} to {to} came back: {why}. Whoever knows the letter can report that, so it is not "
                f"sent again by itself. If it did not arrive: {other}pkm share log --resolve {number} refused, then "
                f"pkm share send {row['share']}. If it did: pkm share log --resolve {number} sent")  # fmt: skip


def refused(share: int) -> list[Row]:
    """The letters and posts of a share that were refused for good, or came back, by number; none of one that was taken back."""
    rows = deliveries.of(current.store().read(), share)[::-1]
    return [row for row in rows if stays_refused(row)]


def stays_refused(row: Row) -> bool:
    """Whether it is sent again only when the person says so."""
    from pkm.share.channels import is_mirror

    said = (row["state"], row["error"])
    return not row["retracted"] and not is_mirror(row["channel_kind"]) and (is_refused(*said) or came_back(*said))


def tell_refused(rows: Iterable[Row]) -> None:
    """What stays refused of each share, and how the person has it tried again."""
    by_share: dict[str, list[Row]] = {}
    for row in rows:
        if came_back(row["state"], row["error"]):
            tell_back(row["id"], row)
        else:
            by_share.setdefault(row["share"], []).append(row)
    for share, of_it in by_share.items():
        what, people = _what_to_whom(of_it)
        one = len(of_it) == 1
        render.tell(f"{what} of {share} {'was' if one else 'were'} refused, to {people}, and {'is' if one else 'are'} not sent "
                    f"again by {'itself' if one else 'themselves'}. To try again: pkm share send {share}")  # fmt: skip
