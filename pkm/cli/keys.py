"""Single keys from a terminal, and the terminal as it was afterwards, whatever happens."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

from pkm.errors import PkmError

ANOTHER = "\0"
"""What is read for a key that sends several characters, such as an arrow."""


class Keys:
    """A terminal that gives keys as they are pressed while the block lasts; Ctrl-C stays Ctrl-C."""

    def __enter__(self) -> "Keys":
        import termios

        self._descriptor = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._descriptor)
        self._single()
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()

    def _single(self) -> None:
        import termios
        import tty

        tty.setcbreak(self._descriptor, termios.TCSANOW)  # what was typed ahead stays

    def _restore(self) -> None:
        import termios

        with contextlib.suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)

    def read(self) -> str:
        """The next key; "" at the end of input (Ctrl-D, a terminal that is gone)."""
        import termios

        try:
            self._single()  # after a stop with Ctrl-Z the shell has set it as it likes it
            pressed = os.read(self._descriptor, 1)
            if pressed == b"\x1b":
                return self._rest_of_sequence()
        except (OSError, termios.error):
            return ""
        key = pressed.decode("ascii", errors="replace")
        return "" if key == "\x04" else key

    def decide(self, prompt: str, act: Callable[[str], bool]) -> bool:
        """One key after the other was acted on until one led on to the next thing (True), or the person quit.

        act: does what the key says, and says whether that leads on. Its errors are shown, and lead nowhere.
        """
        while True:
            print(f"{prompt} ", end="", flush=True)
            key = self.read()
            print(key if key.isprintable() else "")
            if key in ("q", ""):
                return False
            try:
                if act(key):
                    return True
            except PkmError as error:
                from pkm.cli.messages import show

                show(error)

    def _rest_of_sequence(self) -> str:
        """The rest of a control sequence (ECMA-48 5.4: CSI up to a final byte) is read, and no key behind it."""
        import select

        following = b""
        while select.select([self._descriptor], [], [], 0.02)[0]:
            byte = os.read(self._descriptor, 1)
            following += byte
            if not byte or following[:1] not in (b"[", b"O") or (len(following) > 1 and b"@" <= byte <= b"~"):
                break
        return ANOTHER

    @contextlib.contextmanager
    def lines(self) -> Iterator[None]:
        """The terminal as it was before, for a line, an editor or another program."""
        self._restore()
        try:
            yield
        finally:
            self._single()

    def ask(self, question: str) -> str:
        """One line that was typed, with the line editing the system has; "" where it was broken off.

        What was typed before Ctrl-C is in `broken_off` then: the words are the person's, not the prompt's.
        """
        self.broken_off = ""
        with self.lines(), self._remembering():
            try:
                return input(question)
            except (EOFError, KeyboardInterrupt):
                print()
                return ""

    @contextlib.contextmanager
    def _remembering(self) -> Iterator[None]:
        """While the block lasts, Ctrl-C keeps the line so far: readline throws it away once its handler is done."""
        import signal

        try:
            import readline
        except ImportError:  # no line editing on this system, and so no line to ask for
            yield
            return

        def break_off(*_: object) -> None:
            self.broken_off = readline.get_line_buffer()
            raise KeyboardInterrupt

        before = signal.signal(signal.SIGINT, break_off)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
