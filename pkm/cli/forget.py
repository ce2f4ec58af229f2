"""`pkm forget`: things erased for good."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli import complete, current, render, selectors
from pkm.cli.app import group
from pkm.cli.lines import tell_of_waiting
from pkm.cli.options import DryRunFlag, JsonFlag, YesFlag
from pkm.text import count, one_line, some

if TYPE_CHECKING:
    from pkm.whole.forget import Forgotten
    from pkm.whole.forget_plan import ForgetPlan, Stays

app = group("Erasing for good.")

SHOWN = 12
"""So many things that stay are told one by one where the person is asked."""


@app.command(
    epilog="Example:  pkm forget c12 --dry-run      (a person: what would go, what stays)\n\n"
    "          pkm forget n142               (a note with a password in it)\n\n"
    "          pkm forget c12 --backups      (from the copies in the home as well)",
)
def forget(
    things: Annotated[
        list[str],
        typer.Argument(metavar="ID...", autocompletion=complete.complete_any,
                       help="c12, n142, a51, i3814, r4, e9, p3, t2, or a circle that nothing ever went to."),
    ],
    backups: Annotated[
        bool, typer.Option("--backups", help="Remove the copies in the home that hold it, too, and make a new one.")
    ] = False,
    dry_run: DryRunFlag = False,
    yes: YesFlag = False,
    json: JsonFlag = False,
) -> None:  # fmt: skip
    """Erase people, notes and other things for good, words and bytes.

    Nothing of them stays in the store, in its log or in what pkm keeps beside it, and no undo brings them back. What goes and
    what stays is shown first. That a letter went to somebody is kept, without their name and without its words.
    """
    from pkm.whole import forget as forgetting
    from pkm.whole.forget_plan import KINDS

    store, home = current.store(), current.home()
    found = selectors.many(things, KINDS, guess=False)
    plan = forgetting.preview(store, home, found)
    if not json:
        _show(plan, backups)
    if dry_run:
        if json:
            render.emit_json({**plan.as_dict(), "forgotten": False, "dry_run": True})
        return
    named = ", ".join(one.id for one in found)
    if not render.confirm(f"Forget {named} for good? No undo brings that back.", yes=yes):
        raise typer.Exit(1)
    tell_of_waiting(
        "The rows go at once; then the store’s file ({size}) is written anew, so that no byte stays: that takes minutes, and "
        "Ctrl-C leaves it to pkm doctor.", home.db,
    )  # fmt: skip
    done = forgetting.forget(store, home, found, plan, backups=backups)
    _tell(done, named, json)
    if done.unwiped:
        raise typer.Exit(4)


def _show(plan: "ForgetPlan", backups: bool) -> None:
    for one in plan.things:
        render.say(f"{one.id}  {one_line(one.title, 70)}")
    if plan.told:
        ids = f"  ({some(plan.ids, SHOWN)})" if plan.ids else ""
        render.say(f"  goes along: {', '.join(plan.told)}{ids}")
    if plan.files:
        render.say(f"  files: {some([one_line(name, 60) for name in plan.files], SHOWN)}")
    if plan.lost:
        render.say(f"  {count(plan.lost, 'command')} that held it cannot be undone any more")
    if plan.emptied:
        what = count(plan.emptied, "delivery", "deliveries")
        render.say(f"  {what}: that they went stays (when, by which way, a digest); their words go")
    _show_stays("Stays:", plan.stays)
    _show_stays("Cannot be taken back from here:", plan.out)
    if plan.copies:
        render.say("These copies of the store hold it:" if not backups else "These copies of the store go, too:")
        for path, known in plan.copies:
            render.say(f"  {path.name}{'' if known else '  (it cannot be read)'}")
        if not backups:
            render.say("    add --backups to remove them")
    render.tell("Exports and copies made elsewhere are yours to remove.")


def _show_stays(heading: str, rows: "tuple[Stays, ...]") -> None:
    if not rows:
        return
    render.say(heading)
    for row in rows[:SHOWN]:
        render.say(f"  {one_line(row.what, 200)}  {one_line(row.why, 200)}")
        if row.next:
            render.say(f"    {one_line(row.next, 200)}")
    if len(rows) > SHOWN:
        render.say(f"  and {len(rows) - SHOWN} more (--json lists all)")


def _tell(done: "Forgotten", named: str, json: bool) -> None:
    summary: dict[str, Any] = {
        **done.plan.as_dict(), "forgotten": True, "dry_run": False, "wiped": not done.unwiped,
        "removed": [str(path) for path in done.removed], "copy": str(done.made) if done.made else None,
    }  # fmt: skip
    if json:
        render.emit_json(summary)
    else:
        render.say(f"{named}  forgotten")
        if done.made:
            gone = f"{count(len(done.removed), 'copy', 'copies')} removed; " if done.removed else ""
            render.say(f"  {gone}a new one: {done.made}")
    if done.unwiped:
        render.tell(f"The rows are gone, but some of the bytes may still be there: {done.unwiped}.")
        render.tell("Next: mend that, then pkm doctor wipes them")
