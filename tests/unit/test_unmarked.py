"""A text without the marks that are for its writer alone."""

import pytest

from pkm.share.unmarked import unmarked


def naming(nick: str) -> str | None:
    return {"ann": "Ann Berg", "bo": ""}.get(nick)


@pytest.mark.parametrize(("text", "said"), [
    ("It works. @ann #retro", "It works."),
    ("It works. #retro @ann", "It works."),
    ("It works #retro @bo", "It works"),
    ("It works!\n\n@ann @bo\n", "It works!"),
    ("A line\n#retro @ann\nand more", "A line\nand more"),
    ("It works #walk #retro", "It works #walk"),  # #walk is said nowhere else
    ("I asked @ann", "I asked Ann Berg"),
    ("I asked @ann #retro", "I asked Ann Berg"),
    ("I asked @bo.", "I asked somebody."),
    ("@bo tried it. @bo's team too.", "Somebody tried it. Somebody's team too."),
    ("As @zoe says, ann**b**@example.org", "As @zoe says, ann**b**@example.org"),
    ("As @ann@social.example says, ann@example.org", "As @ann@social.example says, ann@example.org"),
    ("Use `@bo` and\n\n```\n@bo #retro\n```", "Use `@bo` and\n\n```\n@bo #retro\n```"),
    ("see https://example.org/@bo and [x](@bo)", "see https://example.org/@bo and [x](@bo)"),
    ("Why #retro works", "Why #retro works"),
    ("# A heading\n\nText", "# A heading\n\nText"),
    ("@ann #retro", ""),
], ids=range(17))  # fmt: skip
def test_marks_that_are_for_the_writer_go_and_the_sentence_stays(text: str, said: str) -> None:
    assert unmarked(text, ("retro",), naming) == said


def test_somebody_is_said_in_the_language_of_the_share() -> None:
    assert unmarked("Wie @bo sagt", (), naming, "de-CH") == "Wie jemand sagt"
