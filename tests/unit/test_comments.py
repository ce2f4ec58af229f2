"""What of a text its writer alone sees, and what is code to every program that reads Markdown."""

import pytest

from pkm.markdown import stripped

WHERE_IT_IS_CODE = "`%%a%%` and\n\n```\n%%b%%\n[//]: # (c)\n```\n"


@pytest.mark.parametrize(("text", "left", "said"), [
    ("one %%two%% three", "one  three", "two"), (WHERE_IT_IS_CODE, WHERE_IT_IS_CODE, ""),
    # what some programs take for code and some do not
    ("[^1]: a note\n\n    %%b%%", "[^1]: a note\n\n    ", "b"), ("a\n\n    x %%b%% y %%c%%", "a\n\n    x  y ", "b, c"),
    ("<div>\n`%%b%%`\n</div>", "<div>\n``\n</div>", "b"), ("<div>\n```\n%%b%%\n```\n</div>", "<div>\n```\n\n```\n</div>", "b"),
    ("a\n\n    <!-- b -->", "a\n\n    ", "<!-- b -->"), ("a\n\n    b --> c", "a\n\n    b --> c", ""),
    # definitions that no reader sees
    ("a\n\n[//]: # (b c)\n\nd", "a\n\n\n\nd", "b c"), ('a\n[comment]: # "b\n c"\nd', "a\n\nd", '"b\n c"'),
    ("- [//]: <> 'b'\n  c", "- \n  c", "b"), ("> [_]: # (b\n> c)\n> d", "> \n> d", "b\nc"), ("[two words]: #", "", "two words"),
    ("a [//]: # (b)", "a ", "(b)"), ("[//]: # (b)\n[//]: # (c)", "\n", "b, c"), ("[a]: https://x.example 'b'", "", "b"),
    ("[a]: https://x.example\n[a]: https://y.example 'b'\n\n[a]", "[a]: https://x.example\n\n\n[a]", "b"),
    ("%%[a]%%\n\n[a]: https://x.example 'b'", "\n\n", "[a], b"), ("[a][]\n\n[A]: #\n(b)", "[a][]\n\n", "b"),
    ("![c][a] [d [b]](x)\n\n[a]: y.png 'e'\n[b]: z", "![c][a] [d [b]](x)\n\n[a]: y.png 'e'\n[b]: z", ""),
    ("[^1]: a footnote [a]: b", "[^1]: a footnote [a]: b", ""),
])  # fmt: skip
def test_what_is_left_of_a_text_and_what_its_comments_said(text: str, left: str, said: str) -> None:
    found = stripped(text)
    assert (found.text, found.doubt) == (left, 0)
    assert said in ", ".join(one.strip() for one in found.comments)
    assert bool(said) == bool(found.comments)


@pytest.mark.parametrize(("text", "line"), [
    ("a\n\n    %%time\n    b\n\nc", 3), ("a\n\n    %%b\n\nc\n\n    d%%", 3), ("<div>\n`%%b`\n</div>\n\n%%c", 2),
    ("a\n\n    <!-- b", 3),
])  # fmt: skip
def test_half_a_comment_in_what_may_be_code_is_doubted(text: str, line: int) -> None:
    assert stripped(text).doubt == line
