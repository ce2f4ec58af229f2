"""The manual page, made from the help of every command and the pages of `pkm help`: in man(7)'s markup."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pkm import __version__


def write(root: Any, topics: Mapping[str, str]) -> str:
    """The page as roff. root: the context of the root command. topics: the pages by name."""
    lines = [
        f'.TH PKM 1 "" "pkm {__version__}" "User Commands"',
        ".SH NAME", r"pkm \- personal knowledge management: seek, sense, share",
        ".SH SYNOPSIS", ".B pkm", r"[\fICOMMAND\fR] [\fIOPTIONS\fR] [\fIARGUMENTS\fR]", ".SH DESCRIPTION",
        *_as_typed(topics["method"]), ".SH COMMANDS",
    ]  # fmt: skip
    for path, context in _commands(root):
        lines += [f".SS {_escaped(path)}", *_command(context)]
    for name, text in topics.items():
        if name != "method":
            lines += [f".SH {name.upper()}", *_as_typed(text)]
    return "\n".join(lines) + "\n"


def _commands(context: Any) -> Iterator[tuple[str, Any]]:
    """Each command with its whole name, groups before what is in them."""
    for name in context.command.list_commands(context):
        found = context.command.get_command(context, name)
        inner = type(context)(found, info_name=name, parent=context)
        yield inner.command_path, inner
        if hasattr(found, "list_commands"):
            yield from _commands(inner)


def _command(context: Any) -> Iterator[str]:
    command = context.command
    usage = " ".join(command.collect_usage_pieces(context))
    yield rf".B {_escaped(context.command_path)}"
    yield _escaped(usage)
    yield ".PP"
    yield _escaped(" ".join((command.help or "").split()))
    for option in command.get_params(context):
        record = option.get_help_record(context)
        if record and "--help" not in option.opts:
            yield ".TP"
            yield rf"\fB{_escaped(record[0])}\fR"
            yield _escaped(" ".join(record[1].split()))
    if command.epilog:
        yield ".PP"
        yield from _as_typed(command.epilog.replace("\n\n", "\n"))


def _as_typed(text: str) -> Iterator[str]:
    """The lines as they are."""
    yield ".nf"
    yield from (_escaped(line) for line in text.strip("\n").splitlines())
    yield ".fi"


def _escaped(text: str) -> str:
    """The text as roff shows it: no line is a request, no backslash an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", text)
