"""Templates: found in the person's folder first, then in the package; rendered in a sandbox, strictly.

Owns Jinja2's set-up, the filters that templates may use, and the words for their errors. Knows nothing of digests.
"""

import functools
import re
import traceback
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pkm.errors import Invalid
from pkm.markdown import escape
from pkm.spelling import near

PACKAGED = Path(__file__).parent / "templates"
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# What an expression of a person's own template can raise beside Jinja2's own errors.
_FAULTS = (ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RecursionError, TypeError, ValueError)


def render(name: str, values: Mapping[str, Any], templates: Path | None = None) -> bytes:
    """The template's output: UTF-8, Unix line ends, exactly one at the end.

    templates: the folder looked in first; one there may begin with {% extends "digest.html" %} under its own name.
    Raises Invalid, which names the template, its line and what was missing or wrong.
    """
    from jinja2 import TemplateError

    try:
        own = tuple(sorted(file.name for file in templates.iterdir())) if templates and templates.is_dir() else ()
        environment = _environment(templates, own)
        environment.steps = 0
        text: str = environment.get_template(name).render(**values)
    except (TemplateError, *_FAULTS) as error:
        raise _invalid(name, error) from error
    return (text.replace("\r\n", "\n").strip("\n") + "\n").encode()


def style(templates: Path | None = None, name: str = "style.css") -> str:
    """The style sheet of that name: the person's own, else the packaged one."""
    for folder in (templates, PACKAGED):
        if folder is not None and (folder / name).is_file():
            try:
                data = (folder / name).read_bytes()
                return data.decode().strip().replace("\r\n", "\n") + "\n"
            except UnicodeDecodeError as error:
                line = data.count(b"\n", 0, error.start) + 1
                step = f"save {name} in the folder templates/ as UTF-8"
                raise Invalid(f"the template {name}, line {line}", "it is not UTF-8", next=step) from error
            except OSError as error:
                raise Invalid(f"the template {name}", f"it cannot be read: {error}") from error
    raise Invalid(f"the template {name}", "it is missing from the package", next="install pkm again")


def day(stamp: str) -> str:
    """The date of a stamp as people write it: "23 November 2026"; what is no date stays as it is."""
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def month(stamp: str) -> str:
    """The month of a stamp as people write it: "November 2026"."""
    return day(stamp).partition(" ")[2]


def quoted(text: str) -> str:
    """Each line of the text behind Markdown's mark for a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def paragraphs(text: str) -> list[str]:
    """The parts of a plain text that blank lines divide, each on one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


def _sha256_of(text: str) -> str:
    """The text's hash as a content security policy names it (CSP3, 6.7.3.3)."""
    import base64
    import hashlib

    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@functools.lru_cache(maxsize=8)
def _environment(templates: Path | None, files: tuple[str, ...]) -> Any:
    """Jinja2, set up; `files` only makes it new when the folder gained a file, which Jinja2's own cache overlooks."""
    from jinja2 import ChoiceLoader, PrefixLoader, StrictUndefined

    from pkm.share.sandbox import Environment, Loader

    packaged = Loader(PACKAGED)
    own = [Loader(templates)] if templates is not None and files else []
    environment = Environment(
        loader=ChoiceLoader([*own, packaged, PrefixLoader({"pkm": packaged})]),
        undefined=StrictUndefined,
        autoescape=lambda name: name is None or name.endswith((".html", ".xml")),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=day, md=escape, quoted=quoted, paragraphs=paragraphs, sha256=_sha256_of)
    return environment


def _invalid(name: str, error: Exception) -> Invalid:
    """The error of a template as facts: which template, which line, what is wrong, how to go on."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

    where, line = _place(error)
    if isinstance(error, TemplateSyntaxError):
        where, line = error.name or name, error.lineno
    why = error.message or "" if isinstance(error, TemplateSyntaxError) else str(error)
    close: list[str] = []
    if isinstance(error, TemplateNotFound):
        why = f"there is no template {error.name}"
        close = near(str(error.name), sorted(path.name for path in PACKAGED.iterdir()))
    elif isinstance(error, UndefinedError):
        why = f"{error}: no such value is given to it"
    elif isinstance(error, MemoryError):
        why = "it asks for more memory than is allowed"
    what = f"the template {where or name}" + (f", line {line}" if line else "")
    mend = f"mend {where or name} in the folder templates/, or move it away to use the packaged one"
    return Invalid(what, why, next=mend, near=close)


def _place(error: Exception) -> tuple[str, int]:
    """(template, line) where rendering stopped: the innermost frame that Jinja2 gave a template's name."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.name in ("top-level template code", "template") or frame.name.startswith(("block ", "macro ")):
            return Path(frame.filename).name, frame.lineno or 0
    return "", 0
