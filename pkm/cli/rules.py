"""`pkm seek rules`: what happens to items by themselves when they come in. cli/seek names the group."""

from collections.abc import Sequence
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm import ids
from pkm.cli import complete, current, render, selectors
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, LimitOption, QueryCommand, YesFlag
from pkm.dates import day
from pkm.errors import Invalid, NotFound
from pkm.store import items
from pkm.store import rules as stored
from pkm.text import count, one_line
from pkm.vocabulary import RULE_ACTIONS

if TYPE_CHECKING:
    from pkm.seek.rules import NewRule, Survey

app = group("List the rules: what is muted, kept only, tagged, ranked or assigned as it comes in.",
            invoke_without_command=True,
            epilog="Example:  pkm seek rules add mute 'title:sponsored OR category:ads'")  # fmt: skip

NAMED = {"tag": "a tag: pkm seek rules add tag org/design '\"desire path\"'",
         "assign": "a person: pkm seek rules add assign ann 'author:\"Ann Lee\"'"}  # fmt: skip
"""Actions that need a name before the pattern."""

COLUMNS: render.Columns = (
    ("id", lambda row: row["id"]),
    ("rule", lambda row: row["title"]),
    ("items", lambda row: f"{row['items']:,}"),
    ("muted", lambda row: f"{row['muted']:,} muted" if row["muted"] else ""),
)
ITEM_COLUMNS: render.Columns = (
    ("id", lambda row: row["id"]),
    ("title", lambda row: one_line(row["title"], 70)),
    ("source", lambda row: one_line(row["source_title"] or "", 24)),
    ("state", lambda row: row["state"] + (f" by {row['rule']}" if row["state"] == "muted" and row["rule"] else "")),
    ("date", lambda row: day(row["published_at"] or row["received_at"])),
)

WordsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="ACTION [NAME] PATTERN",
        help="mute, keep (only), tag NAME, up, down, or assign WHO; then words, \"phrases\", OR, -not, glob*, /regex/, "
        "title: author: text: url: category: source: enclosure: has:",
    ),
]  # fmt: skip
SourceOption = Annotated[
    str, typer.Option("--source", help="Only what this source brings.", autocompletion=complete.complete_sources)
]
TagOption = Annotated[
    str, typer.Option("--tag", help="Only what sources with this tag bring.", autocompletion=complete.complete_tags)
]
ContactOption = Annotated[
    str,
    typer.Option("--contact", help="Only what this contact's sources bring.", autocompletion=complete.complete_contacts),
]
SinceOption = Annotated[str, typer.Option("--since", help="Only items that came in since: 30d, 2026-05-01.")]
RuleArguments = Annotated[
    list[str], typer.Argument(metavar="RULE...", help="u3.", autocompletion=complete.complete_rules)
]


@app.callback()
def rules(ctx: typer.Context, limit: LimitOption = 50, json: JsonFlag = False) -> None:
    """List the rules: what is muted, kept only, tagged, ranked or assigned as it comes in."""
    if ctx.invoked_subcommand is None:
        list_rules(limit=limit, json=json)


@app.command("list", epilog="Example:  pkm seek rules list --json")
def list_rules(limit: LimitOption = 50, json: JsonFlag = False) -> None:
    """List the rules in the order they are asked, with the items that bear their mark."""
    from pkm.seek.rules import list_rules as listed

    db = current.store().read()
    render.emit_list(listed(db, limit), COLUMNS, as_json=json, noun="rule", total=stored.count(db),
                     empty="No rule yet. Next: pkm seek rules add mute 'title:sponsored'")  # fmt: skip


@app.command(cls=QueryCommand,
             epilog="Example:  pkm seek rules add mute 'title:sponsored' --tag news\n\n"
                    "          pkm seek rules add tag org/design '\"desire path\" OR wayfinding'")  # fmt: skip
def add(
    words: WordsArgument,
    source: SourceOption = "",
    tag: TagOption = "",
    contact: ContactOption = "",
    force: Annotated[bool, typer.Option("--force", help="Write it though it would mute whatever comes.")] = False,
    json: JsonFlag = False,
) -> None:
    """Write a rule for what comes in from now on; says what it would have touched."""
    from pkm.seek.rules import add_rule

    row, survey = add_rule(current.store(), _read(words, source, tag, contact), force=force)
    if json:
        current.remember(touched=row["id"])
        render.emit_json({**row, **survey.as_dict()})
        return
    render.emit_made(row, as_json=False)
    _tell_survey(survey, "now" if survey.changes else "", row["id"])


def _read(words: Sequence[str], source: str, tag: str, contact: str) -> "NewRule":
    """The rule that was typed. Raises Invalid where its action, name, pattern or scope is missing or not known."""
    from pkm.seek.rules import NewRule

    action, rest = _action(words[0]), list(words[1:])
    if sum(map(bool, (source, tag, contact))) > 1:
        raise Invalid("--source, --tag and --contact", "give one of them: a rule has one scope", next="write two rules")
    name = ""
    if action in NAMED:
        if not rest:
            raise Invalid(action, f"it needs {NAMED[action].partition(':')[0]}", next=NAMED[action].partition(": ")[2])
        name = rest.pop(0)
    pattern = " ".join(rest)
    if not pattern.strip() and not (source or tag or contact):
        raise Invalid(" ".join(words), "say what it looks for", next=f"pkm seek rules add {action} 'title:word'")
    return NewRule(
        action, pattern, argument=name if action == "tag" else "",
        person_id=_contact(name) if action == "assign" else None,
        source_id=selectors.one(source, ("source",)).number if source else None, tag=tag.removeprefix("#"),
        contact_id=selectors.one(contact, ("contact",)).number if contact else None,
    )  # fmt: skip


def _contact(name: str) -> int:
    """The number of the contact. Raises NotFound, with how to make one where it was called by a name."""
    try:
        return selectors.one(name, ("contact",)).number
    except NotFound as error:
        if not ids.parse(name):
            error.next = f"pkm contact add {quote(one_line(name))}"
        raise


def _action(word: str) -> str:
    known = word.lower()
    if known in RULE_ACTIONS:
        return known
    from pkm.spelling import near

    why = f"a rule can {', '.join(RULE_ACTIONS)}"
    raise Invalid(f"“{one_line(word, 60)}”", why, near=near(known, RULE_ACTIONS), next="pkm seek rules add mute 'title:word'")


@app.command("test", cls=QueryCommand, epilog="Example:  pkm seek rules test u3 --since 30d\n\n"
                    "          pkm seek rules test mute '/\\bwebinars?\\b/' --tag news")  # fmt: skip
def try_rule(
    words: Annotated[list[str], typer.Argument(metavar="RULE | ACTION [NAME] PATTERN", help="u3, or a rule as for add.")],
    source: SourceOption = "",
    tag: TagOption = "",
    contact: ContactOption = "",
    since: SinceOption = "",
    limit: LimitOption = 20,
    json: JsonFlag = False,
) -> None:
    """Show which stored items a rule would touch, written or not; changes nothing."""
    from pkm.seek.rules import check_rule, survey_rule

    rule: Any = _number(words[0]) if len(words) == 1 and ids.parse(words[0]) else _read(words, source, tag, contact)
    if not isinstance(rule, int):
        check_rule(rule)
    survey = survey_rule(current.store(), rule, since=_stamp(since), shown=limit)
    rows = items.rows(current.store().read(), survey.shown)
    if json:
        current.remember(rows=[row["id"] for row in rows])
        render.emit_json({**survey.as_dict(), "items": rows})
        return
    if rows:
        render.emit_list(rows, ITEM_COLUMNS, as_json=False, noun="item", total=survey.touched)
    _tell_survey(survey)


def _number(text: str) -> int:
    return selectors.one(text, ("rule",)).number


def _stamp(since: str) -> str | None:
    if not since:
        return None
    from pkm.dates import midnight, now, stamp
    from pkm.typed_dates import parse_date

    at = parse_date(since, now(), past=True)
    render.tell(f"Since {at.isoformat()}.")
    return stamp(midnight(at))


def _tell_survey(survey: "Survey", when: str = "", rule: str = "") -> None:
    """What the rule found, in a sentence; with its number, what would do it now."""
    looked = count(survey.looked_at, "stored item")
    if survey.action == "keep":
        told = f"{survey.matched:,} of {looked} in its scope would come in; {survey.touched:,} would be muted"
    else:
        told = f"It matches {survey.matched:,} of {looked} in its scope"
    if survey.decided:
        told += f"; {survey.decided:,} of those you decided about, they stay as they are"
    render.tell(told + ".")
    if survey.looked_at and survey.action != "keep" and survey.matched in (0, survey.looked_at):
        render.tell("That is none of them: look whether it says what you mean." if not survey.matched else
                    "That is all of them: look whether it says what you mean.")  # fmt: skip
    for warning in survey.warnings:
        render.tell(f"{warning['what']}: {warning['why']}{'' if warning['why'].endswith('?') else '.'}")
    if when and rule:
        render.tell(f"It is for what comes in from now on. What is here already: pkm seek rules apply {rule}")


@app.command(epilog="Example:  pkm seek rules apply u3 --since 30d")
def apply(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="u3.", autocompletion=complete.complete_rules)],
    since: SinceOption = "",
    yes: YesFlag = False,
    json: JsonFlag = False,
) -> None:
    """Do a rule's work on the stored items too, once you have seen how many; an undo takes it back."""
    from pkm.seek.rules import apply_rule, find_rule, survey_rule

    store, number = current.store(), _number(rule)
    row = find_rule(store, number)
    survey = survey_rule(store, number, since=_stamp(since))
    _tell_survey(survey)
    changed = 0
    if survey.changes:
        if not render.confirm(f"{row['id']}: {row['title']}. Change {count(len(survey.changes), 'item')}?", yes=yes):
            return
        changed = apply_rule(store, number, survey)
    current.remember(touched=row["id"])
    if json:
        counts = {"new": 0, "updated": changed, "unchanged": survey.looked_at - changed, "failed": 0, "failures": []}
        render.emit_json({**row, **counts, **survey.as_dict()})
        return
    render.say(f"{row['id']}  {count(changed, 'item')} changed: {row['title']}")
    render.tell_undo()


@app.command(epilog="Example:  pkm seek rules remove u3 --unmute")
def remove(
    which: RuleArguments,
    unmute: Annotated[bool, typer.Option("--unmute", help="Bring back to the inbox what it muted.")] = False,
    json: JsonFlag = False,
) -> None:
    """Remove rules; what they did stays, unless you say --unmute."""
    from pkm.seek.rules import remove_rules

    numbers = [found.number for found in selectors.many(which, ("rule",), guess=False)]
    gone, back = remove_rules(current.store(), numbers, unmute=unmute)
    if json:
        render.emit_json({"removed": [row["id"] for row in gone], "unmuted": [ids.make("item", number) for number in back]})
        return
    for row in gone:
        render.say(f"{row['id']}  removed: {row['title']}")
    if unmute:
        render.tell(f"{count(len(back), 'item')} back in the inbox.")
    elif muted := sum(row["muted"] for row in gone):
        render.tell(f"{count(muted, 'muted item')} stay{'s' if muted == 1 else ''} muted. "
                    "To bring them back: pkm seek rules unmute --orphaned")  # fmt: skip
    if orphans := sum(row["items"] for row in gone if row["action"] == "assign"):
        render.tell(f"{count(orphans, 'item')} {'is' if orphans == 1 else 'are'} no longer assigned to anybody.")
    render.tell_undo()


@app.command(epilog="Example:  pkm seek rules unmute i12 i14    (or a rule: all that it muted)")
def unmute(
    which: Annotated[
        list[str] | None, typer.Argument(metavar="[ITEM|RULE]...", help="Muted items, or u3: all that it muted.")
    ] = None,
    orphaned: Annotated[bool, typer.Option("--orphaned", help="Also what rules muted that are gone.")] = False,
    limit: LimitOption = 1000,
    json: JsonFlag = False,
) -> None:
    """Bring muted items back to the inbox; no rule mutes them again."""
    from pkm.seek.rules import bring_back

    found = selectors.many(which or (), ("item", "rule"))
    if not found and not orphaned:
        raise Invalid("unmute", "say which items, or whose", next="pkm sense inbox --muted")
    numbers = {kind: [one.number for one in found if one.kind == kind] for kind in ("item", "rule")}
    back = bring_back(current.store(), numbers["item"], numbers["rule"], orphaned=orphaned)
    rows = items.rows(current.store().read(), back[:limit])
    current.remember(rows=[row["id"] for row in rows])
    if json:
        render.emit_json(rows)
        return
    if not rows:
        render.tell("None of that is muted. Next: pkm sense inbox --muted")
        return
    render.emit_table(rows, ITEM_COLUMNS)
    listed = f" Listed: the first {len(rows):,}." if len(rows) < len(back) else ""
    render.tell(f"{count(len(back), 'item')} back in the inbox.{listed}")


def show_muted(limit: int, source: int | None, *, json: bool) -> None:
    """The muted items are listed, with the rule that muted each."""
    db = current.store().read()
    rows = items.muted(db, limit, source=source)
    render.emit_list(rows, ITEM_COLUMNS, as_json=json, noun="muted item", total=items.count_muted(db, source=source),
                     empty="Nothing is muted.")  # fmt: skip
    if rows and not json:
        render.tell("Bring one back: pkm seek rules unmute ITEM; keep it: pkm sense keep ITEM")
