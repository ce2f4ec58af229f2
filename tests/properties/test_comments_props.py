"""A comment is never read outside of code, whatever stands around it."""

import re

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pkm.conceal import conceal
from pkm.markdown import stripped, to_html, to_plain, to_portable, without_comments
from tests.effort import tries

PIECES = st.sampled_from([
    "`", "``", "```", "```\n", "~~~", "\n~~~ x\n", "\n", "\n\n", "    ", "\t", "> ", "> ```\n", "- ", "1. ", "# ", "| ",
    " | ", "|-|-|\n", "\\",
    "<https://x.example/`", ">", "<!--", "-->", "[[a`b]]", "[[a|b]]", "[", "](", ")", "[x]: /y '", "<b>", "</b>", "&#96;",
    "*", "_", "word",
    "![`](", "$", "=", "---\n", "\u200b", " ", "é",
])  # fmt: skip
AROUND = st.lists(PIECES, max_size=9).map("".join)
CODE = re.compile(r"<(code|pre)\b.*?</\1>", re.S)
SECRET = "Qzsecret"


def outside_code(html: str) -> str:
    return CODE.sub("", html)


@settings(max_examples=tries(100), deadline=None)
@given(AROUND, AROUND, st.sampled_from(["", "\n", "\n\n", "\n> ", "\n- "]), st.sampled_from(["", "`%%x%%`",
"\n\n    %%\n\n", "%%a%%"]))
@example("> ```\n", "", "", "")
@example("|a|b|\n|-|-|\n| ` | ", " ` |", "", "")
@example("<https://x.example/`a> ", " `", "", "")
@example("<https://x.example/`-->", "`", "", "")
@example("    `", "`", "\n", "%%a%%")
@example("    code\n\n", "", "\n\n", "\n\n    %%\n\n")
def test_what_a_comment_says_is_never_read_outside_of_code(before: str, after: str, inner: str, other: str) -> None:
    text = f"{other}{before}%%{inner}{SECRET}{inner}%%{after}"
    assume("<!--" not in before)
    made = to_html(text)
    if SECRET in outside_code(made):
        assert stripped(text).doubt
    elif SECRET not in made and not stripped(text).doubt:
        left = without_comments(text)
        assert SECRET not in left
        assert SECRET not in to_plain(text) + to_portable(text) + to_html(left) + to_portable(conceal(left, frozenset({"a"})))


@settings(max_examples=tries(60), deadline=None)
@given(AROUND, AROUND)
def test_a_text_without_comments_has_none_any_more(before: str, after: str) -> None:
    once = without_comments(f"{before}%%{after}%%{before}")
    assert without_comments(once) == once
    assert "%%" not in outside_code(to_html(once))
