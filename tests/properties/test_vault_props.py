"""Any bytes give a note or one of our errors; what is read is written again to the byte; merging loses no line."""

from hypothesis import example, given
from hypothesis import strategies as st

from pkm import frontmatter
from pkm.errors import BadInput
from pkm.notefile import Properties, read_file, read_properties, write_front
from pkm.textmerge import merge, plain, put_back, same

TEXT = st.text(alphabet="ab#-: \t\n\r\x1b[]e\u0301\u2028\ufeff'\"é", max_size=60)
LINES = st.lists(st.sampled_from(["a", "b", "c", "d ", "", "=======", "<<<<<<< in pkm"]), max_size=8).map("\n".join)
NAME = st.text(alphabet="abÅ:#[]'\" -/1", min_size=1, max_size=12).filter(lambda name: name.strip(" #/-") == name)
FRONT = st.sampled_from([
    "", "---\ntitle: x # why\n---\n", "---\r\ntags:\r\n  - a\r\n- b\r\n---\r\n", "---\n{a: b}\n---\n", "---\n---\n",
    "---\naliases: [a, 'b: c']\nTags: a b\nzip: 012\ndeep:\n  er: 1\n---\n", "\ufeff---\nreach: nobody\nstage: idea\n---\n",
])  # fmt: skip


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda data: b"---\n" + data + b"\n---\ntext"))
def test_any_bytes_are_a_note_or_an_error_of_ours(data: bytes) -> None:
    try:
        read = read_file(data, "a.md")
    except BadInput:
        return
    whole = read.front + read.body
    assert whole.encode() == data or read.remarks
    assert read.text == plain(read.body)
    assert read.properties.reach in ("private", "team", "community", "network")


@given(TEXT, TEXT)
def test_a_text_goes_back_into_its_file(body: str, text: str) -> None:
    assert put_back(body, plain(body)) == body
    assert same(put_back(body, text), text)


@given(LINES, LINES, LINES)
def test_a_merge_loses_no_line(base: str, ours: str, theirs: str) -> None:
    names = {"theirs_name": "in x.md"}
    assert same(merge(base, base, theirs, **names).text, theirs)
    assert same(merge(base, ours, base, **names).text, ours)
    merged = merge(base, ours, theirs, **names).text.split("\n")
    there = {line.rstrip() for line in plain(base).split("\n")}
    for text in (ours, theirs):
        new = {line.rstrip() for line in plain(text).split("\n")} - there
        assert new - {""} <= {line.rstrip() for line in merged}


@given(LINES, LINES, LINES, st.integers(0, 9), st.integers(0, 9), st.booleans())
@example(base="", ours="c", theirs="c\nb", at=0, own=7, marked=False)
def test_two_versions_stand_until_somebody_chooses(
    base: str, ours: str, theirs: str, at: int, own: int, marked: bool
) -> None:
    made = merge(base, ours, theirs, theirs_name="in x.md").text
    before = made if marked else theirs
    here, there = made.split("\n"), plain(before).split("\n")
    here.insert(own, "new here")
    there.insert(at, "new there")
    again = merge(before, "\n".join(here), "\n".join(there), theirs_name="in x.md").text.split("\n")
    words = {line.rstrip() for line in (*here, *there) if not line.startswith(("<<<<<<<", "=======", ">>>>>>>"))}
    assert words <= {line.rstrip() for line in again} | {""}


@given(st.lists(st.sampled_from("abcd"), max_size=6), st.lists(st.sampled_from("abcd"), max_size=6))
def test_our_side_of_a_conflict_is_found_again(ours: list[str], theirs: list[str]) -> None:
    first, mine = "\n".join(["q", *theirs]), "\n".join(["p", *ours])
    made = merge("x", mine, first, theirs_name="in x.md")
    assert same(merge(first, made.text, mine, theirs_name="in x.md").text, mine)
    assert same(merge(first, made.text, "r", theirs_name="in x.md").text, merge("x", mine, "r", theirs_name="in x.md").text)


REACH, STAGE = st.sampled_from(["private", "team"]), st.sampled_from(["idea", "observation"])


@given(FRONT, TEXT, NAME, st.lists(NAME, max_size=3), REACH, STAGE)
def test_front_matter_says_what_was_wanted_and_then_stays(
    front: str, body: str, title: str, tags: list[str], reach: str, stage: str
) -> None:
    own = tuple({name.casefold(): name for name in tags}.values())
    wanted = Properties(" ".join(title.split()), own, own[:1], reach, stage)
    made = write_front(front, body, "a.md", wanted)
    fields = frontmatter.split(made)[0]
    said = read_properties(fields, body, "a.md")
    assert (said.title, said.reach, said.stage) == (wanted.title, reach, stage)
    assert write_front(made, body, "a.md", wanted) == made
    before = frontmatter.split(front)[0]
    for name in before.keys() - {"title", "tags", "Tags", "aliases", "reach", "stage"}:
        assert fields[name] == before[name]
