"""The guard: what must not leave, in notes and in bytes."""

import pytest

from pkm.errors import Invalid
from pkm.people.circles import check_kind
from pkm.reach import REACHES, may_go, read_reach, wide_enough
from pkm.share.guard import Secrets, check_bytes, check_notes
from pkm.share.whose import Addresses

NOTE = {"id": 1, "title": "Public", "text": "Public words", "reach": "network", "dropped_at": None}


@pytest.mark.parametrize(("reach", "kind", "goes"), [
    ("private", "team", False), ("team", "team", True), ("team", "community", False), ("community", "team", True),
    ("community", "community", True), ("community", "network", False), ("network", "network", True),
    ("network", "team", True), ("private", "private", False), ("", "network", False), ("public", "network", False),
    ("NETWORK", "network", False), ("network", "club", False), ("network", "", False),
])  # fmt: skip
def test_a_note_goes_only_where_its_reach_is_wide_enough(reach: str, kind: str, goes: bool) -> None:
    assert may_go(reach, kind) is goes


def test_private_is_wide_enough_for_nobody() -> None:
    assert not any("private" in wide_enough(kind) for kind in REACHES)


def test_a_note_that_is_too_narrow_or_put_away_is_found_with_the_command_that_mends_it() -> None:
    found = check_notes(
        [NOTE, {**NOTE, "id": 2, "reach": "team"}, {**NOTE, "id": 3, "dropped_at": "x"}], "practice", "community"
    )
    assert [(what[:2], mend) for what, _, mend in found] == [
        ("n2", "pkm sense reach n2 community"),
        ("n3", "pkm sense keep n3"),
    ]


OURS, MIDDLE, THEIRS = "<<<<<<< mine", "=======", ">>>>>>> theirs"


@pytest.mark.parametrize(("lines", "marked"), [
    ((OURS, "a", MIDDLE, "b", THEIRS), True), (("x", OURS, MIDDLE, THEIRS, "y"), True), ((OURS, "a", MIDDLE, "b"), False),
    ((OURS, "a", THEIRS), False),
    ((MIDDLE, "b", THEIRS), False), ((THEIRS, MIDDLE, OURS), False), (("a " + OURS, MIDDLE, THEIRS), False),
    ((OURS, "=======x", THEIRS), False),
    (("<<<<<<<", MIDDLE, ">>>>>>>"), False), ((OURS, MIDDLE, "b " + THEIRS), False), (("Title", "=======", "> quoted"), False),
])  # fmt: skip
def test_two_versions_of_which_nobody_chose_one_stay(lines: tuple[str, ...], marked: bool) -> None:
    found = check_notes([{**NOTE, "text": "\n".join(lines)}], "everybody", "network")
    assert [mend for _, _, mend in found] == ["pkm sense edit n1"] * marked


@pytest.mark.parametrize(("payload", "why"), [
    (b"<p>See Our <em>bud</em>get</p>", "its title would go out with n1"),
    (b"<p>See <b>The</b> \xe2\x80\x9cbudget\xe2\x80\x9d talk</p>", "its title"),
    (b"See The&shy; bud\xe2\x80\x8bget talk", "its title"), (b"See The bud&lrm;get&rlm; talk", "its title"),
    (b"<a href='The%20budget%20talk.md'>it</a>", "its title"),
    (b"<img alt='The budget talk'>", "its title"), (b"See \\*The\\* budget talk", "its title"),
    (b"<p>a sly aside &lt;here</p>", "%%comment%%"),
    (b"n7:Ada", "its title"), (b"https://x.example/?token=abcdef", "an address with token= in it would go out with n1"),
    (b"nobody but us knows that the office", "words of it"),
    (b"Nobody but us \xe2\x80\x9cknows\xe2\x80\x9d that the *of*fice", "words of it"),
    (b"gh<b>p_</b>" + b"a1" * 18, "looks like a secret key"),
    (b"<a href='https://x.example/ghp_" + b"a1" * 18 + b"'>it</a>", "looks like a secret key"),
])  # fmt: skip
def test_they_are_found_however_they_are_written(payload: bytes, why: str) -> None:
    private = (("Nobody but [us](x.md) knows that the [[Office|office]] closes", 8),)
    secrets = Secrets((("The budget talk", 9), ("Ideas", 3)), texts=lambda: private, linked=(("Our budget", 9), ("Ada", 7)))
    noted = {**NOTE, "text": "Public words\n\n> ```\n\n%%a sly aside%%\n\n- > The budget talk\n\n[Our budget](x.md) [[n7|Ada]]"}
    found = check_bytes(payload, secrets, [noted])
    assert [said for _, said, _ in found if why in said]
    assert not [said for _, said, _ in found if why not in said]


@pytest.mark.parametrize(("text", "why"), [
    ("100%% and %%one%% more", "nobody can tell what is a %%comment%% in line 1"), ("a\n\n%%%%b%%", "in line 3"),
    ("[a](https://x.example/?auth=abcdef)", "has auth="),
    ("plain", ""), ("one %%comment%%", ""), ("`%%time`", ""), ("open %% end", ""),
])  # fmt: skip
def test_what_cannot_be_told_is_refused_and_named_where_it_is_written(text: str, why: str) -> None:
    for found, mend in (
        (check_bytes(b"", Secrets(), [{**NOTE, "text": text}]), "pkm sense edit n1"),
        (check_bytes(b"", Secrets(), [NOTE], share="x1", beside=[text]), "pkm share edit x1"),
    ):  # fmt: skip
        assert [(why in said, next) for _, said, next in found] == [(True, mend)] * bool(why)


@pytest.mark.parametrize("said", [
    "The budget talk", "*The* budget talk", "the budget-talk", "We say: “The budget talk”!", "- The budget talk",
    "`The budget talk`", "[The budget talk](https://x.example)",
])  # fmt: skip
def test_own_words_may_say_what_a_private_note_is_called(said: str) -> None:
    page = f"<p>{said}</p>".encode()
    kept = (("Something else that nobody has quoted anywhere, [at](all.md)", 9),)
    secrets = Secrets((("The budget talk", 9),), linked=(("The budget talk", 9),), texts=lambda: kept)
    assert check_bytes(page, secrets, [{**NOTE, "text": said}]) == []
    assert check_bytes(page, secrets, [NOTE], said=said) == []
    assert check_bytes(page, Secrets(secrets.titles, public=("The budget talk",)), [NOTE]) == []
    assert check_bytes(page, secrets, [NOTE])


@pytest.mark.parametrize(("payload", "why"), [
    (b"<p>See The budget talk</p>", "its title would go out"),
    (b"<p>See The  BUDGET\ntalk</p>", "its title would go out"),
    (b"<p>See The budget&#32;talk</p>", "its title would go out"),
    (b"write to bob@example.org", "the address bob@example.org would go out"),
    (b"write to BOB@example.org", "the address bob@example.org would go out"),
    (b"<a href='mailto:bob%40example.org'>him</a>", "the address bob@example.org would go out"),
    (b"he has a PRIVATE remark here", "a %%comment%% of it would go out"),
    (b"-----BEGIN RSA PRIVATE KEY-----", "looks like a secret key"),
    (b"token ghp_" + b"a" * 36, "looks like a secret key"),
    (b"AKIA" + b"A" * 16, "looks like a secret key"),
    (b"sk-ant-api03-" + b"a" * 30, "looks like a secret key"),
    (b"-----BEGIN PRIVATE KEY-----", "looks like a secret key"),
    (b"call 030 / 123 456 78", "the number +49 30 12345678 would go out"),
    (b"[c](tel:+49%2030%2012345678)", "the number +49 30 12345678 would go out"),
    (b"<a href='tel:%2B493012345678'>c</a>", "the number +49 30 12345678 would go out"),
    (b"<a href='geo:47.3769,8.5417'>home</a>", "a place would go out"),
    ("\uff47\uff45\uff4f\uff1a48.2010,16.3695".encode(), "a place would go out"),
    ("geo:\u221248.2010,16.3695".encode(), "a place would go out"),
    (b"[home](geo:%34%37.3769%2C-8.5417;u=35)", "a place would go out"),
    (b"at GEO:47,8", "a place would go out"),
    (b"<p>He said: nobody but us knows that the <b>office</b> closes</p>", "words of it would go out"),
    (b"he has an unseen remark", "a %%comment%% of it would go out"),
])  # fmt: skip
def test_private_things_in_the_bytes_are_found(payload: bytes, why: str) -> None:
    private = (("Nobody but us knows that the office closes", 8),)
    people, phones = Addresses({"bob@example.org": 4}), (("+49 30 12345678", 4),)
    secrets = Secrets((("The budget talk", 9),), people, phones=phones, texts=lambda: private)
    noted = {**NOTE, "text": "Public words %%private remark%% <!-- unseen remark -->, see [[The budget talk]]"}
    assert any(why in found for _, found, _ in check_bytes(payload, secrets, [noted]))


@pytest.mark.parametrize(
    "payload", [b"Public words", b"Ideas", b"write to me@elsewhere.org", b"100% of 50% is fine", b"",
                                     b"<pre>%%time and %%time</pre>", b"`%%a` and `%%b`",
                                     b"geo: 1 of 2", b"nageo:4,5",
                                     b"on 2026-11-23 at 09:00", b"task-force-of-the-whole-community-here"]
)
def test_what_is_meant_to_be_said_passes(payload: bytes) -> None:
    secrets = Secrets((("Ideas", 9),), Addresses({"bob@example.org": 4}))
    assert check_bytes(payload, secrets, [NOTE]) == []


def test_a_title_that_the_note_says_itself_may_be_said() -> None:
    note = {**NOTE, "text": "We had The budget talk yesterday"}
    assert check_bytes(b"We had The budget talk yesterday", Secrets((("The budget talk", 9),)), [note]) == []


@pytest.mark.parametrize("word", ["netw", "c", "t", "Networks", "", "all"])
def test_no_reach_and_no_kind_is_guessed(word: str) -> None:
    for read in (read_reach, check_kind):
        with pytest.raises(Invalid):
            read(word)
    assert (read_reach(" Network "), check_kind("Team")) == ("network", "team")
