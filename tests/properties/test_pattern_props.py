"""Whatever is typed as a pattern is refused with its place, or compiles; and matching it raises nothing."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pkm.errors import Malformed
from pkm.matching import Overran, Subject, compile_pattern, fold_words
from pkm.pattern import Node, fields, is_everything, read, said
from tests.effort import tries

PIECES = st.sampled_from([
    "word", '"', "“", "(", ")", "-", " ", "OR", " OR ", " AND ", "NOT ", "title:", "has:", "has:audio", "*", "?", "/",
    "/a+/", "[", "\\", "{", "url:", ",", "é", "広告", "\n", "\0", "'", "(?", "\\p{", "source:*x*", "|",
])  # fmt: skip
TYPED = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=14).map("".join))


def subject(text: str) -> Subject:
    return Subject(lambda field: (text, "A title: Désiré paths", "audio"))


def understood(typed: str) -> tuple[Node | None, Malformed | None]:
    try:
        return read(typed), None
    except Malformed as error:
        return None, error


@settings(max_examples=tries(30), deadline=None)
@given(TYPED, st.text(max_size=60))
@example("-", "")
@example("/(?<=a{1000000000})/", "aa")
@example("/\\N{/", "")
@example("title:(", "")
def test_any_text_is_refused_with_its_place_or_matches_without_an_error(typed: str, text: str) -> None:
    node, refusal = understood(typed)
    if refusal is not None:
        assert 0 <= refusal.position <= len(typed)
        assert refusal.why
        assert refusal.next
        return
    assert node is None or said(node)
    assert "has" not in fields(node) or "has:" in typed
    matcher = compile_pattern(node)
    try:
        found = matcher(subject(text))
    except Overran:
        return
    assert found is True or not is_everything(node)


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=20))
def test_the_words_of_a_text_are_found_wherever_they_stand(words: str, before: str, after: str) -> None:
    folded = fold_words(words)
    if not folded:
        return
    node = read('title:"' + words.replace('"', " ") + '"') if folded == fold_words(words.replace('"', " ")) else None
    if node is None:
        return
    matcher = compile_pattern(node)
    assert matcher(subject(f"{before} {words} {after}"))


@given(st.text(alphabet="ab*?", min_size=1, max_size=12), st.text(alphabet="ab", max_size=12))
def test_a_glob_means_what_the_shell_means_by_it(glob: str, value: str) -> None:
    from fnmatch import fnmatchcase

    if not any(char in "ab" for char in glob) or "*" not in glob + "?":
        return
    matcher = compile_pattern(read(f"url:{glob}")) if "*" in glob or "?" in glob else None
    if matcher is not None and value:
        assert matcher(Subject(lambda field: (value,))) == fnmatchcase(value, glob)
