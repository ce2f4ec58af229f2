"""`pkm sense note --from 'tag:cop'`: the quotes of what a search finds, put together as a note to write on from."""

from collections.abc import Sequence
from shlex import quote

from pkm.cli import current, render
from pkm.errors import Invalid


def put_together(asked: str, title: str, words: str, reach: str, names: Sequence[str], *, json: bool) -> None:
    """A note with the quotes and their citations; its own paragraph is `words`, or empty until somebody writes it."""
    from pkm.cli.noted import emit_note
    from pkm.sense import synthesis
    from pkm.sense.notes import add_note
    from pkm.store import links

    if not title:
        raise Invalid(f"--from {asked}", "a synthesis wants a title", next=f'pkm sense note --from {quote(asked)} -t "What …"')
    store = current.store()
    made = synthesis.compose(title, synthesis.gather(store.read(), asked))
    text = made.text if not words.strip() else made.text.replace("\n\n", f"\n\n{words.strip()}\n\n", 1)
    with store.unit() as unit:
        added = add_note(store, text, title=title, reach=reach, names=names)
        number = int(added.row["id"][1:])
        for item in made.items:
            links.add(unit, number, "item", item, "source")
        unit.summarize(f"put together {added.row['id']} from {synthesis.told(made)}")
    emit_note(added, as_json=json)
    render.tell(f"{synthesis.told(made)}. Your own paragraph is still to be written: pkm sense edit {added.row['id']}"
                if not words.strip() else f"{synthesis.told(made)}.")  # fmt: skip
