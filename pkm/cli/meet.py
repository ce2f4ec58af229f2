"""`pkm seek people`: people to get to know, with the reason; what --accept and --dismiss do with one of them."""

from shlex import quote
from typing import Annotated, Any

import typer

from pkm.cli import current, discover, render
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, LimitOption, YesFlag
from pkm.errors import Ambiguous, Invalid, NotFound
from pkm.ids import Row
from pkm.text import count, fold, one_line

app = group("People.")


@app.command(epilog="Example:  pkm seek people\n\n          pkm seek people --accept 1")
def people(
    look: Annotated[
        bool, typer.Option("--look", help="Ask their pages too: who they say they are, and what else is theirs.")
    ] = False,
    accept: Annotated[str, typer.Option("--accept", metavar="N|NAME", help="Make them a contact and follow them.")] = "",
    name: Annotated[str, typer.Option("--name", help="With --accept: what they are called.")] = "",
    no_follow: Annotated[bool, typer.Option("--no-follow", help="With --accept: do not look for a feed.")] = False,
    dismiss: Annotated[
        str, typer.Option(
            "--dismiss", metavar="N|NAME", help="Hide them until as much speaks for them again; pkm undo takes that back."
        ),
    ] = "",
    limit: LimitOption = 20,
    yes: YesFlag = False,
    json: JsonFlag = False,
) -> None:
    """Suggest people: named in several sources, quoted or linked by those you read, or who answered, with the reason."""
    if name and not accept:
        raise Invalid("--name", "it is what --accept calls somebody", next='pkm seek people --accept N --name "Name"')
    if dismiss:
        _dismiss(dismiss, json)
    elif accept:
        _accept(accept, one_line(name), no_follow, json)
    else:
        found = _find()
        found = _look(found, limit, yes) if look else found
        rows = [one.as_dict() for one in found]
        discover.show(rows[:limit], len(rows), json, _nothing(), "pkm seek people")


def _find() -> list[Any]:
    from pkm.seek.candidates import find_people

    return find_people(current.store(), *_own())


def _own() -> tuple[str, str]:
    """Where one's own site is, and one's name; "" for none."""
    from pkm import config

    settings = config.read(current.home())
    return str(settings["site.url"]), str(settings["name"])


def _nothing() -> str:
    from pkm.store import discovery

    if not discovery.kept_items(current.store().read(), 1):
        return discover.NOTHING_KEPT.format(what="the people who write items, or are quoted there, are")
    return "No suggestion: in what you kept, nobody new is named in two sources, kept three times, quoted or linked by two."


def _look(found: list[Any], limit: int, yes: bool) -> list[Any]:
    """The suggestions after their pages were asked, once the person agrees."""
    from pkm.cli.progress import show_progress
    from pkm.seek.look import look_at

    pages = [one for one in found[:limit] if one.url]
    question = f"Ask {count(len(pages), 'page')} of these people who they are?"
    if not pages or not render.confirm(question, yes=yes, no=""):
        return found
    with show_progress("Asking") as progress:
        looked = look_at(current.store(), *_own(), limit=limit, progress=progress)
    render.tell(f"{count(looked.answered, 'page')} of {len(pages)} answered")
    return list(looked.people)


def _pick(text: str) -> tuple[str, str, Any]:
    """(key, address, the suggestion or None) that a number of the last list, a key or a name means."""
    found = _find()
    named = [one for one in found if fold(text) in {fold(name) for name in (one.name, *one.spellings)}]
    if len(named) > 1:
        raise Ambiguous(text, [(one.key, one.why) for one in named], next="name one by its key, as above")
    if named:
        return named[0].key, named[0].url, named[0]
    key, address = discover.pick(text, "person", lambda: [one.as_dict() for one in found])
    return key, address, next((one for one in found if one.key == key or key in one.keys), None)


def _dismiss(text: str, json: bool) -> None:
    from pkm.seek.candidates import dismiss_person

    key, _, one = _pick(text)
    title = one.title if one else key
    dismiss_person(current.store(), title, sorted({key, *(one.keys if one else ())}))
    discover.tell_dismissed(f"person:{key}", title, json)


def _accept(text: str, name: str, no_follow: bool, json: bool) -> None:
    """They are a contact with the feeds that are known or found, in one unit; the id is printed first."""
    key, address, one = _pick(text)
    if one is None:
        raise NotFound(key, "they are suggested no longer", next="pkm seek people")
    if address and not no_follow and not one.feeds:
        one = _looked_up(one, address)
    name = name or ("" if one.unnamed else one.name)
    if not name:
        unknown = "whose site it is" if one.url else "what they are called"
        raise Invalid(one.key, f"it is not known {unknown}", next=f'pkm seek people --accept {quote(key)} --name "Name"')
    feeds, told = _feeds(one, no_follow)
    added, followed = _add(one, name, feeds, told)
    row = {**added.row, "sources": [source["id"] for source in followed]}
    also = [f"also as {', '.join(one.spellings)}"] if one.spellings else []
    also += [f"follows {source['id']} {one_line(source['title'], 60)}" for source in followed]
    render.emit_made(row, as_json=json, also=also)
    for line in (*told, *added.warnings):
        render.tell(line)
    render.tell("Next: pkm seek" if followed else f"Next: pkm contact show {added.row['id']}")


def _looked_up(one: Any, address: str) -> Any:
    """The suggestion with what their page says of them; as it is where it does not answer."""
    from pkm.seek.look import look_at

    render.tell(f"Looking at {address} …")
    keys = one.keys | {one.key}
    looked = look_at(current.store(), *_own(), limit=1, keys=keys)
    return next((told for told in looked.people if keys & (told.keys | {told.key})), one)


def _feeds(one: Any, no_follow: bool) -> tuple[list[Any], list[str]]:
    """The feed found at their pages, where none of theirs is followed yet. The network is done when this returns."""
    from pkm.cli.their_feeds import look_for_feeds

    if no_follow or one.feeds or not one.urls:
        return [], []
    told: list[str] = []
    for url in ([one.feed] if one.feed else []) + list(one.urls[:3]):
        feeds, said = look_for_feeds((url,))
        if feeds:
            return feeds, said
        told += said
    return [], told


def _add(one: Any, name: str, feeds: list[Any], told: list[str]) -> tuple[Any, list[Row]]:
    from pkm.cli.their_feeds import follow
    from pkm.people.contacts import add_contact
    from pkm.seek.candidates import claim_answers
    from pkm.seek.sources import SourceEdit, edit_source

    store = current.store()
    aliases = [spelling for spelling in (one.name, *one.spellings) if not one.unnamed and fold(spelling) != fold(name)]
    with store.unit() as unit:
        added = add_contact(store, name, emails=one.emails, urls=one.urls, aliases=aliases, met=_met(one))
        answers = claim_answers(store, added.number, one.emails)
        followed = [edit_source(store, number, SourceEdit(contact_id=added.number)) for number in one.feeds]
        followed += follow(feeds, added.number, told)
        told += [f"{count(answers, 'answer')} of theirs to what you shared is with them now"] if answers else []
        more = f", follows {', '.join(source['id'] for source in followed)}" if followed else ""
        unit.summarize(f"added {added.row['id']} {one_line(name, 60)}{more}")
    return added, followed


def _met(one: Any) -> str:
    """How one met them: the reason they were suggested for, without what is only said to look further."""
    return one_line("; ".join(part for part in one.why.split("; ") if "pkm seek people" not in part), 300)
