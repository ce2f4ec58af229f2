"""What `pkm tag` does beside renaming and merging: learning areas, aliases, splitting, the doctor. cli/tag names them."""

import sys
from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import complete, current, render, selectors
from pkm.cli.noted import tell_new
from pkm.cli.options import DryRunFlag, JsonFlag, LimitOption, TagArgument, YesFlag
from pkm.dates import day, now, stamp
from pkm.errors import Invalid, NotFound
from pkm.ids import Row, Thing, make
from pkm.store import tags
from pkm.text import count, one_line

if TYPE_CHECKING:
    from pkm.sense.tag_split import Split

WEEKS = 4
"""What came in is told of so many weeks."""
SHOWN = 5
"""Rows of each part of a learning area."""


def edit(
    name: TagArgument,
    learning: Annotated[
        bool | None, typer.Option("--learning/--no-learning", help="Whether you want to learn about it.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Mark a tag as something you want to learn about, or no longer."""
    from pkm.sense.tags import new_with_likes, set_learning

    if learning is None:
        raise Invalid(f"#{tags.clean_name(name)} alone", "it does not say what to change",
                      next=f"pkm tag edit {tags.clean_name(name)} --learning, or --no-learning")  # fmt: skip
    likes = new_with_likes(current.store(), [name])
    kept, changed = set_learning(current.store(), name, learning)
    tell_new(likes)
    if json:
        render.emit_json(_row(kept))
        return
    told = "a learning area" if learning else "no learning area"
    render.say(f"#{kept}  {told}" if changed else f"#{kept}  {told}, as before")
    if learning:
        render.tell("Next: pkm tag list --learning")


def _row(name: str) -> Row:
    return tags.rows(current.store().read(), names=[name])[0]


def list_learning(limit: int, json: bool) -> None:
    """Each learning area: who one learns from, what came in, notes by stage, what was tried, open questions."""
    from pkm.store import learning

    db = current.store().read()
    since = stamp(now() - timedelta(weeks=WEEKS))
    names = learning.areas(db)[:limit]
    rows = [{**_row(name), **learning.area(db, name, since, SHOWN)} for name in names]
    if json or not rows:
        empty = "No learning area yet. Next: pkm tag edit NAME --learning"
        render.emit_list(rows, (), as_json=json, noun="learning area", empty=empty)
        return
    current.remember(rows=[row["id"] for row in rows])
    render.show_text("\n\n".join("\n".join(_area(row)) for row in rows))
    render.tell(count(len(rows), "learning area"))


def _area(row: Row) -> list[str]:
    stages = ", ".join(count(number, stage) for stage, number in row["stages"].items())
    lines = [f"{row['id']}  {stages}"]
    for heading, part in (
        ("Learning from", [f"{one['id']}  {one_line(one['title'], 50)}{_kept(one)}" for one in row["from"]]),
        (f"Came in, {WEEKS} weeks: {row['came_in_count']:,}",
         [f"{one['id']}  {day(one['at'])}  {one_line(one['title'], 50)}  ({one['state']})" for one in row["came_in"]]),
        ("Tried", [f"{one['id']}  {day(one['at'])}  {one['outcome']}  {one_line(one['title'], 50)}  ({one['note']})"
                   for one in row["tried"]]),
        (f"Open questions: {row['question_count']:,}",
         [f"{one['id']}  {one_line(one['title'], 60)}" for one in row["questions"]]),
    ):  # fmt: skip
        if part:
            lines += [f"  {heading}", *(f"    {line}" for line in part)]
    step = _next(row)
    return [*lines, f"  Next: {step}"] if step else lines


def _kept(one: Row) -> str:
    return f"  {one['kept']:,} kept" if one["kept"] else ""


def _next(row: Row) -> str:
    """The one step that is missing most."""
    if not row["from"]:
        return f"pkm find {quote(row['name'])}, pkm seek add URL --tag {quote(row['name'])}"
    if not row["notes"]:
        return f'pkm sense note "… #{row["name"]}"'
    untried = row["stages"]["idea"] and not row["tried"]
    return f"pkm find 'kind:note tag:{row['name']} stage:idea', then pkm sense try" if untried else ""


def alias(
    name: Annotated[str, typer.Argument(metavar="ALIAS", help="The other name.")],
    tag: Annotated[
        str | None, typer.Argument(metavar="TAG", help="The tag it means.", autocompletion=complete.complete_tags)
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="It means the tag no longer.")] = False,
    json: JsonFlag = False,
) -> None:
    """Let another name mean a tag: what is written with it lands there."""
    from pkm.sense.tags import give_alias, new_with_likes, take_alias

    if remove == (tag is not None):
        step = f"pkm tag alias {quote(name)} TAG, or pkm tag alias {quote(name)} --remove"
        raise Invalid("a tag and --remove" if remove else "one name alone", "it is one or the other", next=step)
    likes = new_with_likes(current.store(), [] if tag is None else [tag])
    kept = take_alias(current.store(), name) if tag is None else give_alias(current.store(), name, tag)
    tell_new(likes)
    if json:
        render.emit_json(_row(kept))
    else:
        render.say(f"#{tags.clean_name(name)} {'no longer means' if remove else 'means'} #{kept}")


def split(
    name: TagArgument,
    into: Annotated[
        list[str] | None,
        typer.Option("--into", metavar="TAG[=IDS|QUERY],…", help="A narrower tag, and what gets it; may be given again."),
    ] = None,
    dry_run: DryRunFlag = False,
    yes: YesFlag = False,
    json: JsonFlag = False,
) -> None:
    """Divide a tag: what you choose, by ids, by a query or one by one, gets a narrower tag instead."""
    from pkm.sense import tag_split

    store = current.store()
    asked = _read_parts(into or ())
    kept, rows = tag_split.things_of(store, name)
    if all(asked.values()):
        chosen = {part: tag_split.choose(store, kept, words, now()) for part, words in asked.items()}
    else:
        chosen = _by_hand(kept, rows, list(asked))
    plan = tag_split.plan_split(store, kept, chosen)
    if dry_run:
        _emit_split(plan, json)
        return
    if not any(chosen.values()):
        render.tell("Nothing was chosen, and nothing was changed.")
        raise typer.Exit(1)
    if all(asked.values()) and not yes and sys.stdin.isatty() and sys.stderr.isatty():
        _emit_split(plan, False)
        if not render.confirm("Divide it so?", yes=False):
            raise typer.Exit(1)
        tag_split.split_tag(store, kept, chosen)
        return
    _emit_split(tag_split.split_tag(store, kept, chosen), json)


def _read_parts(texts: "list[str] | tuple[str, ...]") -> dict[str, str]:
    """Narrower tag to the ids or query that choose for it, "" where that is done by hand."""
    parts: dict[str, str] = {}
    for text in texts:
        name, equals, words = text.partition("=")
        if equals:
            parts[tags.clean_name(name)] = words.strip()
        else:
            parts |= {tags.clean_name(one): "" for one in text.split(",") if one.strip()}
    if not parts:
        raise Invalid("--into", "it names the narrower tags",
                      next="as in --into org/design,org/team, or --into 'org/design=by:ann OR figma'")  # fmt: skip
    if any(parts.values()) and not all(parts.values()):
        missing = next(name for name, words in parts.items() if not words)
        raise Invalid(f"--into {missing}", "it does not say what gets it, and another does", next=f"--into {missing}=QUERY")
    return parts


def _by_hand(name: str, rows: list[Row], parts: list[str]) -> "dict[str, list[Thing]]":
    """What the person chooses, thing by thing; without a terminal it is said how to choose."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        listed = " ".join(f"--into '{part}=IDS or QUERY'" for part in parts)
        raise Invalid(f"--into {','.join(parts)}", "there is no terminal to ask on which thing gets which",
                      next=f"pkm tag split {quote(name)} {listed}")  # fmt: skip
    keys = ", ".join(f"{number} {part}" for number, part in enumerate(parts, 1))
    render.tell(f"{count(len(rows), 'thing')} with #{name}. For each: {keys}; 12 for both, Enter: it stays, q: enough.")
    chosen: dict[str, list[Thing]] = {part: [] for part in parts}
    for row in rows:
        print(f"{make(row['kind'], row['number'])}  {one_line(row['title'], 60)}  ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline()
        if not answer or answer.strip().lower() == "q":
            break
        for number, part in enumerate(parts, 1):
            if str(number) in answer.replace(",", " ").split() or (answer.strip().isdigit() and str(number) in answer):
                chosen[part].append((row["kind"], row["number"]))
    return chosen


def _emit_split(plan: "Split", json: bool) -> None:
    if json:
        row = _row(plan.name) if tags.find(current.store().read(), plan.name) else {"id": f"#{plan.name}", "kind": "tag"}
        render.emit_json({
            **row, "title": plan.name, "before": plan.before, "after": plan.after, "both": plan.both,
            "into": [{"id": f"#{one.name}", "kind": "tag", "title": one.name, "before": one.before, "after": one.after,
                      "things": list(one.things)} for one in plan.parts],
            "stay": list(plan.stay), "written": list(plan.written),
        })  # fmt: skip
        return
    render.say(f"#{plan.name}  {plan.before} → {plan.after}")
    for one in plan.parts:
        render.say(f"#{one.name}  {one.before} → {one.after}")
    if plan.both:
        render.say(f"{count(plan.both, 'thing')} in more than one of them")
    if plan.written:
        notes = f"{count(len(plan.written), 'note keeps', 'notes keep')} #{plan.name}, which stands in the text"
        render.tell(f"{notes}: pkm sense edit {plan.written[0]}")


def doctor(
    dismiss: Annotated[
        list[str] | None, typer.Option("--dismiss", metavar="N", help="It is fine as it is; pkm undo takes that back.")
    ] = None,
    limit: LimitOption = 30,
    json: JsonFlag = False,
) -> None:
    """Look for tags that nearly are one, that always stand together, or that are used once; each with its remedy."""
    from pkm.sense import tag_doctor

    if dismiss:
        keys = [_finding(text) for text in dismiss]
        tag_doctor.dismiss(current.store(), keys)
        render.emit_dismissed(keys, "finding", "fine as it is; it will not be told again", as_json=json)
        return
    found = [one.as_dict() for one in tag_doctor.find_ailments(current.store())]
    render.emit_numbered(found[:limit], lambda row: [f"{row['title']}: {row['next']}"], as_json=json, noun="finding",
                         total=len(found), empty="Nothing ails the tags.")  # fmt: skip
    if found and not json:
        render.tell("Fine as it is: pkm tag doctor --dismiss N")


def _finding(text: str) -> str:
    """The key of the finding in that row of the last list, or that is called so."""
    word = text.strip().removeprefix("%")
    key = selectors.recalled(f"%{word}") if word.isdecimal() else word
    if key.partition(":")[0] not in ("alike", "together", "once"):
        raise NotFound(one_line(text, 60), "no finding is called so", next="pkm tag doctor, then count from 1")
    return key
