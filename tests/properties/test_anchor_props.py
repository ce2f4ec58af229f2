"""Anchors never lie: whatever happens to the text, a quote is found at its own place or not at all."""

import random

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from pkm.sense.anchor import Passage, anchor, find, folded, select
from tests.effort import tries

VERSE = (
    "people in the complex domain need trust before they share half finished ideas with a network of loose ties while "
    "teams look for certainty and get work done the community of practice sits between them as a place to try things "
    "out sense making is slow seeking is fast and sharing is an act of care for those who come later"
)
WORDS = VERSE.split()


def prose(seed: int, words: int) -> str:
    """Text of few different words, so that the same small quotes stand in many places."""
    chance = random.Random(seed)
    text = []
    while len(text) < words:
        text += [chance.choice(WORDS) for _ in range(chance.randint(4, 14))] + ["."]
    return " ".join(text).replace(" .", ".")


Tracked = list[tuple[str, int | None]]


def edit(tracked: Tracked, chance: random.Random) -> Tracked:
    """One edit: cut, insert, replace or move a piece; every character knows where it came from."""
    size = len(tracked)
    at = chance.randint(0, size)
    length = chance.choice((1, 2, 5, 20, 60, 200))
    what = chance.choice(("cut", "insert", "replace", "move"))
    piece: Tracked = [(c, None) for c in prose(chance.randint(0, 10**6), 12)[:length]]
    if what == "cut":
        return tracked[:at] + tracked[at + length :]
    if what == "insert":
        return tracked[:at] + piece + tracked[at:]
    if what == "replace":
        return tracked[:at] + piece + tracked[at + length :]
    moved = tracked[at : at + length]
    rest = tracked[:at] + tracked[at + length :]
    to = chance.randint(0, len(rest))
    return rest[:to] + moved + rest[to:]


@settings(max_examples=tries(40), deadline=None)
@given(seed=st.integers(0, 10**9), words=st.integers(20, 300), size=st.integers(3, 120), edits=st.integers(0, 12))
def test_an_edited_text_gives_the_same_place_or_none(seed: int, words: int, size: int, edits: int) -> None:
    chance = random.Random(seed)
    text = prose(seed, words)
    start = chance.randint(0, len(text) - 1)
    passage = Passage(start, min(len(text), start + size))
    kept = select(text, passage)
    tracked: Tracked = [(character, position) for position, character in enumerate(text)]
    for _ in range(edits):
        tracked = edit(tracked, chance)
    now = "".join(character for character, _ in tracked)
    found = anchor(now, *kept)
    if found is None:
        return
    assert Indel.normalized_similarity(kept.exact, now[found.start : found.end]) >= 0.85, (kept, found, now)
    origins = {origin for _, origin in tracked[found.start : found.end]}
    around = {origin for _, origin in tracked[max(0, found.start - 16) : found.end + 16]}
    # Most of what is marked was quoted: a place that only touches the quote is a wrong one.
    at_its_place = len(origins & set(range(*passage))) >= (found.end - found.start) / 2
    # Where an edit put the very same words back, nothing can tell them from those that were quoted.
    same_words_between_the_same = now[found.start : found.end] == kept.exact and around & set(
        range(passage.start - 16, passage.end + 16)
    )
    same_by_all_that_was_kept = (
        found.start == kept.position
        and now[found.start : found.end] == kept.exact
        and now[max(0, found.start - 32) : found.start] == kept.prefix
        and now[found.end : found.end + 32] == kept.suffix
    )
    assert at_its_place or same_words_between_the_same or same_by_all_that_was_kept, (kept, found, now)


@settings(max_examples=tries(20), deadline=None)
@given(seed=st.integers(0, 10**9), words=st.integers(60, 300), size=st.integers(24, 120), where=st.booleans())
def test_an_edit_far_from_a_longer_quote_never_loses_it(seed: int, words: int, size: int, where: bool) -> None:
    chance = random.Random(seed)
    text = "".join(f"{word} " for word in prose(seed, words).split())
    start = chance.randint(0, len(text) - size)
    kept = select(text, Passage(start, start + size))
    added = prose(seed + 1, 10) + " "
    now = added + text if where else text + added
    found = anchor(now, *kept)
    expected = start + (len(added) if where else 0)
    unique = now.count(kept.exact) == 1
    assert not unique or (found is not None and (found.start, found.end) == (expected, expected + size))


@settings(max_examples=tries(20), deadline=None)
@given(st.text(max_size=400), st.integers(0, 400), st.integers(1, 100))
def test_an_unchanged_text_gives_the_place_itself(text: str, start: int, size: int) -> None:
    passage = Passage(min(start, len(text)), min(len(text), start + size))
    kept = select(text, passage)
    found = anchor(text, *kept)
    assert kept.exact == "" or (found is not None and (found.start, found.end) == passage)


@settings(max_examples=tries(20), deadline=None)
@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=40), st.text(max_size=40), st.integers(-5, 400))
def test_any_text_and_any_quote_give_an_anchor_inside_the_text_or_none(
    text: str, exact: str, prefix: str, suffix: str, position: int
) -> None:
    found = anchor(text, exact, prefix[:32], suffix[:32], position)
    assert found is None or 0 <= found.start < found.end <= len(text)


@settings(max_examples=tries(20), deadline=None)
@given(st.text(max_size=200), st.integers(0, 200), st.integers(1, 60))
def test_what_is_copied_out_of_a_text_is_found_in_it(text: str, start: int, size: int) -> None:
    quote = text[start : start + size].strip()
    found = find(text, quote)
    assert (not quote) or any(text[one.start : one.end] == quote for one in found)
    retyped = " \n ".join(quote.split()).upper()
    if retyped and quote.isascii():
        assert any(folded(text[one.start : one.end]).text == folded(quote).text for one in find(text, retyped))


@settings(max_examples=tries(20), deadline=None)
@given(
    seed=st.integers(0, 10**9), times=st.integers(2, 5), size=st.integers(4, 60), added=st.integers(1, 80),
    hurt=st.integers(0, 3),
)  # fmt: skip
def test_of_a_refrain_no_other_place_is_taken_for_the_quoted_one(
    seed: int, times: int, size: int, added: int, hurt: int
) -> None:
    """The same words between the same words, several times: moved along, and with letters of the quote itself changed."""
    chance = random.Random(seed)
    verse = prose(seed, 60)[:240] + ". "
    text, which = verse * times, chance.randrange(times)
    start = which * len(verse) + chance.randint(40, len(verse) - 40 - size)
    kept = select(text, Passage(start, start + size))
    letters = list(text)
    for _ in range(hurt):
        letters[chance.randint(start, start + size - 1)] = chance.choice("xyzq")
    found = anchor("n" * added + "".join(letters), *kept)
    assert found is None or abs(found.start - (start + added)) <= hurt


@settings(max_examples=tries(20), deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(3, 40), front=st.booleans())
def test_where_the_quoted_place_is_cut_out_the_same_few_words_elsewhere_are_not_it(seed: int, size: int, front: bool) -> None:
    chance = random.Random(seed)
    own, other = prose(seed, 60), prose(seed + 1, 60)
    words = prose(seed + 2, 20)[:size]
    middle = len(own) // 2
    text = own[:middle] + words + own[middle:]
    kept = select(text, Passage(middle, middle + len(words)))
    place = chance.randint(40, len(other) - 40)
    double = other[:place] + words + other[place:]
    rest = own[: middle - 40] + own[middle + 40 :]
    found = anchor(double + rest if front else rest + double, *kept)
    assert found is None


@settings(max_examples=tries(20), deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(4, 10))
def test_other_words_in_the_same_surroundings_are_not_the_quoted_ones(seed: int, size: int) -> None:
    text = prose(seed, 60)
    kept = select(text, Passage(100, 100 + size))
    changed = text[:100] + "0123456789"[:size] + text[100 + size :]
    assume(kept.exact not in changed)  # a few letters may stand right beside, too
    assert anchor(changed, *kept) is None


def test_a_word_that_came_in_takes_no_word_away() -> None:
    quote, rest = "We do recommend this drug to all pregnant patients", " in the study. Pay Ann."
    chosen = select(quote + rest, Passage(0, len(quote)))
    text = "We do not recommend this drug to all pregnant patients" + rest
    found = anchor(text, chosen.exact, chosen.prefix, chosen.suffix, chosen.position)
    assert found is not None
    assert text[found.start : found.end] == "We do not recommend this drug to all pregnant patients"
