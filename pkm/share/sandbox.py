"""Jinja2 for a person's own templates: nothing is reached but what they are given, and none goes on for ever.

Imported only where something is rendered.
"""

from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, TemplateSyntaxError, nodes
from jinja2.environment import Environment as Jinja
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_STEPS = 200_000
"""Turns of all loops of one rendering; a site of thousands of notes takes some ten thousand of a page."""

LARGEST = 10_000_000
"""Letters of a text, or entries of a list, that a template may make by repeating one."""


class Environment(ImmutableSandboxedEnvironment):
    """A sandbox that counts the turns of loops: `steps`, of one rendering."""

    intercepted_binops = frozenset({"*", "**"})
    steps = 0

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

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The result of * or **, where it is of a size that a page can have."""
        sizes = [len(one) for one in (left, right) if isinstance(one, str | bytes | list | tuple)]
        numbers = [abs(one) for one in (left, right) if isinstance(one, int | float)]
        if operator == "**" and numbers and (numbers[0] > LARGEST or numbers[-1] > 64):
            raise SecurityError("the power is too large")
        if operator == "*" and sizes and numbers and sizes[0] * numbers[0] > LARGEST:
            raise SecurityError(f"it would be longer than {LARGEST:,}")
        return super().call_binop(context, operator, left, right)


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
