"""What channels over HTTP do alike: what is made of a server that cannot be reached, or does not answer."""

from abc import ABC, abstractmethod
from typing import ClassVar, Self

from pkm.channels.http import Reply, Silent
from pkm.channels.way import Job, Outcome
from pkm.errors import StoreError, Unreachable


class Receiver(ABC):
    """A way out that is handed something once."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:  # noqa: B027  (some have something to end)
        """Nothing is kept open."""

    def send(self, job: Job) -> Outcome:
        """It was handed in once, or not; a later part as an answer to the one before it."""
        try:
            body = self._body(job)
        except (Unreachable, Silent, StoreError) as error:  # nobody sees a picture that nothing shows
            return Outcome("waiting", error.why)
        if isinstance(body, Outcome):
            return body
        try:
            return self._hand_in(job, body)
        except Unreachable as error:
            return Outcome("waiting", error.why)
        except Silent as error:
            return Outcome("unknown", error.why)

    def _body(self, job: Job) -> bytes | Outcome:
        """What is handed in, its pictures there already; else why not. Raises Unreachable, Silent, StoreError."""
        return job.payload

    @abstractmethod
    def _hand_in(self, job: Job, body: bytes) -> Outcome:
        """The one request. Raises Unreachable, Silent."""


class Account(Receiver):
    """A way out that can be asked what stands there."""

    kept_in: ClassVar[str]
    """What is looked through: "the account's own posts"."""
    gone: ClassVar[tuple[int, ...]] = ()
    """What a server answers where there is nothing to take away."""

    def settle(self, job: Job, *, repeat: bool) -> Outcome:
        """What stands there; where it does not, handed in again where that makes no second one."""
        try:
            found = self._there(job)
        except (Unreachable, Silent):
            return Outcome("unknown")
        if found is not None:
            return found
        if repeat and self._knows_again(job):
            outcome = self.send(job)
            # a no to the repeat says nothing of the first
            return outcome if outcome.state == "sent" else Outcome("unknown")
        return Outcome("unknown", f"it is not among {self.kept_in}")

    def remove(self, job: Job) -> Outcome:
        """It is not there any more."""
        try:
            reply = self._take_away(job)
        except (Unreachable, Silent) as error:
            return Outcome("unknown", error.why)
        if reply is None:
            return Outcome("unknown", f"it is not among {self.kept_in}")
        return Outcome("sent") if reply.ok or reply.status in self.gone else Outcome("refused", reply.words)

    def _knows_again(self, job: Job) -> bool:
        """Whether the server still knows the delivery's key."""
        return True

    @abstractmethod
    def _there(self, job: Job) -> Outcome | None:
        """`sent` where it stands there, None where it does not. Raises Unreachable, Silent."""

    @abstractmethod
    def _take_away(self, job: Job) -> Reply | None:
        """The answer to the request that takes it away; None where it is not found. Raises Unreachable, Silent."""
