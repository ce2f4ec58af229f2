"""What `pkm find` says beside what it found: terms that are read otherwise than they look, and what may help for nothing."""

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from pkm.cli import current
from pkm.spelling import did_you_mean, near
from pkm.store import lookup
from pkm.text import count, fold, one_line

if TYPE_CHECKING:
    from pkm.query import Query
    from pkm.store.search import SearchPage

_TRIED = 5
"""So many words of a query are looked at for a misspelling."""


def oddities(asked: "Query") -> Iterator[str]:
    """A sentence for each term that was looked for as a word though it looks like something else."""
    from pkm.query import FIELDS, terms

    if asked.text.count("(") > asked.text.count(")"):
        yield "A ( was never closed; the group goes to the end."
    for word in terms(asked.node):
        if word.text in ("OR", "AND", "NOT") and not word.phrase:
            yield f"{word.text} has nothing to join there, so it was looked for as a word."
        name = word.text.removesuffix(":")
        if name != word.text and name in FIELDS:
            yield f"{word.text} has no value beside it, so it was looked for as a word: {name}:VALUE, with no space."
        elif word.text.startswith("/") and not word.phrase:
            yield f"{one_line(word.text, 40)} has no closing /, so it was looked for as words."


def advise(page: "SearchPage", asked: "Query") -> str:
    """What may help where nothing was found: a name or a word that is nearly the one typed, or the beginning of a word."""
    from pkm.query import FIELDS

    why, instead = of_tagged_sources(asked)
    if instead != asked.text and why:
        return f"{why}. What they bring: pkm find {shlex.quote(instead)}"
    for kind, name in page.unknown:
        return f"No {kind} is called {name}. {did_you_mean(lookup.near(current.store().read(), kind, name))}".rstrip()
    named = (match[1] for match in re.finditer(r"(?<![\w/])([a-z]+):[^\s/]", asked.text))
    if unknown := next((name for name in named if name not in FIELDS), None):
        return f"{unknown}: is no field, so it was looked for as a word. Fields: {', '.join(sorted(FIELDS))}."
    if right := respelled(asked):
        return did_you_mean([right])
    last = asked.text.split()[-1]
    if last.isalpha() and len(last) > 4:
        return f"The beginning of a word finds more: pkm find '{last[: max(4, len(last) - 2)]}*'"
    several = len(asked.text.split()) > 1
    return "Fewer words find more." if several else "Look at the newest: pkm sense inbox, pkm find kind:note"


def of_tagged_sources(asked: "Query") -> tuple[str, str]:
    """Where a tag of the query is one of sources: (why it found nothing, the query for what they brought); else empty."""
    from pkm.query import fields
    from pkm.store.conditions import tagged_sources

    for name in (value for field in fields(asked.node) if field.name == "tag" for value in field.values):
        if sources := tagged_sources(current.store().read(), [name]):
            written = rf"(?<![\w/:])(?:tag:#?|#){re.escape(name)}(?![\w/])"
            instead = re.sub(written, f"from:#{name}", asked.text, flags=re.IGNORECASE)
            return f"#{name} is a tag of {count(len(sources), 'source')}, and of what they bring only where you put it", instead
    return "", ""


def respelled(asked: "Query") -> str:
    """The query with its misspelled words as titles spell them; empty where no title has one that is near."""
    from pkm.dates import now
    from pkm.query import Query, terms
    from pkm.store.hits import title_words
    from pkm.store.search import search

    db = current.store().read()
    known: Counter[str] = Counter()
    changed = asked.text
    for word in islice(terms(asked.node), _TRIED):
        if not word.text.isalpha() or len(word.text) < 4 or search(db, Query(word.text, word), limit=1, now=now()).rows:
            continue
        known = known or title_words(db)
        for meant in near(word.text, (one for one, _ in known.most_common() if one != fold(word.text)), 1):
            changed = re.sub(rf"(?<!\w){re.escape(word.text)}(?!\w)", meant, changed, count=1)
    return changed if changed != asked.text else ""
