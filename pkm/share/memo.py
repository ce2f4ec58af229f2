"""What Markdown, and each page, became the last time, so that a site of a thousand pages is not written anew for one.

Nothing depends on it but time: what is remembered holds only for the same text, rendered by the same program, where every
link and picture in it leads where it led then. It is a file beside the store, of public words only, and is made anew
where it is missing or cannot be read.
"""

import contextlib
import functools
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pkm.errors import StoreError
from pkm.files import write_atomic
from pkm.markdown import Resolve, to_html, to_plain

Asking = Mapping[str, Resolve]
"""Resolvers by name, of which a text is made beside what is given."""
Make = Callable[[Asking], str]

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


def made(of: Sequence[str], make: Make, asking: Asking | None = None, file: str = "") -> str:
    """What `make` gives; within remembering(), not made twice of the same.

    of: all that it is made of, but for what it learns of the resolvers in `asking`, which `make` is given. file: where in
    the folder it is kept anyway, so that only its hash need be remembered.
    """
    memo = _current.get(None)
    return memo.made(_key(*of), make, asking or {}, file) if memo else make(asking or {})


@functools.lru_cache(maxsize=65_536)  # asked several times of each piece of a site
def fingerprint(value: object) -> str:
    """What tells a frozen value from every other one of its kind, also in another run."""
    return _key(repr(value))


def is_known(what: Sequence[str]) -> bool:
    """Whether it was learned within remembering(), now or the last time."""
    memo = _current.get(None)
    return memo is not None and memo.knows(_key(*what))


def learn(what: Sequence[str]) -> None:
    """It is known from now on within remembering()."""
    memo = _current.get(None)
    if memo is not None:
        memo.made(_key(*what), lambda _: "", {})


@contextlib.contextmanager
def remembering(path: Path, templates: Sequence[Path] = (), folder: Path | None = None) -> Iterator[None]:
    """Within the block what is made again is taken from the file where it stands there; at its end the file has it.

    folder: where the files are that were made.
    """
    memo = Memo(path, templates, folder)
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
    folder: where the pages are, which are taken from there as long as their hash is the one that is remembered.
    """

    def __init__(self, path: Path | None = None, templates: Sequence[Path] = (), folder: Path | None = None) -> None:
        self._path, self._folder = path, folder
        self._made_by = _key(*_program(), *_state(templates)) if path else ""
        self._known: dict[str, Any] = _read(path, self._made_by) if path else {}
        self._used: dict[str, Any] = {}

    def html(self, text: str, *, link: Resolve | None, image: Resolve | None, heading: int) -> str:
        """As pkm.markdown.to_html."""
        key = _key("html", text, str(heading), str(link is None), str(image is None))
        asking = {kind: resolve for kind, resolve in (("link", link), ("image", image)) if resolve}
        return self.made(key, lambda to: to_html(text, link=to.get("link"), image=to.get("image"), heading=heading), asking)

    def plain(self, text: str) -> str:
        """As pkm.markdown.to_plain, without addresses."""
        return self.made(_key("plain", text), lambda _: to_plain(text), {})

    def made(self, key: str, make: Make, asking: Asking, file: str = "") -> str:
        """What was made under the key where each of `asking` answers as it did then; else what is made now."""
        for variant in self._known.get(key, []):
            if all(asking[kind](target) == answer for kind, target, answer in variant["asked"]):
                text = variant["made"] if "made" in variant else self._kept(file, variant["hash"])
                if text is not None:
                    return self._use(key, variant, text)
        asked: dict[tuple[str, str], str | None] = {}
        text = make({kind: _noting(kind, resolve, asked) for kind, resolve in asking.items()})
        what = {"hash": _key(text)} if file and self._folder else {"made": text}
        return self._use(key, {"asked": [(*which, answer) for which, answer in asked.items()], **what}, text)

    def _kept(self, file: str, known_as: str) -> str | None:
        """The text of the file; None where it is not what it was."""
        if not self._folder or not file:
            return None
        try:
            with open(os.path.join(self._folder, file), "rb") as opened:  # a thousand times: pathlib takes longer than the file
                text = opened.read().decode()
        except (OSError, UnicodeDecodeError):
            return None
        return text if _key(text) == known_as else None

    def knows(self, key: str) -> bool:
        """Whether something was made under the key; it is used then."""
        return key in self._known and self._use(key, self._known[key][0], "") == ""

    def _use(self, key: str, variant: dict[str, Any], text: str) -> str:
        for known in (self._used, self._known):
            variants = known.setdefault(key, [])
            if variant not in variants and len(variants) < _VARIANTS:
                variants.append(variant)
        return text

    def save(self) -> None:
        """What was used is remembered, and nothing else; where it cannot be written, the next run makes it anew."""
        if self._path is not None:
            data = json.dumps({"made_by": self._made_by, "known": self._used}, ensure_ascii=False)
            with contextlib.suppress(StoreError):
                write_atomic(self._path, data.encode())


def _noting(kind: str, answer_of: Resolve, asked: dict[tuple[str, str], str | None]) -> Resolve:
    """The same, with what it was asked and said."""

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
        return {key: [_variant(one) for one in variants] for key, variants in known.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _variant(kept: dict[str, Any]) -> dict[str, Any]:
    what = {"made": str(kept["made"])} if "made" in kept else {"hash": str(kept["hash"])}
    return {"asked": [(kind, target, answer) for kind, target, answer in kept["asked"]], **what}
