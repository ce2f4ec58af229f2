"""One line of text: nothing in it that is not seen, and nothing gone that a script or an emoji needs."""

import pytest

from pkm.text import one_line

WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A\u200bnn\u2060 B\ufeff", "Ann B"),
        ("Ann\U000e0069\U000e0067\U000e006e", "Ann"),
        (f"{WALES} Cymru", f"{WALES} Cymru"),
        ("\U0001f3f4 \U000e0067\U000e0062", "\U0001f3f4"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
    ],
)
def test_one_line_holds_nothing_unseen(text: str, line: str) -> None:
    assert one_line(text) == line
