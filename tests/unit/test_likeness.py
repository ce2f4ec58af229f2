"""How like items are to notes, what they point at, and what several sources turn to at once."""

import pytest

from pkm.likeness import Rarities, count_words, rarity
from pkm.seek.citing import MAX_LINKS, find_links
from pkm.seek.coincidence import Told, find_coincidences
from pkm.seek.likeness import NoteIndex, OwnNote, phrases_of
from pkm.sense.related import Facts, Words, decide_related
from pkm.store.nearness import Compared

NOTES = [
    OwnNote(1, "Trust grows in small teams", "People trust those whom they have worked with in a small team."),
    OwnNote(2, "Desire paths", "Where people walk across the lawn, planners should pave."),
    OwnNote(3, "How do communities of practice renew their members?", "Members age, a community needs newcomers.", True),
    OwnNote(4, "Sourdough", "Flour, water, salt, patience."),
]


class TestFit:
    index = NoteIndex(NOTES)

    def test_the_nearest_note_and_the_shared_words(self):
        like = self.index.compare("Building trust between teams", "Teams that trust each other work better.")
        assert (like.note, like.words) == (1, "teams, trust")
        assert 0 < like.fit <= 1

    def test_what_shares_nothing_is_like_none(self):
        assert self.index.compare("Quarterly earnings", "Shares fell sharply.").note is None
        assert NoteIndex([]).compare("Anything", "at all").fit == 0

    @pytest.mark.parametrize(("title", "text", "like"), [
        ("A lawn", "What a path across it tells planners.", 2),  # lawn, path, planner
        ("Salt of the earth", "A saying.", None),  # one word, and too few notes to say that it is rare
        ("Cynefin in a week", "What it is.", 50),  # one rare word of the title
        ("A week", "What cynefin is.", None),  # one that the title does not have
        ("Notes of a gamer", "What it is.", None),  # rare among the notes, common where it comes from
    ])  # fmt: skip
    def test_one_common_word_is_no_reason(self, title, text, like):
        more = [OwnNote(number, f"Note {number}", f"Nothing of the kind {number}.") for number in range(10, 50)]
        many = [*NOTES, *more, OwnNote(50, "Cynefin", "Complex."), OwnNote(51, "Gamers", "Who play.")]
        notes = NOTES if "Salt" in title else many
        assert NoteIndex(notes, frozenset({"gamer"})).compare(title, text).note == like

    def test_an_open_question_may_be_answered_by_what_is_like_it(self):
        title = "Renewing a community of practice"
        assert self.index.compare(title, "How members bring newcomers into communities of practice.").answers == 3
        assert self.index.compare("Community garden", "A community grows beans.").answers is None

    def test_the_title_counts_more(self):
        in_title = self.index.compare("Desire paths", "Something about the market and its rules and rulers.")
        in_text = self.index.compare("Market rules", "Something about desire paths and the market and its rulers.")
        assert in_title.fit > in_text.fit

    def test_plural_and_case_do_not_matter_and_common_words_do_not_count(self):
        assert count_words("", "The Teams, and what they're Learning") == {"team": 1, "learn": 1}

    def test_the_parts_of_an_address_are_no_words(self):
        said = "Install [Foam](https://marketplace.visualstudio.com/items?itemName=foam.vs) (www.example.org/so), then <http://a.org/b>."
        assert count_words("", said) == {"instal": 1, "foam": 1}
        assert {*phrases_of("See https://a.org/desire", "")} == set()


@pytest.mark.parametrize(
    ("seed", "other", "because"),
    [
        ("Walking helps the meeting", "A walk at noon, a meeting after", "both speak of: walking, meeting"),
        ("The meeting was long", "A meeting of minds", None),  # 50 of 500 notes hold the word
        ("Gamification again", "Gamification, once more", "both speak of: gamification"),  # 2 of them do
    ],
)
def test_one_common_word_alone_is_no_reason(seed, other, because):
    words = Words(500, Rarities({"meet": rarity(50, 500), "walk": rarity(40, 500)}, rarity(2, 500)))
    facts = Facts(Compared("note", 1, "", seed), [Compared("note", 2, "", other)], words, set(), [], {}, {})
    assert [one.because for one in decide_related(facts, 9)] == ([(because,)] if because else [])


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<p>See <a href="https://b.org/x?utm_source=a#top">b</a></p>', (("https://b.org/x", "link"),)),
        ('<blockquote cite="https://b.org/q"><p>so</p></blockquote>', (("https://b.org/q", "link"),)),
        ('<blockquote><p>so <a href="https://b.org/q">b</a></p></blockquote>', (("https://b.org/q", "link"),)),
        ('<p>(via <a href="https://b.org/v">Bo</a>)</p>', (("https://b.org/v", "link"),)),
        ('<p>h/t <em><a href="https://b.org/v">Bo</a></em></p>', (("https://b.org/v", "link"),)),
        ('<p><a href="https://a.org/mine">own</a> <a href="https://www.a.org/2">own</a></p>', ()),
        ('<p>trivia: <a href="https://b.org/x">b</a> <a href="https://b.org/x">again</a></p>', (("https://b.org/x", "link"),)),
        ('<a href="https://[broken/">x</a><a href="mailto:x@y.org">y</a>', ()),
        ("no link", ()),
    ],
)  # fmt: skip
def test_what_an_entry_points_at(html, links):
    found = find_links(html, "https://a.org/1")
    assert tuple(one for one in found if "[" not in one[0]) == links


def test_a_list_of_links_is_bounded():
    html = "".join(f'<a href="https://b{n}.org/">b</a>' for n in range(500))
    assert len(find_links(html, "https://a.org/")) == MAX_LINKS


def told(number: int, source: int, title: str, story: int | None = None) -> Told:
    return Told(number, source, title, "", story or number)


BEFORE = [told(100 + n, n % 9, f"Something else number{n}") for n in range(30)]


class TestCoincidence:
    NOW = (told(1, 1, "Desire paths in cities"), told(2, 2, "On desire paths"), told(3, 3, "Why desire paths matter"))

    def test_three_sources_that_turn_to_one_subject(self):
        found = find_coincidences([*self.NOW, told(9, 4, "Bread")], BEFORE, set())
        assert [(one.subject, one.items) for one in found] == [("desire paths", (1, 2, 3))]

    def test_a_way_of_speaking_is_no_subject(self):
        """A word that several texts happen to use twice, and no pair of titles."""
        said = "the bill was passed, and once passed it stays"
        filler = [told(n, n, title)._replace(text=said) for n, title in enumerate(("Bread", "Streets", "Schools"), 1)]
        assert find_coincidences(filler, BEFORE, set()) == []
        named = [filler[0]._replace(title="What passed"), filler[1]._replace(title="It passed at last"), filler[2]]
        assert [one.subject for one in find_coincidences(named, BEFORE, set())] == ["passed"]

    @pytest.mark.parametrize(
        ("recent", "before", "cited"),
        [
            (NOW[:2], BEFORE, set()),
            (NOW, [], set()),
            (NOW, [*BEFORE, told(90, 5, "Desire paths"), told(91, 6, "Desire paths, again")], set()),
            (NOW, BEFORE, {(2, 1)}),
            ((NOW[0]._replace(story=99), *NOW[1:]), BEFORE, {(2, 1)}),
            ((NOW[0], NOW[1]._replace(story=1), NOW[2]), BEFORE, set()),
            ((NOW[0], NOW[1], NOW[2]._replace(title=NOW[1].title)), BEFORE, set()),
        ],
        ids=["two are too few", "no weeks before", "an old subject", "one cites the other", "one cites what retells a story",
             "one story", "one title"],
    )
    def test_what_is_none(self, recent, before, cited):
        assert find_coincidences(recent, before, cited) == []
