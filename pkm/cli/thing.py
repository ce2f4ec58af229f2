"""Items, notes and annotations as a person reads them, wrapped to the terminal's width."""

import os
import re
import sys
import textwrap

import typer

from pkm.cli import render
from pkm.dates import day
from pkm.ids import Row
from pkm.text import clean, count, one_line


def as_text(row: Row, marked: str) -> str:
    """The whole thing as lines. marked: its text with the quotes marked."""
    told = {"item": _item, "note": _note, "annotation": _annotation}[row["kind"]]
    return "\n".join(told(row, marked)).rstrip() + "\n"


def head(row: Row) -> list[str]:
    """Title and where it is from, of an item: source, author, date, state, tags, address."""
    facts = [row["source_title"], row["author"], row["published_at"] and day(row["published_at"]), row["state"],
             row.get("versions") and f"changed {row['versions']}×: --versions"]  # fmt: skip
    told = " · ".join(one_line(str(fact)) for fact in facts if fact)
    return [
        *_wrapped(f"{row['id']}  {one_line(row['title'])}", bold=True), *_wrapped(told),
        *_wrapped(_tagged(row["tags"])), *([one_line(row["url"])] if row["url"] else []),
    ]  # fmt: skip


def wrap(text: str, width: int | None = None) -> list[str]:
    """The text's lines, each wrapped; its own line ends and indents stay."""
    width = width or render.width()
    lines: list[str] = []
    for line in clean(text).split("\n"):
        lead = re.match(r"\s*(?:[-*+>]\s+|\d+[.)]\s+)?", line)
        indent = " " * min(len(lead[0]) if lead else 0, width // 2)
        lines += textwrap.wrap(
            line.rstrip(), width, subsequent_indent=indent, break_on_hyphens=False, replace_whitespace=False,
            drop_whitespace=True,
        ) or [""]  # fmt: skip
    return lines


def styled(text: str, *, bold: bool = False, dim: bool = False) -> str:
    """The text as a terminal shows it bold or dim; plain in a pipe, with NO_COLOR, and on a terminal that is dumb."""
    plain = not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else typer.style(text, bold=bold or None, dim=dim or None)


def print_place(place: str, columns: int) -> None:
    """A line across a page: which of several things comes, and why."""
    print(styled(f"── {place} ".ljust(min(columns, 88) - 1, "─"), dim=True))


def print_fitting(text: str, thing: str, room: int, columns: int, *, known: str | None = None) -> None:
    """As many lines of a thing's text as fit into `room`, below an empty one; none where it says but what is known."""
    lines = [line for line in wrap(text, min(columns, 88)) if line.strip()]
    if lines != ([] if known is None else [known]):
        print("\n".join(["", *lines[:room]]))
    if len(lines) > room:
        print(styled(f"… {count(len(lines) - room, 'more line')}: pkm sense show {thing}", dim=True))


def _wrapped(text: str, *, bold: bool = False) -> list[str]:
    lines = textwrap.wrap(text, render.width(), break_on_hyphens=False)
    return [styled(line, bold=True) for line in lines] if bold else lines


def _tagged(names: list[str]) -> str:
    return " ".join(f"#{name}" for name in names)


def _listed(heading: str, lines: list[str]) -> list[str]:
    wrapped: list[str] = []
    for line in lines:
        wrapped += textwrap.wrap(line, render.width(), initial_indent="  ", subsequent_indent="      ",
                                 break_on_hyphens=False, break_long_words=False)  # fmt: skip
    return ["", heading, *wrapped] if lines else []


def _item(row: Row, marked: str) -> list[str]:
    text = marked if row["text"] else row["summary"]
    return [
        *head(row), "", *wrap(text),
        *_listed("Quotes and comments", _annotations(row["annotations"])),
        *_listed("Also told by", [
            f"{one['id']}  {one_line(one['source_title'] or '')}  {one['url']}" for one in row.get("told", ())
        ]),
        *_listed("Notes made from it", [f"{note['id']}  {one_line(note['title'])}" for note in row["notes"]]),
        *_listed("Linked from", _backlinks(row)),
        *_listed(
            f"Links (pkm sense show {row['id']} --open N)",
            [f"[{one['number']}] {_link_words(one)}" for one in row["links"]],
        ),
        *_listed(f"Files (pkm sense show {row['id']} --open N)", [_file(one) for one in row["enclosures"]]),
        *_listed("Kept beside it", [_page(row["id"], one) for one in row["pages"]]),
    ]  # fmt: skip


def _file(file: Row) -> str:
    """One line for a file: its number, what it is, how long and how large, where."""
    facts = [
        "transcript" if file["rel"] == "transcript" else "", one_line(file["type"]),
        _clock(file["duration_s"]) if file["duration_s"] else "",
        f"{file['size_bytes'] / 1e6:.1f} MB" if file["size_bytes"] else "",
    ]  # fmt: skip
    told = ", ".join(fact for fact in facts if fact)
    return f"[{file['number']}] {told + '  ' if told else ''}{file['url']}"


def _clock(seconds: int) -> str:
    """A length as h:mm:ss, or m:ss under an hour."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _page(item: str, page: Row) -> str:
    if page["role"] == "feed":
        return f"the text that its feed gives: pkm sense show {item} --feed-text"
    return f"the page as it was on {day(page['at'])}: pkm sense show {item} --page FILE"


def _link_words(link: Row) -> str:
    words = one_line(link["title"])
    return f"{words}  {link['url']}" if words and words != link["url"] else link["url"]


def _note(row: Row, marked: str) -> list[str]:
    facts = [row["stage"], f"reach {row['reach']}", _tagged(row["tags"]), f"changed {day(row['updated_at'])}",
             row["at"] and f"on {day(row['at'])}", row["half_life"] and f"review: {row['half_life']}",
             row["dropped_at"] and f"put away {day(row['dropped_at'])}"]  # fmt: skip
    return [
        *_wrapped(f"{row['id']}  {one_line(row['title'])}", bold=True), *_wrapped(" · ".join(f for f in facts if f)),
        *(_wrapped(f"from {row['from']['id']}  {one_line(row['from']['title'])}") if row["from"] else []),
        "", *wrap(marked),
        *_listed("Quotes and comments", _annotations(row["annotations"])),
        *_listed("Links", _links(row["links"])),
        *_listed("Linked from", _backlinks(row)),
        *_listed("Tried", [_trial(trial) for trial in row["trials"]]),
        *_listed("Grown", [_step(step) for step in row["growth"]]),
    ]  # fmt: skip


def _links(links: list[Row]) -> list[str]:
    told = []
    for link in links:
        if link["to"]:
            told.append(f"{link['type']} → {link['to']}  {one_line(link['to_title'])}")
        elif link["to_kind"] == "contact":
            told.append(f"nobody yet: @{link['written']}")
        else:
            told.append(f"wanted: [[{one_line(link['written'])}]]")
    return told


def _backlinks(row: Row) -> list[str]:
    told = []
    for link in row["backlinks"]:
        said = f": “{one_line(link['sentence'])}”" if link["sentence"] else f" ({link['type']})"
        told.append(f"{link['from']}  {one_line(link['from_title'])}{said}")
    return told


def _trial(trial: Row) -> str:
    where = f" in {trial['place']}" if trial["place"] else ""
    who = f" by {trial['contact']} {one_line(trial['contact_name'], 40)}" if trial["contact"] else ""
    told = f", told in {trial['response']}" if trial["response"] else ""
    return one_line(f"{trial['id']}  {day(trial['at'])}{where}{who}{told}: {trial['outcome']}. {trial['text']}")


def _step(step: Row) -> str:
    because = f": {step['because']}" if step["because"] else ""
    return one_line(f"{day(step['at'])}  {step['from']} → {step['to']}{because}")


def _annotations(rows: list[Row]) -> list[str]:
    """One line for each: its number in the text where it has a quote, the quote of an orphan, the comment."""
    lines, number = [], 0
    for row in rows:
        number += bool(row["exact"])
        mark = f"[{number}] " if row["exact"] else ""
        orphan = " (its words are no longer in the text)" if row["state"] == "orphan" else ""
        quote = f"“{one_line(row['exact'])}”" if row["exact"] else "on the whole"
        comment = f" · {one_line(row['comment'])}" if row["comment"] else ""
        lines.append(f"{mark}{row['id']}  {quote}{orphan}{comment}")
    return lines


def _annotation(row: Row, marked: str) -> list[str]:
    on = f"on {row['on']['id']}  {one_line(row['on']['title'])}" if row["on"] else ""
    quote = [f"> {line}" for line in wrap(row["exact"], render.width() - 2)] if row["exact"] else []
    first = f"{row['id']}  {row['state']} · {day(row['created_at'])}"
    return [first, *_wrapped(on), "", *quote, *([""] if quote else []), *wrap(row["comment"])]
