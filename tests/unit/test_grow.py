"""What a note lacks to be more than it is."""

import pytest

from pkm.sense.grow import Facts, missing

IDEA = Facts("n1", "Desire paths beat roadmaps", "Desire paths beat roadmaps, as we saw.", "observation", "", [], 1, 0)
CLAIM, WORDS, LINK, TRIAL = "a title that is a claim", "words of your own", "a link", "a trial"


@pytest.mark.parametrize(("changes", "lacking"), [
    ({}, []),
    ({"title": "Roadmaps"}, [CLAIM]),
    ({"title": "Desire paths and roadmaps?"}, [CLAIM]),
    ({"title": "#org"}, [CLAIM]),
    ({"item_title": "desire paths  beat roadmaps"}, [CLAIM]),
    ({"title": "組織は計画より道に従う"}, []),
    ({"links": 0}, [LINK]),
    ({"text": "> All of this was said by somebody else, not by me"}, [WORDS]),
    ({"text": "it was said by somebody here #a", "quotes": ["it was said by somebody here"]}, [WORDS]),
    ({"text": "https://example.org/a/very/long/address/of/words #tag @maria"}, [WORDS]),
    ({"title": "Paths", "text": "", "links": 0}, [CLAIM, WORDS, LINK]),
    ({"stage": "idea", "title": "Paths", "links": 0}, [TRIAL]),
    ({"stage": "idea", "trials": 1}, []),
])  # fmt: skip
def test_what_a_note_lacks_for_its_next_stage(changes: dict[str, object], lacking: list[str]) -> None:
    found = missing(IDEA._replace(**changes))  # type: ignore[arg-type]
    assert [what for what, _, _ in found] == lacking
    assert all(command.startswith("pkm sense ") for _, _, command in found)
