"""`pkm sense note`: words of one's own, from wherever they come, safe before they are stored."""

import sys
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from pkm import ids
from pkm.cli import complete, current, drafts, editor, render, selectors
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, ReachOption, TagOption
from pkm.errors import Invalid, PkmError

app = group("Noting.")

INSTEAD = 'pkm sense note "your words"'


@dataclass(frozen=True, slots=True)
class Origin:
    """What a note is made from: an item, an answer, a page that is not here yet, or nothing."""

    item: int | None = None
    response: int | None = None
    address: str = ""


@app.command(
    epilog='Example:  pkm sense note "Title or first sentence. More. #tag @maria [[Another note]]" --reach team\n\n'
    '          pkm sense note https://example.org/essay "Why it matters"   (the page is taken in too)\n\n'
    "          pkm sense note --clipboard --from i12"
)
def note(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[URL] [TEXT...]", help="The text; `-` reads stdin; nothing opens your editor. "
                                                       "An address or an item's id in front: what it is about."),
    ] = None,
    title: Annotated[str, typer.Option("--title", "-t", help="A title other than the first line or sentence.")] = "",
    reach: ReachOption = "private",
    tag: TagOption = None,
    source: Annotated[
        str,
        typer.Option(
            "--from", metavar="THING",
            help="The item, page (URL) or answer (r4) it is made from; or a search (:cop): its quotes are put together.",
            autocompletion=complete.complete_items,
        ),
    ] = "",
    clipboard: Annotated[bool, typer.Option("--clipboard", help="Take the text on the clipboard, below what you say.")] = False,
    draft: Annotated[str, typer.Option("--draft", help="Take up a draft that was kept: `last`, or its file.")] = "",
    json: JsonFlag = False,
) -> None:
    """Write a note: from words, stdin, the clipboard, a page, an answer or your editor; or put quotes together."""
    from pkm.reach import read_reach

    reach, said = read_reach(reach), list(words or [])
    if is_search(source):
        from pkm.cli.synthesis import put_together

        put_together(source, title, " ".join(said), reach, tag or [], json=json)
        return
    origin, none = _origin(source) if source else Origin(), ""
    if said and not source and is_address(said[0]):
        origin = Origin(address=said.pop(0))
    elif len(said) > 1 and not source and _is_like_origin(said[0]):
        if _is_there(said[0]):
            origin = _origin(said.pop(0))
        else:
            none = said[0]
    text, path = _text(said, draft, clipboard, origin)
    with drafts.kept(text, drafts.name_for(), path):
        _store(text, origin, title, reach, tag or [], json)
    if none:  # it may be a word, as in "i3 tiles windows": the thought is not refused
        render.tell_undo(f"There is no {none} here: it stands in the note as a word.", as_json=json)


def is_search(asked: str) -> bool:
    """Whether `--from` asks for a search: it has a field (tag:cop), or is a saved one (:cop)."""
    return ":" in asked and "://" not in asked


def is_address(word: str) -> bool:
    """Whether a word is nothing but a web address."""
    from pkm.html import is_web_address

    return "://" in word and not any(letter.isspace() for letter in word) and is_web_address(word)


def _is_like_origin(word: str) -> bool:
    """Whether a word is written as the id of an item or an answer is."""
    found = ids.parse(word)
    return found is not None and found[0] in ("item", "response")


def _is_there(asked: str) -> bool:
    """Whether there is a thing of that id."""
    from pkm.store.lookup import by_number

    found = ids.parse(asked)
    return found is not None and by_number(current.store().read(), *found) is not None


def _origin(asked: str) -> Origin:
    if is_address(asked):
        return Origin(address=asked)
    found = selectors.one(asked, ("item", "response"))
    return Origin(item=found.number) if found.kind == "item" else Origin(response=found.number)


def _text(said: list[str], draft: str, clipboard: bool, origin: Origin) -> tuple[str, Path | None]:
    """What was given as text, and the draft that holds it where an editor wrote one."""
    if draft and clipboard:
        raise Invalid("--draft and --clipboard", "the text is one or the other")
    if draft:
        return _taken_up(draft)
    if clipboard:
        from pkm.cli import clipboard as desktop

        return "\n\n".join(filter(None, [" ".join(said), desktop.read()])), None
    if said and said != ["-"]:
        return " ".join(said), None
    if origin.address and not said:
        return origin.address, None
    if origin.response is not None and not said:
        return "", None
    if said or not sys.stdin.isatty():
        return drafts.typed(), None
    return editor.edit("", "note", instead=INSTEAD, again="pkm sense note --draft last")


def _taken_up(draft: str) -> tuple[str, Path]:
    """A draft's text, on a terminal after another look at it in the editor, and the draft itself."""
    text, path = drafts.take_up(draft)
    if sys.stdin.isatty() and sys.stdout.isatty():
        return editor.edit("", "note", instead=INSTEAD, draft=path)
    return text, path


def _store(text: str, origin: Origin, title: str, reach: str, names: list[str], json: bool) -> None:
    """The note is in the store and told; what it is from is there too, or it is said why not."""
    from pkm.cli.noted import emit_note
    from pkm.sense.notes import add_note

    store = current.store()
    if origin.response is not None:
        from pkm.whole.answered import note_of_answer

        emit_note(note_of_answer(store, origin.response, text, title=title, reach=reach, names=names), as_json=json)
        return
    page, failed = _fetched(origin.address) if origin.address else (None, None)
    if failed is not None and text != origin.address:
        text = f"{text}\n\n{origin.address}"
    with store.unit():
        item = origin.item
        if page is not None:
            from pkm.seek.clipping import keep_page

            clipped = keep_page(store, page)
            item = clipped.row["number"]
            title = title or (clipped.row["title"] if text == origin.address else "")
        added = add_note(store, text, reach=reach, item_id=item, title=title, names=names)
    emit_note(added, as_json=json)
    if failed is not None:
        why = f", {failed.why}" if failed.why else ""
        render.tell(f"The page was not taken in: {failed.what}{why}. Its address is in the note.")
        render.tell(f"Next: pkm seek clip {quote(origin.address)}")


def _fetched(address: str) -> tuple[Any, PkmError | None]:
    """(the page, None), or (None, why there is none): words are never lost to the network."""
    from pkm.seek.clipping import fetch_page

    try:
        return fetch_page(address), None
    except PkmError as error:
        return None, error
