"""A person's own template: what would take more time or memory than a page has is refused, with the reason."""

from pathlib import Path

import pytest

from pkm.errors import Invalid
from pkm.share.template import render


def made(folder: Path, text: str) -> str:
    (folder / "page.txt").write_text(text)
    return render("page.txt", {"title": "Finds", "values": ["a", "b", "c"]}, folder).decode().strip()


@pytest.mark.parametrize(("text", "why"), [
    ("{{ lipsum(n=100000) }}", "'lipsum' is undefined"),
    ("{{ '%0999999999d'|format(1) }}", "a width of 999,999,999"), ("{{ '%0999999999d' % 1 }}", "a width of 999,999,999"),
    ("{{ '%.99999f'|format(1.5) }}", "a width of 99,999"), ("{{ '%*d' % (99999, 1) }}", "takes a width from a value"),
    ("{{ '%(a(b))099999d' % {'a(b)': 1} }}", "a width of 99,999"), ("{{ '%(a)99999d'|format(a=1) }}", "a width of 99,999"),
    ("{{ '{:99999}'.format(1) }}", "a width of 99,999"), ("{{ '{:{}}'.format(1, 99999) }}", "takes a width from a value"),
    ("{{ '{a:>99999}'.format_map({'a': 1}) }}", "a width of 99,999"), ("{{ '{0[{]:>99999}'.format({'{': 1}) }}", "a width of"),
    ("{{ 'x'|center(2000000000) }}", "a width of 2,000,000,000"), ("{{ 'x'|center(width=2000000000) }}", "a width of"),
    ("{{ 'x'.center(2000000000) }}", "a width of"), ("{{ 'x'.ljust(99999) }}", "a width of"),
    ("{{ 'x'.zfill(width=99999) if 0 else 'x'.zfill(99999) }}", "a width of"), ("{{ '\t'.expandtabs(99999) }}", "a width of"),
    ("{{ 'x'|indent(99999, true) }}", "a width of"), ("{{ 'x'|indent('y' * 99999, true) }}", "a width of"),
    ("{{ ('x\n' * 9999)|indent(9999, blank=true) }}", "a width of"), ("{{ ['x']|batch(2000000000, 'y')|list }}", "a width of"),
    ("{{ ['x']|slice(2000000000)|list }}", "a width of"), ("{{ ['x']|tojson(indent=99999) }}", "a width of"),
    ("{{ ['x']|map('center', 99999)|list }}", "a width of"),
    ("{{ ['x' * 9999999] * 99999 }}", "would be longer than"), ("{{ [['x' * 9999999]] * 99999 }}", "would be longer than"),
])  # fmt: skip
def test_what_would_not_end_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        made(tmp_path, text)
    assert why in str(refused.value)
    assert "page.txt, line" in str(refused.value)


@pytest.mark.parametrize(("text", "told"), [
    ("{{ '%05.1f %s: 100000 %%'|format(3.14159, title) }}", "003.1 Finds: 100000 %"), ("{{ '%-3d|' % 7 }}", "7  |"),
    ("{{ '%(a)s!'|format(a=title) }}", "Finds!"), ("{{ '{:>3} {{}} 100000'.format(7) }}", "7 {} 100000"), ("{{ 7 % 4 }}", "3"),
    ("{{ '%s'|format('x' * 20000)|length }}", "20000"), ("{{ title|center(9)|length }} {{ 'a'.ljust(3) }}|", "9 a  |"),
    ("{{ values|batch(2, '-')|list }} {{ values|slice(2)|list }}", "[['a', 'b'], ['c', '-']] [['a', 'b'], ['c']]"),
    ("{{ 'a\nb'|indent(2) }} {{ values|tojson(indent=1)|length }}", "a\n  b 20"),
    ("{{ '=' * 5 }}{{ [title] * 2 }}", "=====['Finds', 'Finds']"),
])  # fmt: skip
def test_what_a_page_needs_is_made(tmp_path: Path, text: str, told: str) -> None:
    assert made(tmp_path, text) == told


def test_where_memory_is_at_its_end_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("{{ values.size }}")

    class Values:
        @property
        def size(self) -> int:
            raise MemoryError

    with pytest.raises(Invalid, match="more memory than is allowed"):
        render("page.txt", {"values": Values()}, tmp_path)
