"""What Markdown, and each page, became the last time, so that a site of a thousand pages is not written anew for one.

Nothing depends on it but time: what is remembered holds only for the same text, rendered by the same program, where every
link and picture in it leads where it led then. It is a file beside the store, of public words only, and is made anew
where it is missing or cannot be read.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pkm.errors import StoreError
from pkm.files import write_atomic
from pkm.markdown import Resolve, to_html, to_plain

_current: "ContextVar[Memo]" = ContextVar("memo")


def html(text: str, *, link: Resolve | None = None, image: Resolve | None = None, heading: int = 0) -> str:
    """As pkm.markdown.to_html; within remembering(), not made twice."""
    memo = _current.get(None)
    render = memo.html if memo else to_html
    return render(text, link=link, image=image, heading=heading)


def plain(text: str) -> str:
    """As pkm.markdown.to_plain, without addresses; within remembering(), not made twice."""
    memo = _current.get(None)
    return memo.plain(text) if memo else to_plain(text)


def page(made_of: Callable[[], Sequence[str]], make: Callable[[], str]) -> str:
    """What `make` gives; within remembering(), not made twice of the same."""
    memo = _current.get(None)
    return memo.page(_key("page", *made_of()), make) if memo else make()


def is_known(what: Sequence[str]) -> bool:
    """Whether it was learned within remembering(), now or the last time."""
    memo = _current.get(None)
    return memo is not None and memo.knows(_key(*what))


def learn(what: Sequence[str]) -> None:
    """It is known from now on within remembering()."""
    memo = _current.get(None)
    if memo is not None:
        memo.page(_key(*what), lambda: "")


@contextlib.contextmanager
def remembering(path: Path, templates: Sequence[Path] = ()) -> Iterator[None]:
    """Within the block what is made again is taken from the file where it stands there; at its end the file has it."""
    memo = Memo(path, templates)
    token = _current.set(memo)
    try:
        yield
    finally:
        _current.reset(token)
    memo.save()


_VARIANTS = 4
"""So many forms of one text are remembered: a page, a digest, a feed link to the same place in other words."""
_MADE_BY = ("markdown_it", "jinja2", "nh3")


class Memo:
    """Markdown's HTML and plain text, and pages, remembered.

    path: where, from one run to the next; save() keeps what was used. templates: the folders that pages are made with.
    """

    def __init__(self, path: Path | None = None, templates: Sequence[Path] = ()) -> None:
        self._path = path
        self._made_by = _key(*_program(), *_state(templates)) if path else ""
        self._known: dict[str, Any] = _read(path, self._made_by) if path else {}
        self._used: dict[str, Any] = {}

    def html(self, text: str, *, link: Resolve | None, image: Resolve | None, heading: int) -> str:
        """As pkm.markdown.to_html."""
        key = _key("html", text, str(heading), str(link is None), str(image is None))
        variants = self._known.get(key, [])
        for variant in variants:
            if all(_ask(link if kind == "link" else image, target) == answer for kind, target, answer in variant["asked"]):
                return self._use(key, variant)
        asked: dict[tuple[str, str], str | None] = {}
        made = to_html(text, link=_noting("link", link, asked), image=_noting("image", image, asked), heading=heading)
        return self._use(key, {"asked": [(*which, answer) for which, answer in asked.items()], "made": made})

    def plain(self, text: str) -> str:
        """As pkm.markdown.to_plain, without addresses."""
        key = _key("plain", text)
        known = self._known.get(key) or [{"asked": [], "made": to_plain(text)}]
        return self._use(key, known[0])

    def page(self, key: str, make: Callable[[], str]) -> str:
        """What was made under the key, or is made now."""
        known = self._known.get(key) or [{"asked": [], "made": make()}]
        return self._use(key, known[0])

    def knows(self, key: str) -> bool:
        """Whether something was made under the key; it is used then."""
        return key in self._known and self._use(key, self._known[key][0]) == ""

    def _use(self, key: str, variant: dict[str, Any]) -> str:
        for known in (self._used, self._known):
            variants = known.setdefault(key, [])
            if variant not in variants and len(variants) < _VARIANTS:
                variants.append(variant)
        return str(variant["made"])

    def save(self) -> None:
        """What was used is remembered, and nothing else; where it cannot be written, the next run makes it anew."""
        if self._path is not None:
            data = json.dumps({"made_by": self._made_by, "known": self._used}, ensure_ascii=False)
            with contextlib.suppress(StoreError):
                write_atomic(self._path, data.encode())


def _ask(resolve: Resolve | None, target: str) -> str | None:
    return resolve(target) if resolve else None


def _noting(kind: str, resolve: Resolve | None, asked: dict[tuple[str, str], str | None]) -> Resolve | None:
    """The same, with what it was asked and said."""
    if resolve is None:
        return None
    answer_of: Callable[[str], str | None] = resolve

    def ask(target: str) -> str | None:
        answer = asked[kind, target] = answer_of(target)
        return answer

    return ask


def _key(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _program() -> Iterator[str]:
    """What the renderer is made of; another one remembers nothing."""
    for folder in (Path(__file__).parent, Path(__file__).parent.parent):
        yield from _state(sorted(folder.glob("*.py")))
    for name in _MADE_BY:
        spec = find_spec(name)
        yield from _state([Path(spec.origin)] if spec and spec.origin else [])


def _state(places: Sequence[Path]) -> Iterator[str]:
    """What tells files, and those in folders, from what they were before."""
    for place in places:
        with contextlib.suppress(OSError):
            for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
                stat = file.stat()
                yield f"{file} {stat.st_mtime_ns} {stat.st_size}"
                if file.is_symlink() and file.is_dir():
                    yield os.urandom(8).hex()  # nothing is looked at behind it, so that nothing of it is remembered


def _read(path: Path, made_by: str) -> dict[str, Any]:
    try:
        kept = json.loads(path.read_bytes())
        known = kept["known"] if kept["made_by"] == made_by else {}
        return {key: [{"asked": [(kind, target, answer) for kind, target, answer in one["asked"]], "made": str(one["made"])}
                      for one in variants] for key, variants in known.items()}  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
