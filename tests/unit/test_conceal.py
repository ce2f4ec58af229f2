"""What a text links to, which words in it are its writer's own, and what is left where a name must not be read."""

import pytest

from pkm.conceal import conceal, own_words, targets, unlinked

HIDDEN = frozenset({"secret plan", "n7"})


@pytest.mark.parametrize(("text", "said"), [
    ("[[Secret Plan]] [[x/Secret plan.md#h|that]] ![[secret  plan]] `[[Secret plan]]` [[Open]]", "… that  `…` [[Open]]"),
    ("[[n7]] [[n7|Secret plan]] [[n7|the Secret plan of us]]", "… … …"), ("[[secret plan|N7]] [[n7|n75]]", "… n75"),
    ("[Secret plan](Secret%20plan.md)", "…"), ("[that](<x/Secret plan.md#h>)", "that"), ("![Secret plan](n7.md)", "…"),
    ("[Secret **plan**](secret%20plan)", "…"), ("[that](Open.md) [w](https://x.example/n7)", "[that](Open.md) [w](https://x.example/n7)"),
    ("[that](obsidian://open?vault=v&file=a%2FSecret%20plan)", "that"), ("[Secret plan](file:///home/me/Secret%20plan.md)", "…"),
    ("[that][r], [r], [Secret plan][r]\n\n[r]: Secret%20plan.md", "that, r, …\n\n"),
    ("[Secret plan]\n\n[secret plan]: n7.md 'x'", "…\n\n"),
    # no links to a parser, but to many an editor
    ("[Secret plan](Secret plan.md)", "…"), ('[that](x/Secret plan.md "tip") ![it](Secret\nplan.md)', "that it"),
    ("[that](Open it.md) [that](Secret plan (1).md)", "[that](Open it.md) [that](Secret plan (1).md)"),
    ("[Secret plan](Secret&#32;plan.md)", "…"), ("[Secret plan][r]\n\n[r]: Secret plan.md", "…\n\n"),
    # HTML
    ('<a href="Secret%20plan.md">Secret plan</a>', "…"), ("<A class=x HREF='x/secret plan.md'>the <b>Secret plan</b></A>", "…"),
    ("<a\nhref=n7 class=x>Secret\nplan</a>", "…"), ("<a href=Secret plan>that</a> `<a href=n7>n7</a>`", "that `…`"),
    ('<img alt="Secret plan" src=n7 /><IMG SRC="n7"><img src=\'n7\' alt=\'that\'>', "…that"), ("<iframe src=n7>", ""),
    ('<a href="Open.md">Secret plan</a> 1 < n7 = 2 > 1', '<a href="Open.md">Secret plan</a> 1 < n7 = 2 > 1'),
    ("[that][r]\n\n[r]: Open.md", "[that][r]\n\n[r]: Open.md"), ("no link to Secret plan", "no link to Secret plan"),
])  # fmt: skip
def test_of_a_link_to_a_hidden_name_its_label_is_left_at_most(text: str, said: str) -> None:
    assert conceal(text, HIDDEN) == said
    assert conceal(text, frozenset()) == text


@pytest.mark.parametrize(("text", "own"), [
    ("mine [out](https://x.example) [in](x.md) [[y|z]] ![alt](p.png) *a*b", "mine out ab"),
    ("mine\n\n> theirs\n\nmine", "mine mine"), ("- mine\n- > theirs\n  > more\n\nmine", "mine mine"),
    ("> theirs\nlazily theirs\n\nmine", "mine"), ("1. > > theirs\n\n   mine", "mine"), ("    > code\n\nmine", "> code mine"),
    ("mine %%theirs%% `code` <!-- theirs -->", "mine code"), ("[in][r] [out][s]\n\n[r]: x.md\n[s]: https://x.example", "out"),
    ("mine [in](a note.md) [in](a\nnote.md) [in][r]\n\n[r]: a note.md", "mine"),
    ("mine [^1]\n\n[^1]: my words", "mine [^1] [^1]: my words"),
    ('mine <a href="x.md">in</a> <A HREF=x.md>in</A> <img src="x"> <a href=\'https://x.example\'>out</a>', "mine out</a>"),
    ("mine <a href=x.md>in and <i>on</i>\n\nmine", "mine mine"), ("<b>mine</b> 1 < 2 > 1", "mine</b> 1 < 2 > 1"),
    ("[a](https://x.example) [[b|c]]", "a"), ("[file](file:///home/me/x)", ""), ("`[[x]]`", ""),
    ("See [[The budget\ntalk]] and [[The budget\n  talk|that]].", "See and ."), ("a [[b\n\nc]] d", "a [[b c]] d"),
])  # fmt: skip
def test_own_words_are_what_is_neither_quoted_nor_linked_nor_hidden(text: str, own: str) -> None:
    assert own_words(text).split() == own.split()


def test_all_that_is_linked_to_is_known_wherever_it_stands() -> None:
    text = ("[[a|b]] ![[c]] `[[d]]` %%[[e]]%% [x](f%20g.md) `[x](h.md)` [y [z] y](i.md)\n> [j]: <k l.md>\n\n[w](https://x.example)"
            " [x](m n.md 'o') <a href='p.md'> <IMG class=b SRC=q.png> <a href='https://x.example/r'>")  # fmt: skip
    assert set(targets(text)) == {"a", "c", "d", "e", "f g.md", "h.md", "i.md", "k l.md", "m n.md", "p.md", "q.png"}


def test_a_line_is_said_without_its_targets() -> None:
    assert unlinked("About [that](Secret%20plan.md), [[Secret plan|it]] and [[x/Open.md]]") == "About that, it and Open"
