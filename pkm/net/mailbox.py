"""Mailboxes on this machine: the letters of a Maildir or an mbox that were not read before, the newest first.

Nothing is written, marked or locked for longer than it is read. What was read is told by a cursor, which the caller
keeps; personal letters, as the caller tells them by their headers, are counted and left where they are. Sources: D. J.
Bernstein's maildir, Maildir++, RFC 4155 (mbox) with the "mboxrd" quoting.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

from pkm.errors import BadInput, NotFound, PkmError, Unreachable
from pkm.net.letters import MAX_HEADER, MAX_LETTER, Place, Reading, Wanted

SCHEMES = ("maildir", "mbox", "imap", "imaps")

_SLACK_NS = 5_000_000_000  # what came in so short a time is told apart by name: clocks of file systems are coarse
_MAX_SEEN = 2000
_LOCK_S = 600  # an older lock file was left behind
_POSTMARK = re.compile(rb"From .*\d\d:\d\d.*\d{4}\s*$")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.M)


def is_mailbox(url: str) -> bool:
    """Whether the address is that of a mailbox."""
    scheme, colon, _ = url.partition(":")
    return bool(colon) and scheme.lower() in SCHEMES


def read_place(url: str) -> Place:
    """The parts of a mailbox's address. Raises BadInput where it is none."""
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        return Place(
            parts.scheme.lower(), unquote(parts.path), parts.hostname or "", parts.port, unquote(parts.username or ""),
            all_mail=asked.get("letters") == ["all"], subfolders=asked.get("folders") == ["all"],
        )  # fmt: skip
    except ValueError as error:
        raise BadInput(url, "it is no address of a mailbox") from error


def make_url(place: Place) -> str:
    """The address that read_place takes apart."""
    user = f"{quote(place.user, safe='')}@" if place.user else ""
    host = f"[{place.host}]" if ":" in place.host else place.host
    port = f":{place.port}" if place.port else ""
    asked = [name for name, wanted in (("letters=all", place.all_mail), ("folders=all", place.subfolders)) if wanted]
    query = f"?{'&'.join(asked)}" if asked else ""
    return f"{place.scheme}://{user}{host}{port}{quote(place.path)}{query}"


class MaildirReading(Reading):
    """The letters of a Maildir: what came into its folders since the last time. A flag that changes makes no new letter."""

    def __init__(self, place: Place, cursor: str | None, wanted: Wanted) -> None:
        super().__init__(cursor, wanted)
        self._folders = maildir_folders(Path(place.path), subfolders=place.subfolders)

    def __iter__(self) -> Iterator[bytes]:
        known = self._known()
        since, seen = _number(known.get("since")), set(known.get("seen") or ())
        if since > time.time_ns():  # a clock that was ahead: what came since then cannot be told by it
            since = 0
        files = _list_letters(self._folders)
        for file in _newest_first(files):
            if file.at >= since and file.name not in seen:
                yield from self._read(file.path)
        if files:
            self.cursor = _maildir_cursor(files)

    def _read(self, path: str) -> Iterator[bytes]:
        with contextlib.suppress(OSError), open(path, "rb") as file:  # renamed or deleted since it was listed
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return
            head = file.read(MAX_HEADER)
            if self._is_wanted(head):
                yield head + file.read(MAX_LETTER - MAX_HEADER)


class _File(NamedTuple):
    at: int  # when it came there, or was last renamed, in ns
    name: str  # its unique name, hashed, without the flags
    path: str


def maildir_folders(path: Path, *, subfolders: bool) -> list[Path]:
    """The folders of a Maildir, those of Maildir++ (.Name) included on wish. Raises NotFound, BadInput where it is none."""
    if not path.exists():
        raise NotFound(str(path), "there is no such folder")
    try:
        inner = sorted(each for each in path.iterdir() if each.name.startswith(".") and _is_maildir(each)) if subfolders else []
    except OSError as error:
        raise BadInput(str(path), f"it cannot be read: {error.strerror}") from error
    folders = ([path] if _is_maildir(path) else []) + inner
    if not folders:
        raise BadInput(str(path), "it is no Maildir: there are no folders cur and new in it")
    return folders


def _is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir() and (path / "new").is_dir()


def _list_letters(folders: Sequence[Path]) -> list[_File]:
    found = []
    for folder in folders:
        for part in ("new", "cur"):
            try:
                with os.scandir(folder / part) as entries:
                    found += [_file(entry, folder.name) for entry in entries if not entry.name.startswith(".")]
            except OSError as error:
                raise BadInput(str(folder / part), f"it cannot be read: {error.strerror}") from error
    return [each for each in found if each is not None]


def _file(entry: "os.DirEntry[str]", folder: str) -> _File | None:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    unique = f"{folder}/{entry.name.partition(':')[0]}".encode("utf-8", "surrogateescape")
    return _File(status.st_ctime_ns, hashlib.sha256(unique).hexdigest()[:12], entry.path)


def _newest_first(files: Sequence[_File]) -> list[_File]:
    return sorted(files, reverse=True)


def _maildir_cursor(files: Sequence[_File]) -> str:
    """Where reading goes on: from the last letter that came, but not from a time that a clock which was ahead gave it."""
    latest, now_ns = _newest_first(files), time.time_ns()
    recent = [each for each in latest if each.at >= min(latest[0].at, now_ns) - _SLACK_NS][:_MAX_SEEN]
    return json.dumps({"since": min(recent[-1].at, now_ns), "seen": sorted(each.name for each in recent)})


class MboxReading(Reading):
    """The letters of an mbox: what was added since the last time; all, where it was written anew."""

    def __init__(self, place: Place, cursor: str | None, wanted: Wanted) -> None:
        super().__init__(cursor, wanted)
        self._path = Path(place.path)

    def __iter__(self) -> Iterator[bytes]:
        with _open_mbox(self._path) as file:
            status = os.fstat(file.fileno())
            stands = {"size": status.st_size, "mtime": status.st_mtime_ns}
            known = self._known()
            if {name: known.get(name) for name in stands} == stands:
                return
            spans = _find_letters(file, _continue_at(file, known, status.st_size))
            if not spans and status.st_size:
                raise BadInput(str(self._path), "it is no mbox: no letter begins in it")
            last = ""
            for start, end in reversed(spans):
                data = _read_letter(file, start, end)
                digest = hashlib.sha256(data).hexdigest()[:16]
                last = last or digest
                if (start, digest) != (known.get("start"), known.get("last")) and self._is_wanted(data[:MAX_HEADER]):
                    yield data
            # The last letter is looked at again next time: it may not have been whole yet.
            start = spans[-1][0] if spans else 0
            self.cursor = json.dumps({**stands, "start": start, "before": _before(file, start), "last": last})


@contextlib.contextmanager
def _open_mbox(path: Path) -> Iterator[IO[bytes]]:
    """The file, while no other program writes it. Raises NotFound, BadInput, Unreachable where one does."""
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise BadInput(str(path), "it is no plain file")
            if _is_locked(file, path):
                raise Unreachable(str(path), "another program is writing it; it is read the next time")
            yield file
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(str(path), "there is no such file") from None
    except OSError as error:
        raise BadInput(str(path), f"it cannot be read: {error.strerror}") from error


def _is_locked(file: IO[bytes], path: Path) -> bool:
    """Whether a program that brings letters holds the file, by any of the three ways they have; else this one does."""
    with contextlib.suppress(OSError):
        if time.time() - Path(f"{path}.lock").stat().st_mtime < _LOCK_S:
            return True
    for lock in (fcntl.lockf, fcntl.flock):
        try:
            lock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return True
    return False


def _continue_at(file: IO[bytes], known: dict[str, Any], size: int) -> int:
    """Where reading goes on: at the last letter of the last time where the file before it is the same, else at 0."""
    start = _number(known.get("start"))
    return start if 0 < start <= size and known.get("before") == _before(file, start) else 0


def _before(file: IO[bytes], at: int) -> str:
    """What stands in the file up to there, as far as can be told by its beginning and its end."""
    file.seek(0)
    head = file.read(min(at, 1024))
    file.seek(max(0, at - 1024))
    return hashlib.sha256(head + b"\0" + file.read(min(at, 1024)) + str(at).encode()).hexdigest()[:16]


def _find_letters(file: IO[bytes], at: int) -> list[tuple[int, int]]:
    """(start, end) of each letter from `at` on. A letter begins with a "From " line after an empty one."""
    file.seek(at)
    starts: list[int] = []
    blank = True
    while line := file.readline(100_000):
        if blank and line.startswith(b"From ") and (at == 0 or _POSTMARK.match(line)):
            starts.append(at)
        at += len(line)
        blank = line in (b"\n", b"\r\n")
    return list(zip(starts, [*starts[1:], at][: len(starts)], strict=True))


def _read_letter(file: IO[bytes], start: int, end: int) -> bytes:
    file.seek(start)
    data = file.read(min(end - start, MAX_LETTER))
    return _QUOTED_FROM.sub(rb"\1", data.partition(b"\n")[2])


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def open_mailbox(
    url: str, *, cursor: str | None, wanted: Wanted, secret: str = "", headers: Sequence[str] = (), since: date | None = None
) -> Reading:  # fmt: skip
    """The mailbox's letters that the cursor does not know, ready to be read. Raises PkmError kinds, while reading too.

    headers: those that `wanted` looks at, where not those of lists; a folder on this machine gives all. since: where the
    cursor knows nothing, a server is asked for what came since that day alone.
    """
    place = read_place(url)
    if place.all_mail:
        wanted = _any
    if place.scheme == "maildir":
        return MaildirReading(place, cursor, wanted)
    if place.scheme == "mbox":
        return MboxReading(place, cursor, wanted)
    if place.scheme in ("imap", "imaps"):
        from pkm.net.imap import ImapReading

        asked = {"headers": headers} if headers else {}
        return ImapReading(url, place, cursor, wanted, secret, since=since, **asked)
    raise PkmError(url, "it is no mailbox")


def _any(head: bytes) -> bool:
    return True


@contextlib.contextmanager
def searching(url: str, secret: str = "") -> Iterator[Callable[[str], bool]]:
    """Whether a letter of that Message-ID (without its brackets) lies in the mailbox, or beside it where it keeps what was sent.

    Raises PkmError kinds, while the block asks too. A folder on this machine is read through at each question.
    """
    place = read_place(url)
    if place.scheme in ("imap", "imaps"):
        from pkm.net import imap

        with imap.searching(url, place, secret) as has:
            yield has
        return
    place = place._replace(all_mail=False, subfolders=True)

    def has_here(ident: str) -> bool:
        mark = re.compile(rb"^message-id:\s*<" + re.escape(ident.encode()) + rb">", re.I | re.M)

        def is_it(head: bytes) -> bool:
            return bool(mark.search(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]))

        return any(True for _ in open_mailbox(make_url(place), cursor=None, wanted=is_it))

    yield has_here
