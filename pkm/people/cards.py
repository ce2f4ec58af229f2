"""The store's contacts as cards, for the files that other tools read."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from pkm.people.arrival import uid_line
from pkm.people.card import Card
from pkm.store import cards

_OWN = {"email", "phone", "url", "alias", "uid"}  # kinds of handles that are no service; uid: that of a merged card


def all_cards(db: sqlite3.Connection) -> Iterator[Card]:
    """Every contact by number, with the properties of its card that pkm does not know."""
    for person in cards.everybody(db):
        handles = person["handles"]
        yield Card(
            name=person["name"], uid=person["uid"],
            nicks=tuple(filter(None, (person["nick"], *_values(handles, "alias")))),
            org=person["org"], title=person["role"],
            emails=_labeled(handles, "email"), phones=_labeled(handles, "phone"), urls=_labeled(handles, "url"),
            handles=tuple((one["kind"], one["value"]) for one in handles if one["kind"] not in _OWN),
            birthday=person["birthday"], note=person["about"], categories=tuple(person["tags"]), met=person["met"],
            extra=_lines(person),
        )  # fmt: skip


def _lines(person: dict[str, Any]) -> tuple[str, ...]:
    """What no column holds, with the UIDs of merged cards, by which their files are found; these are never written."""
    lines = json.loads(person["vcard"]) if person["vcard"] else []
    return tuple(dict.fromkeys((*lines, *map(uid_line, _values(person["handles"], "uid")))))


def _labeled(handles: list[dict[str, str]], kind: str) -> tuple[tuple[str, str], ...]:
    return tuple((one["label"], one["value"]) for one in handles if one["kind"] == kind)


def _values(handles: list[dict[str, str]], kind: str) -> tuple[str, ...]:
    return tuple(value for _, value in _labeled(handles, kind))
