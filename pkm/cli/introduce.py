"""`pkm contact introduce`: two people who should know each other: suggested with reasons, drafted in one's own words."""

from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render, selectors
from pkm.cli.options import JsonFlag, LimitOption
from pkm.dates import day
from pkm.errors import Invalid
from pkm.ids import Row
from pkm.store import introductions, shares
from pkm.text import one_line


def introduce(
    who: Annotated[
        list[str] | None, typer.Argument(metavar="WHO WHO", help="The two.", autocompletion=complete.complete_contacts)
    ] = None,
    because: Annotated[str, typer.Option("--because", help="Why now: a line of the letter.")] = "",
    text: Annotated[
        str | None, typer.Option("--text", "-m", help="Your own words, in Markdown; - reads them from stdin. Else: your editor.")
    ] = None,
    title: Annotated[str, typer.Option("--title", "-t", help="The subject; else their names.")] = "",
    suggest: Annotated[bool, typer.Option("--suggest", help="Who might like to know each other, and why.")] = False,
    dismiss: Annotated[str, typer.Option("--dismiss", metavar="C1,C2", help="Do not suggest these two again.")] = "",
    limit: LimitOption = 10,
    json: JsonFlag = False,
) -> None:
    """Draft a letter that introduces two people to each other; or list who might like to know each other."""
    if dismiss and not suggest:
        _dismiss(dismiss, json)
    elif suggest or not (who or because or title or text is not None):
        _suggest(limit, json)
    else:
        _draft(who or [], because, text, title, json)


def _suggest(limit: int, json: bool) -> None:
    from pkm.people.introducing import suggest

    rows = suggest(current.store(), limit)
    if json:
        render.emit_json(rows)
        return
    empty = "Nobody to introduce: no two who do not know each other share a tag, a note or a small circle."
    if not rows:
        render.tell(empty)
        return
    for row in rows:
        render.say(f"{row['id']}  {one_line(row['title'], 80)}")
        for reason in row["because"][:5]:
            render.say(f"    {reason['what']}")
        if len(row["because"]) > 5:
            render.say(f"    and {len(row['because']) - 5} more")
    pair = rows[0]["id"].replace(",", " ")
    render.tell(f'Next: pkm contact introduce {pair} --because "…", or --dismiss {rows[0]["id"]}')


def _dismiss(pair: str, json: bool) -> None:
    from pkm.people import introducing

    found = _two([pair], "--dismiss c1,c2")
    row = introducing.dismiss(current.store(), found[0].number, found[1].number)
    if json:
        render.emit_json(row)
    else:
        render.say(f"{row['id']}  {row['title']}  will not be suggested again")


def _two(who: list[str], example: str = "ann ben") -> list[Any]:
    parts = [part for text in who for part in text.split(",") if part.strip()]
    if len(parts) != 2:
        step = f"as in pkm contact introduce {example}"
        raise Invalid("an introduction", f"two people are wanted, {len(parts)} came", next=step)
    return [selectors.one(part, ("contact",)) for part in parts]


def _draft(who: list[str], because: str, text: str | None, title: str, json: bool) -> None:
    from pkm.cli import drafts
    from pkm.people import introducing

    found = _two(who)
    own = drafts.typed() if text == "-" else text
    if own is not None and not own.strip():
        step = f'pkm contact introduce {found[0].id} {found[1].id} -m "…"'
        raise Invalid("empty words", "what do you want to say to both?", next=step)
    store = current.store()
    first, second = introducing.check_pair(store, found[0].number, found[1].number)
    for earlier in shares.introductions(store.read(), found[0].number, found[1].number):
        when = f"You introduced them on {day(earlier['sent_at'])}" if earlier["sent_at"] else "There is a draft of it already"
        render.tell(f"{when}: {earlier['id']} “{one_line(earlier['title'], 60)}”.")
    subject = one_line(title, 200) or introducing.title_of(first, second)
    if own is not None:
        row = _store(found, subject, introducing.draft_words(because, own))
    else:
        shared = introductions.common_tags(store.read(), found[0].number, found[1].number)
        row = _write(found, subject, introducing.draft_words(because, offers=introducing.offers(first, second, shared)))
    render.emit_made(row, as_json=json)
    if not json:
        render.say(row["introduction"])
        _tell_next(row, first, second)


def _store(found: list[Any], subject: str, words: str) -> Row:
    from pkm.cli import drafts
    from pkm.share.introduction import create

    with drafts.kept(words, drafts.name_for("introduction", "-".join(one.id for one in found))):
        return create(current.store(), [one.number for one in found], subject, words)


def _write(found: list[Any], subject: str, words: str) -> Row:
    """The draft as the person's editor left it. What was typed is kept where it cannot be stored."""
    from pkm.cli import drafts
    from pkm.cli.editor import edit
    from pkm.people.introducing import read_form, write_form
    from pkm.share.introduction import create

    form = write_form(subject, words)
    pair = " ".join(one.id for one in found)
    typed, path = edit(
        form, f"introduction-{'-'.join(one.id for one in found)}", older=f"introduction-{subject}",
        instead=f'pkm contact introduce {pair} -m "your words"',
    )  # fmt: skip
    if typed.strip() == form.strip():
        path.unlink(missing_ok=True)
        raise Invalid("an introduction without a word of your own", "nothing was typed",
                      next=f'pkm contact introduce {pair}, or with -m "your words"')  # fmt: skip
    with drafts.kept(typed, path.name, path):
        subject, words = read_form(typed, subject)
        return create(current.store(), [one.number for one in found], subject, words)


def _tell_next(row: Row, *people: Row) -> None:
    from pkm.share.channels import is_letters

    lacking = [one for one in people if not one["emails"]]
    by_mail = any(is_letters(one["channel_kind"]) for one in shares.channels(current.store().read()))
    for one in lacking:
        mend = f"pkm contact edit {one['id']} --email ADDRESS"
        render.tell(f"{one['id']} {one_line(one['name'], 60)} has no e-mail address: {mend}")
    if not by_mail:
        render.tell('There is no channel of mail: pkm share channel add mail smtp://HOST:PORT --from "Me <me@example.org>"')
    if lacking or not by_mail:
        render.tell(f"Next: that, then pkm share send {row['id']}; or write to both yourself: pkm share preview {row['id']}, "
                    f"then pkm share send {row['id']} --by-hand")  # fmt: skip
    else:
        render.tell("Good to know first: do both want it? Ask each before it goes.")
        render.tell(f"Next: pkm share preview {row['id']}, pkm share edit {row['id']}, then pkm share send {row['id']}")
