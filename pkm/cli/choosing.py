"""Which of the several feeds of a page: asked on a terminal, else listed so that a script or a person can choose."""

import sys
from shlex import quote
from typing import Any

import typer

from pkm.cli import current, render
from pkm.errors import Ambiguous, Invalid
from pkm.text import count, one_line, without_user


def pick(found: list[Any], number: int, address: str) -> Any:
    """The Nth feed that was found. Raises Invalid where there are not so many."""
    if number > len(found):
        raise Invalid(f"--feed {number}", f"{count(len(found), 'feed')} was found at {address}" if len(found) == 1
                      else f"{len(found)} feeds were found at {address}", next=f"pkm seek add {quote(address)}")  # fmt: skip
    return found[number - 1]


def ask_which(address: str, found: list[Any]) -> Any:
    """The feed that the person names. Without a terminal: Ambiguous with all of them, which %1, %2, … then name."""
    listed = [(feed.url, f"{feed.title} ({count(len(feed.parsed.entries), 'entry', 'entries')})") for feed in found]
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        current.home().ensure()  # it may be the first command of all
        current.remember(rows=[url for url, _ in listed])
        step = f"follow one of them: pkm seek add {quote(found[0].url)}, or by its number: pkm seek add %1"
        raise Ambiguous(address, listed, next=step)
    render.tell(f"{without_user(address)} has {len(found)} feeds:")
    for number, (url, title) in enumerate(listed, 1):
        render.tell(f"{number}  {one_line(title, 60)}  {url}")
    for again in (True, False):
        answer = render.ask_line(f"Which one? [1-{len(found)}, Enter to leave it] ")
        if answer.isascii() and answer.isdigit() and 1 <= int(answer[:9]) <= len(found):
            return found[int(answer) - 1]
        if not answer:
            break
        render.tell(f"“{one_line(answer, 40)}” is none of them" + (": a number, or Enter." if again else "."))
    render.tell("Nothing was added for it.")
    raise typer.Exit(1)
