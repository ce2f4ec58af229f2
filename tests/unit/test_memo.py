"""What is remembered of Markdown is what it would become anew."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pkm.share.memo
from pkm.markdown import to_html, to_plain
from pkm.share.memo import Memo, made, remembering
from pkm.share.render import Piece, harmless_piece, has_words

TEXT = "See [[One]], [two](two.md) and ![a](a.png).\n\n- *x*"


def test_the_second_time_nothing_is_rendered_and_it_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = {"One": "one/", "two.md": None}
    first = Memo(tmp_path / "memo.json")
    made = first.html(TEXT, link=links.get, image=lambda _: None, heading=2)
    assert made == to_html(TEXT, link=links.get, image=lambda _: None, heading=2)
    assert first.plain(TEXT) == to_plain(TEXT)
    first.save()
    for name in ("to_html", "to_plain"):
        monkeypatch.setattr(pkm.share.memo, name, None)
    second = Memo(tmp_path / "memo.json")
    assert second.html(TEXT, link=links.get, image=lambda _: None, heading=2) == made
    assert second.plain(TEXT) == first.plain(TEXT)


def test_where_a_link_leads_elsewhere_it_is_made_anew() -> None:
    memo = Memo()
    assert 'href="one/"' in memo.html(TEXT, link={"One": "one/"}.get, image=None, heading=0)
    assert 'href="../one/"' in memo.html(TEXT, link={"One": "../one/"}.get, image=None, heading=0)
    assert 'href="one/"' in memo.html(TEXT, link={"One": "one/"}.get, image=None, heading=0)
    assert "href" not in memo.html(TEXT, link={}.get, image=None, heading=0)


def test_a_page_a_digest_and_feeds_that_link_each_in_its_own_words_are_all_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = ("one/", "../one/", "https://x.example/one/", None, "more/")
    forms: list[dict[str, str | None]] = [{"One": place} for place in places]
    first = Memo(tmp_path / "memo.json")
    made = [first.html(TEXT, link=form.get, image=None, heading=0) for form in forms]
    first.save()
    asked: list[str] = []
    monkeypatch.setattr(pkm.share.memo, "to_html", lambda text, **_: asked.append(text) or "anew")
    second = Memo(tmp_path / "memo.json")
    assert [second.html(TEXT, link=form.get, image=None, heading=0) for form in forms] == [*made[:4], "anew"]
    assert asked == [TEXT]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"made_by": "", "known": 3}', b'{"made_by": "another", "known": {}}']
)
def test_a_file_that_is_none_of_its_own_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "memo.json").write_bytes(content)
    memo = Memo(tmp_path / "memo.json")
    assert memo.plain("*x*") == "x"
    memo.save()
    assert Memo(tmp_path / "memo.json").plain("*x*") == "x"


def test_what_was_not_used_is_forgotten(tmp_path: Path) -> None:
    for text in ("one", "two"):
        memo = Memo(tmp_path / "memo.json")
        memo.plain(text)
        memo.save()
    assert "two" in (tmp_path / "memo.json").read_text()
    assert "one" not in (tmp_path / "memo.json").read_text()


TEXTS = st.sampled_from([TEXT, "[[One]] and [[Two]]", "# a\n\n[x](One)"])
LINKS = st.dictionaries(st.sampled_from(["One", "Two", "two.md"]), st.sampled_from(["a", "b"]))


@given(st.lists(st.tuples(TEXTS, LINKS), max_size=8))
def test_it_is_always_what_it_would_be_anew(asked: list[tuple[str, dict[str, str]]]) -> None:
    memo = Memo()
    for text, links in asked:
        assert memo.html(text, link=links.get, image=None, heading=1) == to_html(text, link=links.get, heading=1)


@pytest.mark.parametrize("folder", ["", "parts", "linked"])
def test_another_template_makes_other_pages(tmp_path: Path, folder: str) -> None:
    root = tmp_path / "templates"
    (tmp_path / "elsewhere").mkdir()
    (root / "parts").mkdir(parents=True)
    (root / "linked").symlink_to(tmp_path / "elsewhere")
    templates = root / folder
    for words in ("One.", "Another one."):
        (templates / "digest.html").write_text(words)
        with remembering(tmp_path / "memo.json", (root,)):
            assert made(("digest.html",), lambda _: (templates / "digest.html").read_text()) == words
    with remembering(tmp_path / "memo.json", (root,)):
        given = made(("digest.html",), lambda _: "made anew")
    assert given == "made anew"  # there is a link to a folder
    (root / "linked").unlink()
    for _ in range(2):
        with remembering(tmp_path / "memo.json", (root,)):
            given = made(("digest.html",), lambda _, given=given: f"{given}, again")
    assert given == "made anew, again"


def test_what_was_harmless_is_known_by_all_it_is_made_of(tmp_path: Path) -> None:
    """Not by another text, nor where another name is hidden; what had to be made harmless is made so each time."""
    plain, secret = Piece("n1", "A title", "Words of mine on [[Ann]]."), Piece("n2", "Two", "Said. %%not this%%")
    for _ in range(2):
        with remembering(tmp_path / "site.json"):
            assert harmless_piece(plain, frozenset()) is plain
            assert harmless_piece(plain, frozenset({"ann"})).words == "Words of mine on …."
            assert harmless_piece(secret, frozenset()).words == "Said. "
            assert (has_words(plain), has_words(Piece("n3", "", "#tag"))) == (True, False)


def test_a_page_is_taken_from_its_file_and_made_anew_where_that_is_another(tmp_path: Path) -> None:
    anew: list[str] = []

    def make(text: str, links: dict[str, str]) -> str:
        with remembering(tmp_path / "memo.json", folder=tmp_path):
            given = made(
                ("page",), lambda asking: anew.append(text) or f"{text} {asking['note']('One')}",
                {"note": links.get}, "page.html",
            )  # fmt: skip
        (tmp_path / "page.html").write_text(given)
        return given

    assert make("first", {"One": "one/"}) == "first one/"
    assert "first" not in (tmp_path / "memo.json").read_text()
    assert make("again", {"One": "one/"}) == "first one/"
    assert make("moved", {"One": "two/"}) == "moved two/"
    (tmp_path / "page.html").write_text("somebody else's")
    assert make("mended", {"One": "two/"}) == "mended two/"
    (tmp_path / "page.html").unlink()
    assert make("gone", {"One": "two/"}) == "gone two/"
    assert anew == ["first", "moved", "mended", "gone"]
