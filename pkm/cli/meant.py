"""What was meant by a word or an option that is none: the same three things are said of it as of every other error.

Read only when something was mistyped, so it may import what it likes.
"""

import re
import shlex
import sys
from collections.abc import Collection, Sequence
from typing import Any

from pkm import ids
from pkm.cli import current
from pkm.errors import Invalid, NotFound, PkmError
from pkm.grammar import ALSO
from pkm.groups import GROUPS
from pkm.query_tree import FIELDS
from pkm.spelling import near
from pkm.text import one_of

INSTEAD = {
    ("seek", "pause"): "pkm seek edit SOURCE --pause", ("seek", "resume"): "pkm seek edit SOURCE --resume",
    ("seek", "unfollow"): "pkm seek remove SOURCE", ("seek", "unsubscribe"): "pkm seek remove SOURCE",
    ("seek", "delete"): "pkm seek remove SOURCE", ("seek", "follow"): "pkm seek add URL",
    ("seek", "subscribe"): "pkm seek add URL", ("seek", "rename"): "pkm seek edit SOURCE --title NAME",
    ("seek", "fetch"): "pkm seek pull", ("seek", "update"): "pkm seek pull",
    ("sense", "write"): 'pkm sense note "your words"', ("pkm", "write"): 'pkm sense note "your words"',
    ("sense", "list"): "pkm find kind:note", ("sense", "new"): 'pkm sense note "your words"',
    ("sense", "comment"): 'pkm sense annotate ITEM -m "your words"', ("sense", "unlink"): "pkm sense link NOTE OTHER --remove",
    ("sense", "quote"): 'pkm sense annotate ITEM -q "the exact words"',
    ("sense", "remove"): "pkm sense drop NOTE, or pkm forget NOTE",
    ("sense", "delete"): "pkm forget NOTE", ("contact", "delete"): "pkm forget WHO", ("circle", "delete"): "pkm forget CIRCLE",
    ("pkm", "delete"): "pkm forget ID", ("pkm", "erase"): "pkm forget ID", ("contact", "remove"): "pkm forget WHO",
    ("contact", "rename"): "pkm contact edit WHO --name NAME", ("contact", "duplicates"): "pkm contact dupes",
    ("circle", "remove"): "pkm forget CIRCLE", ("circle", "rename"): "pkm circle edit CIRCLE --name NAME",
    ("tag", "add"): "pkm sense tag NOTE +TAG", ("tag", "remove"): "pkm sense tag NOTE -TAG",
    ("share", "list"): "pkm share log", ("share", "show"): "pkm share preview SHARE",
    ("share", "note"): "pkm share draft NOTE", ("share", "publish"): "pkm share send SHARE",
    ("pkm", "contacts"): "pkm contact list", ("pkm", "people"): "pkm contact list", ("pkm", "circles"): "pkm circle list",
    ("pkm", "notes"): "pkm find kind:note", ("pkm", "items"): "pkm sense inbox", ("pkm", "sources"): "pkm seek list",
    ("pkm", "feeds"): "pkm seek list", ("pkm", "tags"): "pkm tag list", ("pkm", "shares"): "pkm share log",
    ("pkm", "search"): "pkm find WORDS", ("pkm", "settings"): "pkm config", ("pkm", "version"): "pkm --version",
    ("pkm", "status"): "pkm", ("pkm", "desk"): "pkm sense, which opens the desk",
    ("pkm", "fetch"): "pkm seek", ("pkm", "sync"): "pkm seek", ("pkm", "init"): "pkm tour",
    ("pkm", "restore"): "pkm sense restore ITEM, or pkm backup --restore FILE", ("pkm", "follow"): "pkm seek add URL",
}  # fmt: skip
"""What people type who know other tools, and the command that does it here."""

SHOWN = {"n": "sense show", "i": "sense show", "a": "sense show", "s": "seek show", "c": "contact show", "o": "circle show",
         "x": "share preview"}  # fmt: skip
"""What shows a thing, by its id's letter; `pkm why` for all others."""

OPTIONS = {"--cadence": "--every", "--interval": "--every", "--reason": "--because", "--message": "-m", "--count": "-n",
           "--max": "-n", "--tags": "--tag", "--who": "--contact", "--group": "--circle", "--date": "--when",
           "--text": "-m", "--name": "--title"}  # fmt: skip
"""What an option is called elsewhere, and here; said where the command has it."""

FIELDS_ELSEWHERE = {"tags": "tag", "contact": "person", "who": "person", "with": "person", "until": "before", "kinds": "kind",
                    "stages": "stage", "circles": "circle", "link": "links"}  # fmt: skip
"""What a field of a search is called where it is an option; said beside grammar.ALSO."""

LIKELY = sorted(GROUPS, key=lambda name: (name != "sense", name in ("share", "tag")))
"""The groups, those first where most of what is typed without one belongs."""


def unknown_command(context: Any, typed: str, rest: Sequence[str]) -> Invalid:
    """The error for a word that is no command of the context's group, with what was meant where that can be told."""
    path = context.command_path
    close = near(typed, _names(context))
    instead = INSTEAD.get((context.info_name, typed.lower())) or _by_form(context.info_name, typed)
    if not instead and len(close) == 1:
        instead = _whole(f"{path} {close[0]}", rest)
    if not instead and not close:
        instead = _elsewhere(context.find_root(), typed, rest) or _of_the_group(context.info_name, typed, rest)
    return Invalid(f"“{typed}”", f"{path} has no such command", near=close, next=instead or f"{path} -h")


def no_page(context: Any, typed: str, said: str, topics: Collection[str]) -> NotFound:
    """The error for a word that is no page of the help and no command of the context's group, with those that are near."""
    path, pages = context.command_path.partition(" ")[2], topics if context.parent is None else ()
    close = [f"{path} {name}".strip() for name in near(typed, [*pages, *_names(context)])]
    close = close or [command.partition(" ")[2] for command in _in_the_groups(context.find_root(), typed)[:3]]
    step = f"pkm help {close[0]}" if len(close) == 1 else "pkm help"
    return NotFound(f"“{said}”", "there is no such page, and no such command", kept="", near=close, next=step)


def _names(context: Any) -> list[str]:
    return list(context.command.list_commands(context)) if hasattr(context.command, "list_commands") else []


def _by_form(group: str, typed: str) -> str:
    """What shows the thing, or follows the address, or searches the words, that were typed in a command's place."""
    parsed = ids.parse(typed)
    if parsed:
        return f"pkm {SHOWN.get(typed[0].lower(), 'why')} {typed}"
    if "://" in typed:
        return f"pkm seek add {shlex.quote(typed)}" if group != "sense" else f'pkm sense note {shlex.quote(typed)} "your words"'
    if " " in typed:
        return {"sense": "pkm sense note ", "contact": "pkm contact show "}.get(group, "pkm find ") + shlex.quote(typed)
    return ""


def _whole(command: str, rest: Sequence[str]) -> str:
    """The command with the words that came after the mistyped one, as they can be typed again."""
    words = shlex.join(rest)
    return f"{command} {words}".rstrip() if len(words) <= 60 else f"{command} …"


def _in_the_groups(root: Any, typed: str) -> list[str]:
    """The commands of that name, or nearly, in all groups: `pkm sense note` for note."""
    names = [(group, name) for group in LIKELY for name in root.command.load(group).list_commands(root)]
    close = near(typed, [name for _, name in names], len(names), within=1)  # of so many some are two slips from any word
    return [f"pkm {group} {name}" for group, name in names if name in close]


def _elsewhere(root: Any, typed: str, rest: Sequence[str]) -> str:
    found = _in_the_groups(root, typed)
    if typed == "add" and rest and ("://" in rest[0] or rest[0].startswith(("www.", "~", "/"))):
        found = ["pkm seek add"]
    return one_of([_whole(command, rest) for command in found[:3]])


def _of_the_group(group: str, typed: str, rest: Sequence[str]) -> str:
    """A name where a command belongs: what shows it."""
    if group == "tag":
        return f"pkm find tag:{shlex.quote(typed)}"
    if group in ("contact", "circle", "seek"):
        return f"pkm {group} show {shlex.quote(' '.join([typed, *rest]))}, or pkm {group} -h"
    return ""


def usage(error: Any, at: str = "pkm") -> PkmError:
    """The error of the command line's parser, in the words of all others. at: the command, where it does not know."""
    context, kind, message = error.ctx, type(error).__name__, str(error.message)
    path = context.command_path if context else at
    missing = re.match(r"No such option: (\S+)", message)
    if missing:
        return _unknown_option(context, path, missing[1])
    if kind == "MissingParameter" and error.param is not None:
        said = (error.param.help or "").strip()
        said = said if said[1:2].isupper() else said[:1].lower() + said[1:]
        return Invalid(f"{path} without {_called(error.param)}", said, next=example(context))
    if kind == "BadParameter" and error.param is not None:
        return _bad_value(error, path, message)
    if kind == "BadOptionUsage":
        return Invalid(error.option_name, "it wants a value behind it", next=f"{path} -h")
    extra = re.search(r"unexpected extra arguments? \((.*)\)$|unexpected extra argument\(s\) \((.*)\)$", message)
    if extra:
        words = extra[1] or extra[2]
        step = f"pkm why {words}" if ids.parse(words) else f"{path} -h"
        return Invalid(f"“{words}”", f"{path} takes no more words; a name of several goes into quotes", next=step)
    return Invalid(path, message, next=f"{path} -h")


def _unknown_option(context: Any, path: str, typed: str) -> Invalid:
    if written := _in_a_search(context, path, typed):
        return written
    there = [name for param in (context.command.params if context else ()) for name in (*param.opts, *param.secondary_opts)
             if name.startswith("-")]  # fmt: skip
    name = typed.split("=")[0]
    other = OPTIONS.get(name, "")
    bare = {each.lstrip("-"): each for each in there}  # dashes are no letters: --to is not near to --now
    close = [other] if other in there else [each for each in there if each.startswith(name)] or [
        bare[each] for each in near(name.lstrip("-"), bare)
    ]  # fmt: skip
    close = close if len(name) > 2 else []
    step = current.typed(instead=(name, close[0])) if len(close) == 1 else ""
    return Invalid(typed, f"{path} has no such option", near=close, next=step if 0 < len(step) <= 80 else f"{path} -h")


def corrected(error: PkmError) -> str:
    """The command with the one word that was meant in the place of the mistyped one; "" where that cannot be told."""
    if len(error.near) != 1:
        return ""
    words = ["pkm", *sys.argv[1:]]
    said = error.what.replace("“", " ").replace("”", " ").split()
    values = [word.rpartition("=")[2] for word in words]
    wrong = [at for at, value in enumerate(values) if value in said and near(value, error.near, whole=True)]
    if len(wrong) != 1:
        return ""
    option, equals, _ = words[wrong[0]].rpartition("=")
    words[wrong[0]] = f"{option}{equals}{error.near[0]}"
    step = shlex.join(words)
    return step if len(step) <= 80 else ""


def _in_a_search(context: Any, path: str, typed: str) -> Invalid | None:
    """The error for an option of other tools that is a field here, on a command that takes a search: how it is written there.

    None where it is none.
    """
    said = (f"{param.metavar or ''} {getattr(param, 'help', '') or ''}" for param in (context.command.params if context else ())
            if param.param_type_name == "argument")  # fmt: skip
    name, equals, value = typed.removeprefix("--").partition("=")
    field = _field(name) if typed.startswith("--") else ""
    if not field or not any(re.search(r"QUERY|\bsearch\b", one) for one in said):
        return None
    words, step = iter(sys.argv[1:]), ["pkm"]
    for word in words:
        name, equals, value = word.partition("=")
        if other := _field(name.removeprefix("--")) if word.startswith("--") else "":
            value = value if equals else next(words, "")
            word = f"{other}:{_quoted(value) if value else '…'}"
        step.append(word)
    written = next((word for word in step if word.startswith(f"{field}:")), f"{field}:…")
    again = shlex.join(step)
    return Invalid(typed, f"{path} takes a search, and there it is written {written}",
                   next=again if len(again) <= 120 else f"{path} {shlex.quote(written)}")  # fmt: skip


def _field(name: str) -> str:
    """The field of a search that an option of that name would be; "" where there is none."""
    name = {**ALSO, **FIELDS_ELSEWHERE}.get(name, name)
    return name if name in FIELDS else ""


def _quoted(value: str) -> str:
    """The value as a field has it: in quotes where there are spaces."""
    return f'"{value}"' if " " in value else value


def _called(param: Any) -> str:
    return str(param.metavar or param.name).strip("{}[]") if param.param_type_name == "argument" else str(param.opts[-1])


def _bad_value(error: Any, path: str, message: str) -> Invalid:
    param, least = error.param, getattr(error.param.type, "min", None)
    value = re.match(r"'?(.*?)'? is not ", message)
    typed = f" {value[1]}" if value else ""
    what = (f"“{typed.strip()}”" if param.param_type_name == "argument" else f"{param.opts[0]}{typed}").strip()
    if not value or not re.search("range|int", message):
        return Invalid(what, message, next=f"{path} -h")
    return Invalid(what, "it should be a number" + (f", {least} or more" if least is not None else ""), next=f"{path} -h")


def example(context: Any) -> str:
    """The first example of the context's command, without what is said beside it; else its help."""
    lines = (context.command.epilog or "").replace("Example:", "").strip().splitlines()
    first = re.sub(r"\s{2,}\(.*", "", lines[0]).strip() if lines else ""
    return f"as in {first}" if first else f"{context.command_path} -h"
