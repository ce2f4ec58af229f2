"""The store's contacts as cards, for the files that other tools read."""

import json
import sqlite3
from collections.abc import Iterator

from pkm.people.card import Card
from pkm.store import cards

_SERVICES = {"email", "phone", "url", "alias"}


def all_cards(db: sqlite3.Connection) -> Iterator[Card]:
    """Every contact by number, with the properties of its card that pkm does not know."""
    for person in cards.everybody(db):
        handles = person["handles"]
        yield Card(
            name=person["name"], uid=person["uid"],
            nicks=tuple(filter(None, (person["nick"], *_values(handles, "alias")))),
            org=person["org"], title=person["role"],
            emails=_labeled(handles, "email"), phones=_labeled(handles, "phone"), urls=_labeled(handles, "url"),
            handles=tuple((one["kind"], one["value"]) for one in handles if one["kind"] not in _SERVICES),
            birthday=person["birthday"], note=person["about"], categories=tuple(person["tags"]), met=person["met"],
            extra=tuple(json.loads(person["vcard"])) if person["vcard"] else (),
        )  # fmt: skip


def _labeled(handles: list[dict[str, str]], kind: str) -> tuple[tuple[str, str], ...]:
    return tuple((one["label"], one["value"]) for one in handles if one["kind"] == kind)


def _values(handles: list[dict[str, str]], kind: str) -> tuple[str, ...]:
    return tuple(value for _, value in _labeled(handles, kind))
