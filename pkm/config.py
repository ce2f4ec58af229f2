"""Where everything of one person lives, and what they set: the home's folders and config.toml.

Owns the list of settings. Knows nothing of the store's inside, of the verbs or of the terminal.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pkm.errors import Invalid, StoreError

if TYPE_CHECKING:
    from datetime import timedelta

    from tomlkit import TOMLDocument

WRITABLE = "set PKM_HOME to a folder you can write"


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one person: all of them PKM_HOME, else the XDG base directories.

    Source: XDG Base Directory Specification 0.8 (a relative path in a variable is ignored).
    """

    data: Path
    settings: Path
    state: Path

    @classmethod
    def find(cls) -> "Home":
        """The home that the environment names. Nothing is made. Raises StoreError where no home folder is known."""
        named = os.environ.get("PKM_HOME")
        if named:
            root = Path(_expanded(named)).absolute()
            return cls(root, root, root)
        return cls(
            _xdg("XDG_DATA_HOME", "~/.local/share"), _xdg("XDG_CONFIG_HOME", "~/.config"),
            _xdg("XDG_STATE_HOME", "~/.local/state"),
        )  # fmt: skip

    @property
    def db(self) -> Path:
        """The store."""
        return self.data / "pkm.db"

    @property
    def drafts(self) -> Path:
        """What was typed and is not yet in the store."""
        return self.data / "drafts"

    def begun(self, kind: str = "") -> list[Path]:
        """The texts that were typed and are not in the store, the newest last; kind: with that in front of their names only."""
        found = []
        for path in self.drafts.glob(f"{kind}-*" if kind else "*"):
            with suppress(OSError):  # another command has just stored what was in it
                found += [(path.stat().st_mtime_ns, path.name, path)] if not path.name.startswith(".") else []
        return [path for *_, path in sorted(found)]

    @property
    def site(self) -> Path:
        """The published site."""
        return self.data / "site"

    @property
    def attachments(self) -> Path:
        """The bytes of what notes show, each file named by its hash."""
        return self.data / "attachments"

    @property
    def backups(self) -> Path:
        """Copies of the store."""
        return self.data / "backups"

    @property
    def folders(self) -> Path:
        """What folders of contacts said when they were last written."""
        return self.state / "folders"

    @property
    def signals(self) -> Path:
        """What the order of the inbox was computed from."""
        return self.data / "signals.json"

    @property
    def imports(self) -> Path:
        """What the last imports could not use."""
        return self.state / "imports.json"

    @property
    def links(self) -> Path:
        """Which pages were looked at, and what came of it."""
        return self.state / "links.json"

    def caches(self) -> list[Path]:
        """Files that only save time, and are made anew: of items, of words, of looks at pages, of sites."""
        return [self.signals, self.data / "words.json", self.links, *sorted(self.data.glob("site-*.json"))]

    @property
    def preview(self) -> Path:
        """What a browser was last shown of a share."""
        return self.state / "preview"

    @property
    def config(self) -> Path:
        """The settings, as TOML."""
        return self.settings / "config.toml"

    @property
    def templates(self) -> Path:
        """Templates of one's own, which go before the package's."""
        return self.settings / "templates"

    @property
    def last(self) -> Path:
        """What the last run listed and touched."""
        return self.state / "last.json"

    def ensure(self) -> None:
        """The folders are there and can be written; those made here are 0700, others keep their mode.

        Raises StoreError, naming the folder.
        """
        for folder in dict.fromkeys((self.data, self.settings, self.state, self.drafts)):
            ensure_folder(folder)


def ensure_folder(folder: Path) -> None:
    """The folder is there and can be written; it is 0700 where it is made here. Raises StoreError, naming it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(str(folder), f"the folder cannot be made: {error.strerror or error}", next=WRITABLE) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(str(folder), "the folder cannot be written", next=WRITABLE)


def _expanded(path: str) -> str:
    expanded = os.path.expanduser(path)
    if expanded.startswith("~"):
        raise StoreError(path, "it is not known whose home that is", next=WRITABLE)
    return expanded


def _xdg(variable: str, default: str) -> Path:
    base = os.environ.get(variable, "")
    return Path(base if os.path.isabs(base) else _expanded(default)) / "pkm"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set.

    kind: text, url (of the web), span ("1h"), command (a program with arguments), keep (a span, a number, or both),
    yes (yes or no), number, language (its short name), quiet (hours of the day), weekly (numbers); the last two by circle.
    example: a value that it can have.
    """

    kind: str
    default: str
    help: str
    example: str


SETTINGS: Mapping[str, Setting] = {
    "name": Setting("text", "", "your name, as the site and the digests sign", "Ann Example"),
    "editor": Setting("command", "", "the editor for notes and drafts; else $VISUAL, $EDITOR", "nano"),
    "backup.weekly": Setting("number", "4", "how many weekly copies of the store a pull keeps; 0: none", "8"),
    "keep.items": Setting(
        "keep", "", "how long items that nobody used stay: \"1y\", \"500\" of a source, \"1y 500\"; none: for ever",
        "1y 500",
    ),
    "seek.every": Setting("span", "1h", "the least time between two looks at a source that has no --every", "6h"),
    "seek.local": Setting(
        "text", "", "hosts that sources may have on this machine or its network though their names do not say so; * is any "
        "part of a name", "feeds.example.org *.example.net",
    ),
    "share.cooling": Setting(
        "span", "10min", "how long planned mail waits before it leaves, so that it can be held; 0min: not", "30min",
    ),
    "share.language": Setting(
        "language", "en", "the language of what you share, as de; a circle may have its own", "de",
    ),
    "share.late": Setting(
        "span", "3d", "a stage later than this is held and asked about, never sent as a surprise", "1w",
    ),
    "share.quiet": Setting(
        "quiet", "", "hours without mail: \"22:00-07:00; practice 20:00-09:00\"", "22:00-07:00; practice 20:00-09:00",
    ),
    "share.title": Setting(
        "text", "{name}’s finds, {date}", "a digest’s title: {name}, {date}, {circle}, {count}", "Finds of {date}",
    ),
    "share.warnings": Setting(
        "text", "", "what posts warn of, by tag: \"health=Health; war=War\"", "health=Health; war=War",
    ),
    "share.weekly": Setting(
        "weekly", "", "how many shares a circle gets in a week at most: \"practice 1; network 3\"",
        "practice 1; network 3",
    ),
    "touch.mentions": Setting("yes", "no", "yes: a note that mentions a contact counts as a touch", "yes"),
    "touch.shares": Setting(
        "yes", "no", "yes: what is shared with a contact, or a circle of theirs, counts as a touch", "yes",
    ),
    "site.title": Setting("text", "", "the title of the site; else your name", "Ann’s garden"),
    "site.url": Setting(
        "url", "", "where the site is published, as https://example.org/pkm", "https://example.org/pkm",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set, with the defaults for the rest.

    values: the settings that the file gives, checked. unknown: names in the file that mean nothing, for the doctor.
    """

    values: Mapping[str, str]
    unknown: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, _known(key).default)

    def seconds(self, key: str) -> int:
        """The setting, which is a span, in seconds."""
        from pkm.typed_dates import parse_span

        return 0 if _is_none(key, self[key]) else int(parse_span(self[key]).total_seconds())

    def limits(self, key: str) -> "tuple[timedelta | None, int | None]":
        """The setting, which says how much is kept, as (how long, how many); None where it does not say."""
        return _limits(key, self[key])

    def is_set(self, key: str) -> bool:
        """Whether the file gives it."""
        _known(key)
        return key in self.values


def read(home: Home) -> Settings:
    """The settings of the home; the defaults where there is no file.

    Raises Invalid where the file is no TOML (with the line) or a setting has a value it cannot have; StoreError where
    it cannot be read.
    """
    text = _text(home)
    if not text.strip():
        return Settings({})
    flat = _flat(_parsed(home, text))
    known = {key: _checked(key, value, home) for key, value in flat.items() if key in SETTINGS}
    return Settings(known, tuple(sorted(flat.keys() - SETTINGS.keys())))


def get(home: Home, key: str) -> str:
    """The value of one setting, or its default. Raises Invalid where there is no such setting."""
    _known(key)
    return read(home)[key]


def set(home: Home, key: str, value: str) -> None:
    """The setting has the value; the file's other lines and comments stay.

    Raises Invalid (no such setting, a value it cannot have, a broken file), StoreError.
    """
    _check(key, value)
    document = _document(home)
    table: Any = document
    *path, last = key.split(".")
    for name in path:
        table = _subtable(home, table, name)
    table[last] = value
    _write(home, document)


def unset(home: Home, key: str) -> bool:
    """The setting has its default again, one that there is not is out of the file; whether it was set. Raises as `set` does."""
    if key not in read(home).unknown:
        _known(key)
    document = _document(home)
    table: Any = document
    *path, last = key.split(".")
    for name in path:
        table = table.get(name)
        if not isinstance(table, dict):
            return False
    if last not in table:
        return False
    del table[last]
    _write(home, document)
    return True


def _text(home: Home) -> str:
    try:
        return home.config.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise StoreError(str(home.config), f"it cannot be read: {error.strerror}", next=WRITABLE) from error
    except UnicodeDecodeError as error:
        raise _broken(home, "it is not UTF-8") from error


def _parsed(home: Home, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _broken(home, str(error) or "it is nested too deep") from error


def _broken(home: Home, why: str) -> Invalid:
    mend = f"mend that line of {home.config}, or move the file away"
    return Invalid(str(home.config), f"it is no TOML: {why}", next=mend)


def _flat(tables: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in tables.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{name}."))
        else:
            flat[prefix + name] = value
    return flat


def _checked(key: str, value: object, home: Home) -> str:
    if not isinstance(value, str):
        why = f'it should be text in quotes: "{value}"'
        raise Invalid(f"{key} in {home.config}", why, next=f"pkm config {key} …")
    try:
        _check(key, value)
    except Invalid as error:
        raise Invalid(f"{key} in {home.config}", error.why, next=f"pkm config {key} …") from error
    return value


def _is_none(key: str, value: str) -> bool:
    """Whether the time is none at all, which no other setting may be."""
    return key == "share.cooling" and value.strip() in ("0", "0min", "0m")


def _check(key: str, value: str) -> None:
    from pkm.text import one_line

    kind = _known(key).kind
    if one_line(value) != value:
        raise Invalid(key, "it should be one line of plain text")
    if kind == "span" and not _is_none(key, value):
        from pkm.typed_dates import parse_span

        parse_span(value)
    if kind == "keep":
        _limits(key, value)
    if kind in ("quiet", "weekly"):
        from pkm.hours import read_quiet, read_weekly

        (read_quiet if kind == "quiet" else read_weekly)(value)
    if kind == "number" and not (value.isascii() and value.isdecimal() and len(value) < 4):
        raise Invalid(f"{key}: {value}", "it should be a number from 0 to 999", next=f"pkm config {key} {SETTINGS[key].default}")
    if kind == "language":
        from pkm.text import check_language

        check_language(value)
    if kind == "yes" and value not in ("yes", "no"):
        raise Invalid(f"{key}: {value}", "it should be yes or no", next=f"pkm config {key} yes")
    if kind == "url" and value and not value.lower().startswith(("http://", "https://")):
        raise Invalid(f"{key}: {value}", "it should begin with https:// or http://")


_KEEP_FORMS = "it should be a length of time (1y), a number of items of a source (500), or one of each (1y 500)"


def _limits(key: str, value: str) -> "tuple[timedelta | None, int | None]":
    from pkm.typed_dates import parse_span

    words = value.split()
    numbers = [int(word) for word in words if word.isdecimal() and len(word) < 10]
    try:
        spans = [parse_span(word) for word in words if not word.isdecimal()]
    except Invalid as error:
        raise Invalid(error.what, _KEEP_FORMS, next=f'pkm config {key} "1y 500"') from None
    if len(numbers) > 1 or len(spans) > 1 or len(numbers) + len(spans) < len(words):
        raise Invalid(f"{key}: {value}", _KEEP_FORMS, next=f'pkm config {key} "1y 500"')
    return (spans[0] if spans else None), (numbers[0] if numbers else None)


def nearest(key: str) -> list[str]:
    """The settings that a mistyped key may have been; by one part of it where the whole is near to none."""
    from pkm.spelling import near

    by_part = (found for part in key.split(".") if len(found := near(part, SETTINGS)) == 1)
    return near(key, SETTINGS) or next(by_part, [])


def _known(key: str) -> Setting:
    if key in SETTINGS:
        return SETTINGS[key]
    meant = nearest(key)
    there = "" if meant else f"; there are {', '.join(SETTINGS)}"
    raise Invalid(key, f"there is no such setting{there}", near=meant, next=f"pkm config {' '.join(meant[:1])}".rstrip())


def _document(home: Home) -> "TOMLDocument":
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    text = _text(home)
    _parsed(home, text)  # the standard library's reader names the line better
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise _broken(home, str(error)) from error


def _subtable(home: Home, table: Any, name: str) -> Any:
    import tomlkit

    if name not in table:
        table[name] = tomlkit.table()
    if not isinstance(table[name], dict):
        raise Invalid(f"{name} in {home.config}", "it should be a table", next=f"take {name} out of {home.config}")
    return table[name]


def _write(home: Home, document: "TOMLDocument") -> None:
    import tomlkit

    from pkm.files import write_atomic

    ensure_folder(home.settings)
    # A config.toml that is a link into somebody's dotfiles stays one.
    write_atomic(Path(os.path.realpath(home.config)), tomlkit.dumps(document).encode())
