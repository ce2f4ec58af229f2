"""Jinja2 for a person's own templates: nothing is reached but what they are given, and none goes on for ever.

Imported only where something is rendered.
"""

import functools
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, TemplateSyntaxError, nodes
from jinja2.environment import Environment as Jinja
from jinja2.exceptions import SecurityError
from jinja2.filters import do_format
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_STEPS = 200_000
"""Turns of all loops of one rendering; a site of thousands of notes takes some ten thousand of a page."""

LARGEST = 10_000_000
"""Letters of a text, or entries of a list, that a template may make by repeating one."""


WIDEST = 10_000
"""Letters of a field, an indent or a row."""

_MADE_WIDE = ("batch", "center", "indent", "slice", "tojson")
_WIDE_METHODS = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs"})
_SIGN = re.compile(r"%([#0 +.\d*-]*)")
_FIELD = re.compile(r"\{[^{}:]*:([^{}]*)\}")
_NESTED = re.compile(r"\{[^{}:]*:[^{}]*\{")


class Environment(ImmutableSandboxedEnvironment):
    """A sandbox that counts the turns of loops: `steps`, of one rendering."""

    intercepted_binops = frozenset({"*", "**", "%"})
    steps = 0

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.globals.pop("lipsum")  # a text as long as somebody asks for, and never of a person's own words
        self.filters.update({name: _bounded(self.filters[name]) for name in _MADE_WIDE})
        self.filters["format"] = _format

    def join_path(self, template: str, parent: str) -> str:
        """A person's digest.html that extends "digest.html" means the packaged one, not itself."""
        return f"pkm/{template}" if template == parent else template

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            call = nodes.Call(nodes.EnvironmentAttribute("step"), [], [], None, None)
            loop.body.insert(0, nodes.ExprStmt(call, lineno=loop.lineno).set_lineno(loop.lineno))
        return tree

    def step(self) -> None:
        """One more turn of a loop was taken. Raises SecurityError where that was too many."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise SecurityError(f"its loops take more than {MOST_STEPS:,} turns: it seems to go on for ever")

    def call(__self, __context: Context, __obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """What was called gave, where it is no method of a text that makes it wider than a page can be."""
        method = getattr(__obj, "__wrapped__", __obj)
        owner, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
        if isinstance(owner, str) and name in ("format", "format_map"):
            _check_fields(owner)
        elif isinstance(owner, str) and name in _WIDE_METHODS:
            _check_widths([*args, *kwargs.values()], owner.count("\t"))
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The result of *, ** or %, where it is of a size that a page can have."""
        if operator == "%" and isinstance(left, str):
            _check_signs(left)
        sizes = [one for one in (left, right) if isinstance(one, str | bytes | list | tuple)]
        numbers = [abs(one) for one in (left, right) if isinstance(one, int | float)]
        if operator == "**" and numbers and (numbers[0] > LARGEST or numbers[-1] > 64):
            raise SecurityError("the power is too large")
        if operator == "*" and sizes and numbers and _size(sizes[0]) * numbers[0] > LARGEST:
            raise SecurityError(f"it would be longer than {LARGEST:,}")
        return super().call_binop(context, operator, left, right)


def _size(value: Any) -> int:
    """Letters of a text, or of all that stands in a list, whose entries count too."""
    if isinstance(value, list | tuple):
        return len(value) + sum(map(_size, value))
    return len(value) if isinstance(value, str | bytes) else 0


def _check_widths(widths: Iterable[Any], lines: int = 0) -> None:
    """Raises SecurityError where a width (or what stands for one) is none of a page, or too much in so many lines."""
    for width in widths:
        wide = len(width) if isinstance(width, str) else width if isinstance(width, int | float) else 0
        if wide > WIDEST or wide * lines > LARGEST:
            raise SecurityError(f"it asks for a width of {wide:,}, and more than {WIDEST:,} is not allowed")


def _check_signs(text: str) -> None:
    """The same for what stands behind a % in a text that is formatted."""
    _check_widths([text])
    signs = [text] if "%(" in text else [found[1] for found in _SIGN.finditer(text)]  # a name in ( ) may hold anything
    if any("*" in sign for sign in signs if sign != text):
        raise SecurityError("it takes a width from a value (*), which is not allowed")
    _check_widths(number for sign in signs for number in _numbers(sign))


def _check_fields(text: str) -> None:
    """The same for what stands in the braces of one."""
    _check_widths([text])
    if _NESTED.search(text):
        raise SecurityError("it takes a width from a value ({:{}}), which is not allowed")
    for found in _FIELD.finditer(text):
        _check_widths(_numbers(found[1]))


def _numbers(text: str) -> list[int]:
    """The numbers that stand in a text; of a long one what suffices to refuse it."""
    return [int(digits.lstrip("0")[:9] or 0) for digits in re.findall(r"\d+", text)]


def _bounded(filter: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, with widths that a page can have."""
    given = 2 if hasattr(filter, "jinja_pass_arg") else 1  # what it is applied to is the last of these

    @functools.wraps(filter)
    def apply(*args: Any, **kwargs: Any) -> Any:
        text = args[given - 1]
        _check_widths([*args[given:], *kwargs.values()], text.count("\n") if isinstance(text, str) else 0)
        return filter(*args, **kwargs)

    return apply


def _format(value: Any, *args: Any, **kwargs: Any) -> Any:
    _check_signs(str(value))
    return do_format(value, *args, **kwargs)


class Loader(FileSystemLoader):
    """Templates of a folder; of one that is not UTF-8 it says so, and where."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder

    def get_source(self, environment: Jinja, template: str) -> tuple[str, str, Any]:
        """As FileSystemLoader does it. Raises TemplateSyntaxError where it is not UTF-8."""
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise TemplateSyntaxError("it is not UTF-8", line, template, str(self._folder / template)) from error
