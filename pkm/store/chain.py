"""What led to a thing and what came of it, one question a function; `whole/chain.py` puts the answers in order.

Every row has `kind`, `number`, `title` and `at` (a stamp or None), and what belongs to its kind beside them. Lists are
cut at `limit`: a person who answered a thousand times must not fill the screen.
"""

import sqlite3

from pkm.ids import Row
from pkm.store.lookup import TITLES
from pkm.store.sources import without_user

_ITEM = (
    "SELECT 'item' AS kind, item.id AS number, coalesce(nullif(item.title, ''), item.url) AS title, "
    "coalesce(item.published_at, item.received_at) AS at, item.url, item.author, item.state, item.via, "
    "item.received_at, item.decided_at, item.source_id, item.rule_id FROM item"
)
_NOTE = (
    "SELECT 'note' AS kind, note.id AS number, note.title, note.created_at AS at, note.stage, note.reach, "
    "note.dropped_at, note.item_id FROM note"
)
_QUOTE = (
    "SELECT 'annotation' AS kind, annotation.id AS number, annotation.exact, annotation.comment, annotation.state, "
    "coalesce(nullif(annotation.exact, ''), annotation.comment) AS title, annotation.created_at AS at, "
    "annotation.item_id, annotation.note_id FROM annotation"
)
_SOURCE = (
    "SELECT 'source' AS kind, source.id AS number, coalesce(nullif(source.title, ''), source.url) AS title, "
    "source.created_at AS at, source.url, source.state, source.contact_id FROM source"
)
_CONTACT = (
    "SELECT 'contact' AS kind, contact.id AS number, contact.name AS title, contact.created_at AS at, contact.met, "
    "contact.through_id FROM contact"
)
_CIRCLE = (
    "SELECT 'circle' AS kind, circle.id AS number, circle.name AS title, circle.created_at AS at, "
    "circle.kind AS circle_kind, circle.purpose FROM circle"
)
_SHARE = (
    "SELECT 'share' AS kind, share.id AS number, share.title, coalesce(share.sent_at, share.created_at) AS at, "
    "share.state FROM share"
)
_DELIVERY = (
    "SELECT 'delivery' AS kind, delivery.id AS number, delivery.sent_at AS at, delivery.state, delivery.recipient, "
    "delivery.error, delivery.remote_url AS url, delivery.frozen_at, delivery.not_before, delivery.share_id, "
    "circle.name AS circle, channel.name AS channel, contact.name AS contact, "
    "share.title AS share_title, "
    "coalesce(nullif(delivery.recipient, ''), circle.name || ' by ' || channel.name) AS title FROM delivery "
    "JOIN share ON share.id = delivery.share_id LEFT JOIN circle ON circle.id = delivery.circle_id "
    "JOIN channel ON channel.id = delivery.channel_id "
    "LEFT JOIN contact ON contact.id = delivery.contact_id"
)
_RESPONSE = (
    "SELECT 'response' AS kind, response.id AS number, response.text AS title, response.at, response.state, "
    "response.share_id, response.delivery_id, response.note_id, response.contact_id, "
    "coalesce(contact.name, nullif(response.author, '')) AS contact "
    "FROM response LEFT JOIN contact ON contact.id = response.contact_id"
)
_TRIAL = (
    "SELECT 'trial' AS kind, trial.id AS number, trial.text AS title, trial.at, trial.place, trial.outcome, "
    "trial.note_id, trial.contact_id, contact.name AS contact, trial.response_id "
    "FROM trial LEFT JOIN contact ON contact.id = trial.contact_id"
)
_INTERACTION = (
    "SELECT 'interaction' AS kind, interaction.id AS number, interaction.text AS title, interaction.at, interaction.share_id "
    "FROM interaction"
)
_PROMISE = (
    "SELECT 'promise' AS kind, promise.id AS number, promise.text AS title, interaction.at, promise.state, "
    "promise.owed_by, promise.due_at, promise.settled_at, promise.because, promise.interaction_id FROM promise "
    "JOIN interaction ON interaction.id = promise.interaction_id"
)
_STAY = (
    "SELECT membership.joined_at AS at, membership.because, membership.left_at AS until, membership.left_because, "
    "contact.id AS contact_id, contact.name AS contact, circle.id AS circle_id, circle.name AS circle, "
    "circle.kind AS circle_kind FROM membership JOIN contact ON contact.id = membership.contact_id "
    "JOIN circle ON circle.id = membership.circle_id"
)
_RULE = (
    "SELECT 'rule' AS kind, rule.id AS number, rule.action || ' ' || CASE rule.pattern WHEN '' THEN 'all' "
    "ELSE rule.pattern END AS title, rule.created_at AS at, rule.argument, rule.source_id, rule.contact_id, rule.person_id "
    "FROM rule"
)
BY_NUMBER = {
    "item": _ITEM, "note": _NOTE, "annotation": _QUOTE, "source": _SOURCE, "contact": _CONTACT, "circle": _CIRCLE,
    "share": _SHARE, "delivery": _DELIVERY, "response": _RESPONSE, "trial": _TRIAL, "interaction": _INTERACTION,
    "rule": _RULE, "promise": _PROMISE,
}  # fmt: skip
"""Kinds that have a chain."""


def _all(db: sqlite3.Connection, sql: str, **given: object) -> list[Row]:
    rows = [dict(row) for row in db.execute(sql, given)]
    for row in rows:
        if row.get("kind") == "source":
            row |= {name: without_user(row[name]) for name in ("title", "url") if row.get(name)}
    return rows


def thing(db: sqlite3.Connection, kind: str, number: int | None) -> Row | None:
    """The thing itself, None where there is none of that number."""
    rows = _all(db, f"{BY_NUMBER[kind]} WHERE {kind}.id = :id", id=number)
    return rows[0] if rows else None


def quotes(db: sqlite3.Connection, kind: str, number: int, limit: int) -> list[Row]:
    """Annotations on an item or a note, in the order they were made."""
    column = {"item": "item_id", "note": "note_id"}[kind]
    sql = f"{_QUOTE} WHERE annotation.{column} = :id ORDER BY annotation.created_at, annotation.id LIMIT :limit"
    return _all(db, sql, id=number, limit=limit)


def notes_of_item(db: sqlite3.Connection, item: int, limit: int) -> list[Row]:
    """Notes made from an item, oldest first."""
    sql = f"{_NOTE} WHERE note.item_id = :id ORDER BY note.created_at, note.id LIMIT :limit"
    return _all(db, sql, id=item, limit=limit)


def notes_of_share(db: sqlite3.Connection, share: int, limit: int) -> list[Row]:
    """Notes in a share, in its order."""
    sql = f"{_NOTE} JOIN share_note ON share_note.note_id = note.id WHERE share_note.share_id = :id " \
          "ORDER BY share_note.position, note.id LIMIT :limit"  # fmt: skip
    return _all(db, sql, id=share, limit=limit)


def links(db: sqlite3.Connection, kind: str, number: int, limit: int) -> list[Row]:
    """Links from a thing (`direction` out) and to it (in), with the other end; those to nothing yet have no number."""
    found: list[Row] = []
    for direction, near, far in (("out", "from", "to"), ("in", "to", "from")):
        index = f"{near}_kind = :kind AND {near}_id = :id"
        found += _all(
            db, f"SELECT '{direction}' AS direction, {far}_kind AS kind, {far}_id AS number, type, written, sentence, "
            f"created_at AS at FROM link WHERE {index} ORDER BY id LIMIT :limit", kind=kind, id=number, limit=limit,
        )  # fmt: skip
    for row in found:
        row["title"] = title(db, row["kind"], row["number"]) or row["written"]
    return found


def title(db: sqlite3.Connection, kind: str, number: int | None) -> str:
    """What a thing is called; empty where it is not there."""
    row = db.execute(f"SELECT {TITLES[kind]} FROM {kind} WHERE id = :id", {"id": number}).fetchone()
    return str(row[0] or "") if row else ""


def growth(db: sqlite3.Connection, note: int) -> list[Row]:
    """The steps of a note from stage to stage, oldest first."""
    return _all(
        db, "SELECT 'growth' AS kind, note_id AS number, stage_from || ' to ' || stage_to AS title, at, stage_from, "
        "stage_to, because FROM growth WHERE note_id = :id ORDER BY at, id", id=note,
    )  # fmt: skip


def trials(db: sqlite3.Connection, column: str, number: int, limit: int) -> list[Row]:
    """Where a note's idea was tried, or the trials that an answer told of (`column` names which), oldest first."""
    key = {"note": "note_id", "response": "response_id"}[column]
    sql = f"{_TRIAL} WHERE trial.{key} = :id ORDER BY trial.at, trial.id LIMIT :limit"
    return _all(db, sql, id=number, limit=limit)


def shares_of_note(db: sqlite3.Connection, note: int, limit: int) -> list[Row]:
    """Shares that a note is in, oldest first."""
    sql = f"{_SHARE} JOIN share_note ON share_note.share_id = share.id WHERE share_note.note_id = :id " \
          "ORDER BY share.created_at, share.id LIMIT :limit"  # fmt: skip
    return _all(db, sql, id=note, limit=limit)


def stages(db: sqlite3.Connection, share: int) -> list[Row]:
    """The plan of a share: which circles, in order, and when each had its turn."""
    return _all(
        db, "SELECT 'circle' AS kind, circle.id AS number, circle.name AS title, stage.passed_at AS at, "
        "circle.kind AS circle_kind, EXISTS (SELECT 1 FROM delivery WHERE delivery.stage_id = stage.id) AS delivered "
        "FROM stage JOIN circle ON circle.id = stage.circle_id WHERE stage.share_id = :id "
        "ORDER BY stage.position, stage.id", id=share,
    )  # fmt: skip


def deliveries(db: sqlite3.Connection, column: str, number: int, limit: int) -> list[Row]:
    """Deliveries of a share, to a circle or to a contact (`column` names which), in the order they were frozen."""
    key = {"share": "share_id", "circle": "circle_id", "contact": "contact_id"}[column]
    sql = f"{_DELIVERY} WHERE delivery.{key} = :id ORDER BY delivery.frozen_at, delivery.id LIMIT :limit"
    return _all(db, sql, id=number, limit=limit)


def responses(db: sqlite3.Connection, column: str, number: int, limit: int) -> list[Row]:
    """Answers to a share, to a delivery, of a contact, or those that became a note, oldest first."""
    key = {"share": "share_id", "delivery": "delivery_id", "contact": "contact_id", "note": "note_id"}[column]
    sql = f"{_RESPONSE} WHERE response.{key} = :id ORDER BY response.at, response.id LIMIT :limit"
    return _all(db, sql, id=number, limit=limit)


def used_items(db: sqlite3.Connection, source: int, limit: int) -> list[Row]:
    """Items of a source that something came of: a note or a quote; newest first."""
    sql = f"{_ITEM} WHERE item.source_id = :id AND (EXISTS (SELECT 1 FROM note WHERE note.item_id = item.id) " \
          "OR EXISTS (SELECT 1 FROM annotation WHERE annotation.item_id = item.id)) " \
          "ORDER BY item.id DESC LIMIT :limit"  # fmt: skip
    return _all(db, sql, id=source, limit=limit)


def items_of_rule(db: sqlite3.Connection, rule: int, limit: int) -> list[Row]:
    """The latest items that a rule muted or brought in, newest first."""
    return _all(db, f"{_ITEM} WHERE item.rule_id = :id ORDER BY item.id DESC LIMIT :limit", id=rule, limit=limit)


def sources_of(db: sqlite3.Connection, kind: str, number: int, limit: int) -> list[Row]:
    """Sources of a contact, or those that a circle reads together."""
    if kind == "contact":
        return _all(
            db, f"{_SOURCE} WHERE source.contact_id = :id ORDER BY source.id LIMIT :limit", id=number, limit=limit
        )
    sql = f"{_SOURCE} JOIN circle_source ON circle_source.source_id = source.id " \
          "WHERE circle_source.circle_id = :id ORDER BY source.id LIMIT :limit"  # fmt: skip
    return _all(db, sql, id=number, limit=limit)


def circles_of_source(db: sqlite3.Connection, source: int) -> list[str]:
    """Names of the circles that a source belongs to."""
    rows = db.execute(
        "SELECT circle.name FROM circle_source JOIN circle ON circle.id = circle_source.circle_id "
        "WHERE circle_source.source_id = :id ORDER BY circle.name", {"id": source},
    )  # fmt: skip
    return [str(row[0]) for row in rows]


def counts_of_source(db: sqlite3.Connection, source: int) -> dict[str, int]:
    """How many of a source's items are in which state."""
    rows = db.execute(
        "SELECT count(*), total(state = 'kept'), total(state = 'dropped') FROM item WHERE source_id = :id",
        {"id": source},
    ).fetchone()
    return {"items": int(rows[0]), "kept": int(rows[1]), "dropped": int(rows[2])}


def stays(db: sqlite3.Connection, kind: str, number: int, limit: int) -> list[Row]:
    """Memberships of a contact or in a circle, past ones too, with their reasons, oldest first."""
    key = {"contact": "contact_id", "circle": "circle_id"}[kind]
    sql = f"{_STAY} WHERE membership.{key} = :id ORDER BY membership.joined_at, membership.id LIMIT :limit"
    return _all(db, sql, id=number, limit=limit)


def interactions(db: sqlite3.Connection, contact: int, limit: int) -> list[Row]:
    """What passed between a contact and the person, newest first."""
    sql = (
        f"{_INTERACTION} JOIN interaction_contact ON interaction_contact.interaction_id = interaction.id "
        "WHERE interaction_contact.contact_id = :id ORDER BY interaction.at DESC, interaction.id DESC LIMIT :limit"
    )
    return _all(db, sql, id=contact, limit=limit)


def who_met(db: sqlite3.Connection, interaction: int) -> list[Row]:
    """The contacts of an interaction, by name."""
    sql = f"{_CONTACT} JOIN interaction_contact ON interaction_contact.contact_id = contact.id " \
          "WHERE interaction_contact.interaction_id = :id ORDER BY contact.name, contact.id"  # fmt: skip
    return _all(db, sql, id=interaction)


def introduced_in(db: sqlite3.Connection, share: int) -> list[Row]:
    """The contacts whom a share is for by name, in its order."""
    sql = f"{_CONTACT} JOIN share_contact ON share_contact.contact_id = contact.id WHERE share_contact.share_id = :id " \
          "ORDER BY share_contact.position, contact.id"  # fmt: skip
    return _all(db, sql, id=share)


def promises(db: sqlite3.Connection, interaction: int) -> list[Row]:
    """What was promised in an interaction, in the order it was written down."""
    return _all(db, f"{_PROMISE} WHERE promise.interaction_id = :id ORDER BY promise.id", id=interaction)


def introduced(db: sqlite3.Connection, contact: int, limit: int) -> list[Row]:
    """Contacts whom one met through this one, oldest first."""
    sql = f"{_CONTACT} WHERE contact.through_id = :id ORDER BY contact.created_at, contact.id LIMIT :limit"
    return _all(db, sql, id=contact, limit=limit)
