"""Front matter: the YAML between two --- lines on top of a Markdown file, read and written as text and lists of text.

Nothing in it is a number, a date, a truth value or a reference, whatever it looks like: `no`, `012` and `12:30` come
back as they were written. Anchors and aliases are not followed, so that no file can explode. Knows nothing of notes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pkm.text import clean

if TYPE_CHECKING:
    from yaml.events import Event

Fields = dict[str, str | list[str]]

LIMIT = 65_536
"""How long front matter may be, in characters; what is longer is text."""
_DEEPEST = 12
_LINE = 100

_BLOCK = r"---[ \t]*\r?\n(?P<inner>(?s:.*?))^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)"
# Plain in YAML for every reader: begins with a letter, no indicator where it could mean something.
_PLAIN = r"[^\W\d_](?:[\w .()/+@'’&=!?;-]|:(?=\S)|(?<=\S)#)*(?<![ ])"
_PLAIN_ITEM = r"[^\W\d_][\w .()/+@'’&=!;-]*(?<![ ])"
_DATE = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?"
# What YAML 1.1 or 1.2 takes for a truth value, nothing or a number.
_NOT_TEXT = r"y|n|yes|no|on|off|true|false|null|nan|inf"


class _UnreadableError(ValueError):
    """The block is no mapping of texts."""


def split(text: str) -> tuple[Fields, str, str]:
    """(fields, body, raw) of a file's text, without its byte order mark; raw + body is that text.

    fields: each a text, or a list of texts; what is nested in a mapping has the path as its name ("a.b"). All cleaned.
    raw: the front matter with its lines of ---. A block that cannot be read as such is part of the body: fields and
    raw are empty, as for a text that has none. Line ends may be CRLF and stay.
    """
    text = text.removeprefix("\ufeff")
    match = re.match(_BLOCK, text, re.M) if text.startswith("---") else None
    if match is None or len(match["inner"]) > LIMIT:
        return {}, text, ""
    try:
        fields = _read(match["inner"])
    except _UnreadableError:
        return {}, text, ""
    return fields, text[match.end() :], match[0]


def join(fields: Mapping[str, str | Sequence[str]], body: str) -> str:
    """The text of a file with these fields, in their order, and this body; split gives both back, cleaned.

    Same input, same bytes. Without fields it is the body alone, unless that could be taken for front matter.
    """
    lines = [_line(clean(name), value) for name, value in fields.items()]
    if not lines and not body.startswith(("---", "\ufeff")):
        return body
    return "\n".join(["---", *lines, "---", body])


def change(raw: str, changes: Mapping[str, str | Sequence[str] | None]) -> str:
    """The front matter, as split gives it, with these fields set, or taken out (None); every other line as it came.

    A field that is there keeps its place and the case of its name; a new one is the last. Where the block cannot be
    changed line by line (it is one mapping in braces), it is written anew. Nothing left: "". A byte order mark stays.
    """
    mark, raw = ("\ufeff", raw[1:]) if raw.startswith("\ufeff") else ("", raw)
    fields = split(raw)[0]
    wanted: dict[str, str | Sequence[str] | None] = {}
    for name, value in changes.items():
        spelled = [one for one in fields if one.casefold() == name.casefold()] or [name]
        wanted |= {spelled[0]: value, **dict.fromkeys(spelled[1:])}  # a second spelling would say something else
    result: dict[str, str | Sequence[str]] = {name: value for name, value in fields.items() if name not in wanted}
    result |= {name: value for name, value in wanted.items() if value is not None}
    if not result:
        return mark
    made = _changed(raw, wanted) if raw else join(result, "")
    same = {name: value if isinstance(value, str) else list(value) for name, value in result.items()}
    return mark + (made if split(made)[0] == same else join(result, ""))


def _changed(raw: str, wanted: Mapping[str, str | Sequence[str] | None]) -> str:
    """The block with the lines of these fields replaced, each with the lines that hang below it."""
    end = "\r\n" if raw.split("\n", 1)[0].endswith("\r") else "\n"
    lines = raw.splitlines(keepends=True)
    last = next(at for at in range(len(lines) - 1, 0, -1) if lines[at].startswith(("---", "...")))
    kept, left, skipping = lines[:1], dict(wanted), False
    for line in lines[1:last]:
        found = re.match(r"[\"']?([^\s#\"'-][^:\"']*?)[\"']?[ \t]*:(?:\s|$)", line)
        name = found[1] if found else ""
        if found or (line.strip() and not line.startswith((" ", "\t", "-"))):
            skipping = name in wanted
            if name in left and (value := left.pop(name)) is not None:
                kept.append(_line(name, value).replace("\n", end) + end)
        if not skipping:
            kept.append(line)
    kept += [_line(clean(name), value).replace("\n", end) + end for name, value in left.items() if value is not None]
    return "".join([*kept, *lines[last:]])


def refers(raw: str) -> bool:
    """Whether the front matter has anchors or aliases of YAML: what is read of it is what is written, not what it means."""
    if not re.search(r"(?:^|[\s\[,{:-])[&*]\S", raw):
        return False
    import yaml

    match = re.match(_BLOCK, raw.removeprefix("\ufeff"), re.M)
    try:
        for event in yaml.parse(match["inner"] if match else "", Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                return True
    except (yaml.YAMLError, UnicodeError):
        return False
    return False


def _line(name: str, value: str | Sequence[str]) -> str:
    key = _scalar(name, _PLAIN_ITEM)
    if isinstance(value, str):
        return f"{key}: {_scalar(clean(value), _PLAIN)}"
    items = [_scalar(clean(item), _PLAIN_ITEM) for item in value]
    line = f"{key}: [{', '.join(items)}]"
    if len(line) <= _LINE:
        return line
    return "\n".join([f"{key}:", *(f"  - {item}" for item in items)])


def _scalar(text: str, plain: str) -> str:
    if re.fullmatch(_DATE, text, re.A) and (plain == _PLAIN or "T" not in text):
        return text
    if re.fullmatch(plain, text) and not re.fullmatch(_NOT_TEXT, text, re.I):
        return text
    import json

    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\xa0\ufffe\uffff]", lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _read(inner: str) -> Fields:
    """The fields of a block: as YAML, or line by line where it is none (`title: A: B`, `title: *this*`)."""
    if not inner.strip():
        return {}
    import yaml

    try:
        return _fields(_value(_events(inner), 0))
    except (yaml.YAMLError, UnicodeError, _UnreadableError):
        return _read_lines(inner)


def _events(inner: str) -> Iterator["Event"]:
    import yaml

    events = yaml.parse(inner, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for event in events:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _UnreadableError
        if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            yield event


def _value(events: Iterator["Event"], depth: int) -> Any:
    """What the next events say: a text, a list or a dict, in which all is text; None at the end of a collection."""
    import yaml

    event = next(events)
    if depth > _DEEPEST:
        raise _UnreadableError
    if isinstance(event, yaml.ScalarEvent):
        return event.value
    if isinstance(event, yaml.SequenceStartEvent):
        return list(iter(lambda: _value(events, depth + 1), None))
    if isinstance(event, yaml.MappingStartEvent):
        found = {}
        while (name := _value(events, depth + 1)) is not None:
            if not isinstance(name, str):
                raise _UnreadableError
            found[name] = _value(events, depth + 1)
        return found
    return None


def _fields(value: Any, path: str = "") -> Fields:
    if not isinstance(value, dict):
        raise _UnreadableError
    fields: Fields = {}
    for name, inner in value.items():
        if isinstance(inner, dict):
            fields.update(_fields(inner, f"{path}{clean(name)}."))
        else:
            fields[path + clean(name)] = clean(inner) if isinstance(inner, str) else list(_texts(inner))
    return fields


def _texts(value: Any) -> Iterator[str]:
    """The texts in a list, whatever is nested in it; a mapping in it as "name: value"."""
    for inner in value:
        if isinstance(inner, str):
            yield clean(inner)
        elif isinstance(inner, dict):
            for name, said in _fields(inner).items():
                yield f"{name}: {said if isinstance(said, str) else ', '.join(said)}"
        else:
            yield from _texts(inner)


def _read_lines(inner: str) -> Fields:
    """The fields of a block of `name: value` and `- item` lines. Raises _UnreadableError where a line is neither."""
    fields: Fields = {}
    name = ""
    for line in clean(inner).split("\n"):
        pair = re.fullmatch(r"([^\W_][\w .\-]{0,80}?)[ \t]*:(?:[ \t]+(.*))?", line)
        item = re.fullmatch(r"[ \t]*-[ \t]+(.*)", line)
        if pair:
            name = pair[1]
            fields[name] = _listed(pair[2] or "")
        elif item and name and (isinstance(fields[name], list) or not fields[name]):
            fields[name] = [*(fields[name] or []), _unquoted(item[1])]
        elif line.strip() and not line.lstrip().startswith("#"):
            raise _UnreadableError
    return fields


def _listed(text: str) -> str | list[str]:
    text = text.strip()
    if text.startswith("[") and text.endswith("]") and not text.startswith("[["):
        return [_unquoted(item) for item in text[1:-1].split(",") if item.strip()]
    return _unquoted(text)


def _unquoted(text: str) -> str:
    """A value without its quotes. Raises _UnreadableError where something opens that the line does not close."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    closing = {'"': '"', "'": "'", "[": "]", "{": "}"}.get(text[:1])
    if text in ("|", ">", "|-", ">-") or (closing and closing not in text[1:]):
        raise _UnreadableError
    return text
