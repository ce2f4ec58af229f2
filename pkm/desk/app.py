"""The desk: a list on the left, the text on the right, one key for each thing that is done.

Every decision is a command of its own in the log, stored at once: a terminal that is closed loses nothing. What is done
is done by the verbs; here are only keys, panes and words.
"""

import contextlib
import signal
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, NamedTuple

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, Static

from pkm import dates
from pkm.config import Home
from pkm.desk import deeds, drafts, shelves, words
from pkm.desk.drafts import Draft
from pkm.desk.reading import describe
from pkm.desk.screens import CSS as SCREENS
from pkm.desk.screens import Ask, Choose, Help, Write
from pkm.desk.shelves import Shelf
from pkm.desk.widgets import Reading, Rows
from pkm.draft_files import left
from pkm.errors import PkmError
from pkm.ids import Row, Thing, existing, make, parse
from pkm.spelling import did_you_mean
from pkm.store.session import Store
from pkm.text import count, one_line

TAKES_UP = {"note": "n", "edit": "e", "comment": '"'}
"""The key that goes on with a draft of that kind."""


class Done(NamedTuple):
    """A decision that `u` takes back: the command's number, the thing, its place, the shelf it stood on."""

    operation: int
    thing: Thing
    at: int | None
    shelf: Shelf


class Desk(App[None]):
    """The app. It is given an open store and a home, and leaves both open."""

    TITLE = "pkm"
    ENABLE_COMMAND_PALETTE = False
    CSS = SCREENS + """
    #left { width: 40%; min-width: 20; border-right: solid $foreground 20%; }
    #where { height: 1; background: $foreground 10%; padding: 0 1; }
    Rows { height: 1fr; }
    #head { height: auto; max-height: 6; padding: 0 1; }
    Reading { height: 1fr; }
    #below { height: auto; max-height: 8; padding: 0 1; color: $text-muted; overflow-y: auto; }
    #said { height: auto; min-height: 1; max-height: 3; padding: 0 1; background: $foreground 10%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "keep", "keep"), Binding("d", "drop", "drop"), Binding("n", "note", "note"),
        Binding("quotation_mark", "quote", "quote", key_display='"'), Binding("t", "tag", "tag"),
        Binding("l", "link", "link", show=False), Binding("r", "reach", "reach", show=False),
        Binding("s", "share", "share", show=False),
        Binding("u", "undo", "undo"), Binding("slash", "find", "find", key_display="/"),
        Binding("question_mark", "help", "help", key_display="?"), Binding("q", "quit", "quit"),
        Binding("e", "edit", "edit", show=False), Binding("o", "open", "open", show=False),
        Binding("i", "inbox", "inbox", show=False), Binding("v", "review", "review", show=False),
        Binding("escape", "leave", "inbox", show=False), Binding("space", "read_on", "read on", show=False),
        Binding("b", "read_back", "back", show=False), Binding("plus", "prefer(1)", "more", show=False),
        Binding("minus", "prefer(-1)", "less", show=False), Binding("g", "links", "links", show=False),
        *(Binding(str(at), f"follow({at})", f"link {at}", show=False) for at in range(1, 10)),
        Binding("f1", "help", "help", show=False), Binding("ctrl+c", "quit", "quit", show=False),
        Binding("ctrl+z", "suspend_process", "stop", show=False), Binding("z", "seen('soon')", "soon", show=False),
        Binding("x", "seen('later')", "later", show=False), Binding("c", "seen('eventually')", "eventually", show=False),
        Binding("h", "help", "help", show=False),
    ]  # fmt: skip

    def __init__(self, store: Store, home: Home) -> None:
        super().__init__()
        self.store, self.home = store, home
        self.shelf = shelves.open_inbox(store, self.now)
        self.done: list[Done] = []
        self.said = ""

    @property
    def now(self) -> datetime:
        """The clock's time, which PKM_NOW sets."""
        return dates.now()

    def compose(self) -> ComposeResult:
        """List, text, what was said last, the keys."""
        with Horizontal():
            with Vertical(id="left"):
                yield Static(id="where", markup=False)
                yield Rows(lambda at: self.shelf.row(self.store, at), id="rows")
            with Vertical():
                yield Static(id="head", markup=False)
                yield Reading(id="text")
                yield Static(id="below", markup=False)
        yield Static(id="said", markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """The inbox is open and the list has the keys."""
        self.open_shelf(self.shelf)
        self.query_one(Rows).focus()
        waiting = [named for one in left(self.home) if (named := one.of.partition("-"))[0] in TAKES_UP]
        if waiting:
            kind, _, of = waiting[0]
            step = f"{TAKES_UP[kind]}{f' on {of}' if of else ''} takes it up"
            step += "; or pkm sense note --draft last" if kind == "note" else ""
            self.say(f"{count(len(waiting), 'text')} that you began here: {step}")
        self.run_worker(deeds.warm_up, thread=True)

    # What is shown

    def open_shelf(self, shelf: Shelf, at: int = 0) -> None:
        """The list shows the shelf."""
        self.shelf = shelf
        self.query_one(Rows).show(len(shelf), at)
        if shelf.note:
            self.say(shelf.note)

    def say(self, told: str) -> None:
        """One line below: what was done, or why not."""
        self.said = one_line(told, 400)
        self.query_one("#said", Static).update(self.said)

    @property
    def thing(self) -> Thing | None:
        """What has the cursor."""
        return self.shelf.things[self.query_one(Rows).cursor] if len(self.shelf) else None

    def on_rows_moved(self, moved: Rows.Moved | None = None) -> None:
        """The text is that of the row with the cursor; what was said of another one goes."""
        if moved is not None and moved.by_hand:
            self.say("")
        rows, thing = self.query_one(Rows), self.thing
        place = f"{rows.cursor + 1:,}/{len(self.shelf):,}" if thing else "nothing here"
        self.query_one("#where", Static).update(f"{self.shelf.name}  {place}")
        shown = describe(self.store, thing, self.shelf.why.get(thing, "")) if thing else None
        self.query_one("#head", Static).update(shown.head if shown else "It is no longer there." if thing else "")
        nothing = "" if thing else words.nothing_here(self.store, self.shelf.name)
        self.query_one(Reading).show(shown.text if shown else nothing, shown.quoted if shown else ())
        self.query_one("#below", Static).update(shown.below if shown else "")

    def refresh_thing(self) -> None:
        """What has the cursor is read anew."""
        if self.thing:
            self.shelf.forget(self.thing)
            self.query_one(Rows).refresh()
            self.on_rows_moved()

    # What is done

    @contextlib.contextmanager
    def command(self, typed: str, draft: Draft | None = None) -> Iterator[None]:
        """A command of its own in the log; an error is said and nothing is changed. draft: what was typed for it stays."""
        self.store.operation, before = None, self.store.command
        self.store.command = f"pkm {one_line(typed, 120)}"
        try:
            yield
        except PkmError as error:
            why = f": {error.why}" if error.why else ""
            found = "; ".join(": ".join(map(str, one[:2])) for one in getattr(error, "findings", ())[:2])
            step = "".join(f" {one}" for one in (did_you_mean(error.near), error.next and f"Next: {error.next}") if one)
            if draft is not None and draft.path.exists():
                step += f" What you typed is in {draft.path.name}: the same key takes it up."
            self.say(f"{error.what}{why}.{f' {found}.' if found else ''}{step}")
        finally:
            self.store.command = before

    def decide(self, said: str, *, off: bool = True) -> None:
        """What was done is remembered for an undo, and said; off: the thing leaves the list."""
        thing = self.thing
        if thing is None or self.store.operation is None:
            return
        at = self.shelf.take(thing) if off else None
        self.done.append(Done(self.store.operation, thing, at, self.shelf))
        if off:
            self.query_one(Rows).show(len(self.shelf), self.query_one(Rows).cursor)
        else:
            self.refresh_thing()
        self.say(said if len(self.shelf) or self.shelf.name != "inbox" else f"{said}. That was the last one: v is the review")

    def action_keep(self) -> None:
        """The item is kept."""
        self._verb("keep", "kept")

    def action_drop(self) -> None:
        """The item is dropped, the note put away."""
        self._verb("drop", "dropped")

    def _verb(self, verb: str, said: str) -> None:
        if (thing := self.thing) is None:
            return
        with self.command(f"sense {verb} {make(*thing)}"):
            deeds.decide(self.store, verb, thing, self.shelf.filters)
            self.decide(f"{make(*thing)} {said}", off=self.shelf.name in ("inbox", "review") or verb == "drop")

    def action_seen(self, half_life: str) -> None:
        """The note was looked at and comes back in that time."""
        if (thing := self.thing) is None or thing[0] != "note":
            self.say("Only a note comes back.")
            return
        with self.command(f"sense review {make(*thing)} --as {half_life}"):
            deeds.mark_seen(self.store, thing[1], half_life)
            self.decide(f"{make(*thing)} comes back {half_life}", off=self.shelf.name == "review")

    def action_note(self) -> None:
        """A note of own words is made; from an item, that one is kept."""
        thing = self.thing
        of_item = thing if thing and thing[0] in ("item", "response") else None
        answer = thing[1] if thing and thing[0] == "response" else None
        draft, text = drafts.take_up(self.home, f"note-{make(*of_item)}" if of_item else "note")
        about = f"Your words on {make(*of_item)}" if of_item else "A new note"

        def made(text: str | None) -> None:
            if text is None or not (text.strip() or answer):
                self.say_kept(draft)
                return
            if answer:
                with self.command(f"sense note --from {make('response', answer)}", draft):
                    row = deeds.note_of_answer(self.store, text, answer)
                    draft.remove()
                    self.decide(f"{row['id']} “{row['title']}”", off=self.shelf.name == "inbox")
                return
            with self.command(f"sense keep {make(*of_item)} --note" if of_item else "sense note", draft):
                row = deeds.write_note(self.store, text, of_item, self.shelf.filters)
                draft.remove()
                self.decide(f"{row['id']} “{row['title']}”", off=of_item is not None and self.shelf.name == "inbox")

        begun = "what you had begun" if text else "theirs stand below them" if answer else ""
        about += f": {begun}" if begun else " (#tags, @people and [[links]] are read)"
        self.push_screen(Write(about, draft, text), made)

    def action_edit(self) -> None:
        """The note's text is changed."""
        if (thing := self.thing) is None or thing[0] != "note":
            self.say("Only a note can be edited; n makes one.")
            return
        from pkm.store import notes

        base: Row | None = None
        with self.command("sense edit"):
            base = existing(notes.row(self.store.read(), thing[1]), "note", thing[1])
        if base is None:
            return
        before = base
        draft, begun = drafts.take_up(self.home, f"edit-{before['id']}")

        def changed(text: str | None) -> None:
            if text is None or text.strip() == before["text"].strip():
                self.say_kept(draft)
                return
            with self.command(f"sense edit {before['id']}", draft):
                deeds.edit(self.store, thing[1], text, before)
                draft.remove()
                self.decide(f"edited {before['id']}", off=False)

        about = f"{before['id']}  {before['title']}{': what you had begun' if begun else ''}"
        self.push_screen(Write(about, draft, begun or before["text"], before["text"]), changed)

    def say_kept(self, draft: Draft) -> None:
        """Where a draft stays, it is said how it is taken up."""
        if draft.path.exists():
            self.say("Not stored; what you typed is kept, and the same key takes it up.")

    def action_quote(self) -> None:
        """The selected words are quoted, with a comment."""
        reading = self.query_one(Reading)
        thing, quote = self.thing, reading.selected_text
        if thing is None or thing[0] == "response":
            self.say("An answer is quoted whole: n makes a note of it.")
            return
        if not quote.strip():
            reading.focus()
            self.say('Select words first (Shift and arrows, or the mouse), then ". Tab goes back to the list.')
            return
        near = reading.selected_from + len(quote) - len(quote.lstrip())
        draft, begun = drafts.take_up(self.home, f"comment-{make(*thing)}")

        def said(comment: str | None) -> None:
            if comment is None:
                self.say_kept(draft)
                return
            with self.command(f"sense annotate {make(*thing)}", draft):
                row = deeds.quote(self.store, thing, quote, comment, near)
                draft.remove()
                self.decide(f"{row['id']} “{one_line(row['exact'], 80)}”", off=False)

        about = f"“{one_line(quote, 120)}”: what do you say to it? (may stay empty)"
        self.push_screen(Ask(about, value=one_line(begun), draft=draft), said)

    def action_tag(self) -> None:
        """Tags are put on and taken off."""
        if (thing := self.thing) is None or thing[0] == "response":
            self.say("An answer has no tags; n makes a note of it.")
            return

        def tagged(words: str | None) -> None:
            if not words or not words.strip():
                return
            with self.command(f"sense tag {make(*thing)} {words}"):
                names = deeds.tag(self.store, thing, words)
                self.decide(" ".join(f"#{name}" for name in names) or "no tags", off=False)

        has = " ".join(f"#{name}" for name in deeds.tags_of(self.store, thing)) or "no tags yet"
        offered = deeds.offer_tags(self.store, thing)
        like = f" Notes like it have {' '.join(f'#{name}' for name in offered)}." if offered else ""
        known = [*offered, *deeds.known_tags(self.store)]
        self.push_screen(Ask(f"{make(*thing)} has {has}.{like} + adds, - takes away:", known), tagged)

    def action_link(self) -> None:
        """A note is linked to what is chosen."""
        if (thing := self.thing) is None or thing[0] != "note":
            self.say("A link begins at a note; n makes one from this item.")
            return

        def linked(name: str | None) -> None:
            if name is None or (other := parse(name)) is None:
                return
            with self.command(f"sense link {make(*thing)} {name}"):
                deeds.link(self.store, thing[1], other)
                self.decide(f"{make(*thing)} → {name}", off=False)

        self.push_screen(Choose(f"Link {make(*thing)} to", lambda typed: deeds.offer_links(self.store, thing[1], typed)), linked)

    def action_reach(self) -> None:
        """The note gets another reach."""
        if (thing := self.thing) is None or thing[0] != "note":
            self.say("Only a note has a reach.")
            return

        def reached(word: str | None) -> None:
            if word is None:
                return
            with self.command(f"sense reach {make(*thing)} {word}"):
                deeds.set_reach(self.store, thing[1], word)
                self.decide(f"{make(*thing)} may go to: {word}", off=False)

        self.push_screen(Choose("How far may it go?", lambda _: deeds.REACHES, typed=False), reached)

    def action_share(self) -> None:
        """The note is in a draft for the chosen circle; nothing is sent."""
        if (thing := self.thing) is None or thing[0] != "note":
            self.say("Only a note can be shared.")
            return

        def drafted(circle: str | None) -> None:
            if circle is None or (found := parse(circle)) is None:
                return
            with self.command(f"share draft {make(*thing)} --to {circle}"):
                row = deeds.draft_share(self.store, thing[1], found[1])
                self.decide(f"{row['id']} drafted, nothing was sent. Next: pkm share preview {row['id']}", off=False)

        self.push_screen(Choose(
            "For whom?", lambda _: deeds.offer_circles(self.store), typed=False,
            empty="There is no circle yet. Next: pkm circle add NAME",
        ), drafted)  # fmt: skip

    def action_prefer(self, by: int) -> None:
        """The item's source ranks higher or lower from now on."""
        if (thing := self.thing) is None:
            return
        with self.command(f"sense ({'+' if by > 0 else '-'}) {make(*thing)}"):
            said = deeds.prefer(self.store, thing, by)
            self.decide(said, off=False)
            self.say(said)

    def action_open(self) -> None:
        """The item's page is open in the browser."""
        url = deeds.address(self.store, self.thing) if self.thing else ""
        self.show_page(url) if url else self.say("It has no page.")

    def show_page(self, url: str) -> None:
        """The page is open in the browser; its address is said, for where there is none."""
        self.open_url(url)
        self.say(url)

    def action_links(self) -> None:
        """One of the links of the text is open in the browser."""
        found = deeds.links(self.store, self.thing) if self.thing else []

        def chosen(url: str | None) -> None:
            if url is not None:
                self.show_page(url)

        if not found:
            self.say("There are no links in it.")
            return
        self.push_screen(Choose("Open which link?", lambda _: found, typed=False), chosen)

    def action_follow(self, number: int) -> None:
        """The link of that number is open in the browser."""
        found = deeds.links(self.store, self.thing) if self.thing else []
        self.show_page(found[number - 1][0]) if number <= len(found) else self.say(f"There is no link {number} in it.")

    def action_read_on(self) -> None:
        """The next screen of the text is shown; behind its end, the next row."""
        if not self.query_one(Reading).read_on():
            self.query_one(Rows).action_move(1)

    def action_read_back(self) -> None:
        """The screen of the text before this one is shown."""
        self.query_one(Reading).read_back()

    def action_undo(self) -> None:
        """The last thing that was done here is taken back."""
        if not self.done:
            self.say("Nothing was done yet here; pkm undo takes back what was before.")
            return
        last = self.done.pop()
        with self.command(f"undo {last.operation}"):
            deeds.undo(self.store, last.operation)
            if last.at is not None:
                last.shelf.put(last.thing, last.at)
                self.open_shelf(last.shelf, last.at)
            else:
                self.refresh_thing()
            self.say(f"taken back: {make(*last.thing)} is as it was")

    # Where one goes

    def action_find(self) -> None:
        """The list shows what a search finds."""

        def found(typed: str | None) -> None:
            if typed and typed.strip():
                with self.command("find"):
                    self.open_shelf(shelves.open_found(self.store, typed, self.now))

        self.push_screen(Ask("Search: words, \"phrases\", tag:org, @maria, is:question …"), found)

    def action_leave(self) -> None:
        """From the text to the list; from a search or the review to the inbox."""
        if self.focused is self.query_one(Reading) or self.shelf.name == "inbox":
            self.query_one(Rows).focus()
        else:
            self.action_inbox()

    def action_inbox(self) -> None:
        """The list shows the inbox."""
        self.open_shelf(shelves.open_inbox(self.store, self.now))
        self.query_one(Rows).focus()

    def action_review(self) -> None:
        """The list shows what is due to be looked at again."""
        self.open_shelf(shelves.open_review(self.store, self.now))

    def action_help(self) -> None:
        """The keys are told."""
        self.push_screen(Help(words.HELP))


def run(store: Store, home: Home) -> None:
    """The desk was open until the person quit, or the terminal closed; what was done is in the store.

    A process that was started with SIGHUP ignored (nohup) would read from a terminal that is gone for ever.
    """
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    Desk(store, home).run()
