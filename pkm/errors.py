"""What can go wrong, as facts. No sentence for a screen is made here: cli/messages.py does that.

Every error carries `what` (the thing, by id, URL, path or the words typed), `why`, `kept` (what is still there,
None where nothing was changed, "" where nothing could be), `next` (a command or an action) and `near` (names like the
one that was typed). The class says the kind and so the exit code.
"""

from collections.abc import Sequence


class PkmError(Exception):
    """The base of all errors of pkm; `exit_code` is the process's exit code (DESIGN: 1 failed)."""

    exit_code = 1

    def __init__(
        self, what: str, why: str = "", *, kept: str | None = None, next: str | None = None, near: Sequence[str] = ()
    ) -> None:
        super().__init__(what, why)
        self.what = what
        self.why = why
        self.kept = kept
        self.next = next
        self.near = near

    def __str__(self) -> str:
        return f"{self.what}: {self.why}" if self.why else self.what


class NotFound(PkmError):
    """Nothing answers to a selector, an id or a name."""


class Ambiguous(PkmError):
    """Several things answer to a selector; `candidates` are (id, title), best first, of `total`. Nothing was guessed."""

    exit_code = 2

    def __init__(
        self, what: str, candidates: Sequence[tuple[str, str]], *, total: int = 0, next: str | None = None
    ) -> None:
        self.candidates = list(candidates)
        self.total = max(total, len(self.candidates))
        super().__init__(what, f"{self.total} match", next=next)


class Several(Ambiguous):
    """A folder holds several things that can be taken; `candidates` are (command, what it takes). Nothing was taken."""


class Exists(PkmError):
    """The thing to be made is there already; `what` names it with its id."""


class Invalid(PkmError):
    """What was typed or given cannot be used; `why` says what would be right."""

    exit_code = 2


class Malformed(Invalid):
    """What was typed breaks the rules of its form at one place: `text` is all of it, `position` the character."""

    def __init__(
        self, what: str, why: str = "", *, text: str = "", position: int = 0, kept: str | None = None,
        next: str | None = None, near: Sequence[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(what, why, kept=kept, next=next, near=near)
        self.text = text
        self.position = position


class BadInput(PkmError):
    """A file, page or feed is not what it should be."""


class Refused(PkmError):
    """A guard said no; `findings` are (what, why, command that mends it)."""

    exit_code = 3

    def __init__(
        self, what: str, why: str = "", *, findings: Sequence[tuple[str, str, str]] = (), kept: str | None = None,
        next: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(what, why, kept=kept, next=next)
        self.findings = list(findings)


class Unreachable(PkmError):
    """A host or address gave no usable answer. `status` is the HTTP status where there was one."""

    def __init__(
        self, what: str, why: str = "", *, status: int | None = None, kept: str | None = None, next: str | None = None
    ) -> None:
        super().__init__(what, why, kept=kept, next=next)
        self.status = status


class StoreError(PkmError):
    """The store cannot be read or written: locked, full, read-only, damaged, or of a newer version."""
