"""`pkm sense annotate`: quotes and comments put on items and notes, changed, taken away, and looked for again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import complete, current, drafts, render, selectors
from pkm.cli.app import group
from pkm.cli.options import JsonFlag
from pkm.errors import Invalid
from pkm.text import count, one_line

if TYPE_CHECKING:
    from pkm.sense.annotate import Annotated as Made
    from pkm.sense.annotate import Checked
    from pkm.store.lookup import Found

app = group("Quoting.")


@app.command(
    epilog='Example:  pkm sense annotate i12 -q "exact words" -m "why they matter"\n\n'
    '          pkm sense annotate i12 -q "some" -m "first" -q "others" -m "second"\n\n'
    '          pkm sense annotate a3 -m "said better"   (or --remove)'
)
def annotate(
    thing: Annotated[
        str,
        typer.Argument(metavar="ITEM|NOTE|ANNOTATION", help="What is annotated; or an annotation (a3), to change it.",
                       autocompletion=complete.complete_any),
    ],
    quote: Annotated[
        list[str] | None,
        typer.Option("--quote", "-q", help="The exact words (-: stdin); may be given again, each with its -m; none: "
                                           "the comment is on the whole."),
    ] = None,
    comment: Annotated[list[str] | None, typer.Option("--comment", "-m", help="What you say to it; -: stdin.")] = None,
    nth: Annotated[int, typer.Option("--nth", min=1, help="Which place, where the words stand several times.")] = 1,
    check: Annotated[bool, typer.Option("--check", help="Look whether the quotes still stand in the text.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the annotation away; pkm undo brings it back.")] = False,
    json: JsonFlag = False,
) -> None:
    """Quote words of an item or a note, comment on them, or both."""
    found = selectors.one(thing, ("item", "note", "annotation"), guess=not remove)
    quotes, comments = _given(quote, comment)
    if check:
        _check(*_under(found), json)
    elif remove:
        _remove(found, bool(quotes or comments), json)
    elif found.kind == "annotation":
        _change(found, quotes, comments, nth, json)
    else:
        _make(found, quotes, comments, nth, json)


def _given(quote: list[str] | None, comment: list[str] | None) -> tuple[list[str], list[str]]:
    """Quotes and comments, with what comes on stdin for the one that is `-`."""
    quotes, comments = list(quote or ()), list(comment or ())
    if (quotes + comments).count("-") > 1:
        raise Invalid("-q - and -m -", "stdin can be one of them only")
    if "-" in quotes + comments:
        given = drafts.typed()
        quotes, comments = ([given if one == "-" else one for one in words] for words in (quotes, comments))
    return quotes, comments


def _paired(quotes: Sequence[str], comments: Sequence[str]) -> list[tuple[str, str]]:
    """Each quote with its comment. Which comment is whose is never guessed: as many of each, or only quotes."""
    if not comments:
        return [(quote, "") for quote in quotes] or [("", "")]
    if not quotes:
        return [("", comment) for comment in comments]
    if len(quotes) != len(comments):
        told = f"{count(len(quotes), 'quote')} and {count(len(comments), 'comment')}"
        raise Invalid(told, "whose comment is which?", next='give each -q its -m; -m "" where there is nothing to say')
    return list(zip(quotes, comments, strict=True))


def _under(found: "Found") -> tuple[str, int]:
    """The item or note that is meant: of an annotation, what it is on."""
    from pkm.ids import parse
    from pkm.store import annotations

    if found.kind != "annotation":
        return found.kind, found.number
    row = annotations.row(current.store().read(), found.number)
    on = parse(row["item"] or row["note"]) if row else None
    assert on is not None
    return on


@contextmanager
def _kept(found: "Found", quotes: Sequence[str], comments: Sequence[str]) -> Iterator[None]:
    """While the block stores them, a draft holds the comments, each below its quote; quotes alone need none."""
    words = []
    for quote, comment in zip_longest(quotes, comments, fillvalue=""):
        words.append("\n".join(f"> {line}" for line in quote.splitlines()) + f"\n\n{comment}")
    text = "\n\n".join(one.strip() for one in words) if "".join(comments).strip() else ""
    with drafts.kept(text, drafts.name_for("quote" if quotes else "annotation", found.id)):
        yield


def _make(found: "Found", quotes: list[str], comments: list[str], nth: int, json: bool) -> None:
    from pkm.sense.annotate import annotate_all

    with _kept(found, quotes, comments):
        made = annotate_all(current.store(), found.kind, found.number, _paired(quotes, comments), nth=nth)
    current.remember(touched=made[-1].row["id"])
    if json:
        render.emit_json(made[0].row if len(made) == 1 else [one.row for one in made])
    for one in made:
        if not json:
            before = "  (it was there already)" if one.as_before else ""
            render.say(f"{_line(one)}  on {found.id}  {one_line(found.title, 60)}{before}")
        _tell_places(one)


def _line(made: "Made") -> str:
    quoted = one_line(made.row["exact"], 80)
    return f"{made.row['id']}  “{quoted}”" if quoted else f"{made.row['id']}  {one_line(made.row['comment'], 80)}"


def _tell_places(made: "Made") -> None:
    if made.places > 1:
        render.tell(f"These words stand there {made.places} times; this is place {made.taken} (--nth N for another).")


def _change(found: "Found", quotes: list[str], comments: list[str], nth: int, json: bool) -> None:
    """An annotation says something else, or quotes other words."""
    from pkm.sense.annotate import edit

    with _kept(found, quotes, comments):
        if len(quotes) > 1 or len(comments) > 1 or not (quotes or comments):
            raise Invalid(found.id, "say what it is to be: one -m, one -q, or both", next=f'pkm sense annotate {found.id} -m "…"')
        made = edit(
            current.store(), found.number, quote=quotes[0] if quotes else None,
            comment=comments[0] if comments else None, nth=nth,
        )  # fmt: skip
    current.remember(touched=found.id)
    if json:
        render.emit_json(made.row)
    else:
        said = one_line(made.row["comment"], 80)
        render.say(f"{_line(made)}  {said}".rstrip())
    _tell_places(made)


def _remove(found: "Found", told: bool, json: bool) -> None:
    """The annotation is gone."""
    from pkm.sense.annotate import remove

    if found.kind != "annotation" or told:
        why = "--remove takes no -q and no -m" if told else "--remove is for one annotation"
        raise Invalid(found.id, why, next=f"pkm sense show {found.id}, then pkm sense annotate a… --remove")
    (row,) = remove(current.store(), [found.number])
    current.remember(touched=row["item"] or row["note"])
    if json:
        render.emit_json({**row, "state": "removed"})
        return
    words = f"“{one_line(row['exact'], 80)}”" if row["exact"] else one_line(row["comment"], 80)
    render.say(f"{row['id']}  {words}  removed from {row['item'] or row['note']}")


def _check(kind: str, number: int, json: bool) -> None:
    from pkm.sense.annotate import check

    checked = check(current.store(), kind, number)
    if json:
        render.emit_json([one.row for one in checked])
        return
    for one in checked:
        render.say(f"{one.row['id']}  {one.row['state']}{_likeness(one)}  “{one_line(one.row['exact'], 80)}”")
    orphans = [one.row["id"] for one in checked if one.row["state"] == "orphan"]
    render.tell(f"{count(len(checked), 'quote')}, {len(orphans)} no longer found in the text.")
    if orphans:
        render.tell(f'Next: pkm sense annotate {orphans[0]} -q "the words as they are now", or --remove')


def _likeness(checked: "Checked") -> str:
    return f" ({checked.place.likeness:.0%} like)" if checked.place is not None and checked.place.likeness < 1 else ""
