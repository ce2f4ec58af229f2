"""A contact as a small form for an editor, and back: `key: value` lines, `about` last with all that follows.

Pure text; knows neither the editor nor the store. Whom `through` means is for the caller to find.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pkm.errors import Invalid
from pkm.people.contacts import Fields
from pkm.spelling import near
from pkm.text import clean, one_line

_HEAD = """\
# One line a field; several e-mails, addresses, aliases or tags are parted by commas.
# An empty value takes the field away. Lines that begin with # are left out, down to about.
"""
_LINES = ("name", "nick", "org", "role", "met", "about")
_LISTS = {"email": "emails", "url": "urls", "alias": "aliases", "tags": "tags"}
_ORDER = ("name", "nick", "email", "url", "org", "role", "met", "through", "every", "alias", "tags", "about")


@dataclass(frozen=True, slots=True)
class Form:
    """What a filled form says. through, every: as typed, None where the line is missing."""

    fields: Fields
    through: str | None = None
    every: str | None = None


def write_form(row: Mapping[str, Any], every: str = "") -> str:
    """The form of a contact, filled; `every` is their own cadence in words."""
    values = {key: row.get(key) or "" for key in ("name", "nick", "org", "role", "met", "through", "about")}
    values["every"] = every
    for key in ("email", "url", "alias"):
        values[key] = ", ".join(handle["value"] for handle in row["handles"] if handle["kind"] == key)
    values["tags"] = ", ".join(row["tags"])
    return _HEAD + "".join(f"{key}: {values[key]}".rstrip() + "\n" for key in _ORDER)


def read_form(text: str) -> Form:
    """What the form says; a field without a line stays as it is. Raises Invalid, naming the line."""
    said: dict[str, str] = {}
    lines = clean(text).split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        key, colon, value = line.partition(":")
        key = key.strip().lower()
        if not colon or key not in _ORDER:
            raise Invalid(f"line {number} “{one_line(line, 60)}”", f"it should begin with one of {', '.join(_ORDER)}",
                          near=near(key, _ORDER))  # fmt: skip
        if key in said:
            why = f"{key} is there twice; part several values by commas"
            raise Invalid(f"line {number} “{one_line(line, 60)}”", why)
        if key == "about":
            said[key] = "\n".join([value.strip(), *lines[number:]]).strip()
            break
        said[key] = value.strip()
    own: dict[str, Any] = {key: said[key] for key in _LINES if key in said}
    own |= {
        field: tuple(part for value in said[key].split(",") if (part := value.strip()))
        for key, field in _LISTS.items()
        if key in said
    }
    return Form(Fields(**own), said.get("through"), said.get("every"))
