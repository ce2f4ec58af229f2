"""Who a letter is from: one address that every server reads the same way, or nobody."""

import pytest

from pkm.mime import only_address, read_message


@pytest.mark.parametrize(("header", "email"), [
    ("ken@example.org", "ken@example.org"), ("Ken <Ken@Example.org>", "ken@example.org"),
    ("<ken@example.org>", "ken@example.org"),
    ('"Müller, Ken" <ken@example.org>', "ken@example.org"), ("=?utf-8?q?K=C3=A9n?= <ken@example.org>", "ken@example.org"),
    ('"ken@example.org" <ken@example.org>', "ken@example.org"), ("ken@example.org (Ken)", "ken@example.org"),
    ('"eva@work.example" <ken@example.org>', "ken@example.org"), ('"Able; Ken" <ken@example.org>', "ken@example.org"),
    ("Ken @ home <ken@example.org>", ""), ("stranger @ evil.example, <ken@example.org>", ""),
    ("Ken &amp; Ann <ken@example.org>", "ken@example.org"),
    ('"Ken \\"the\\" Lee" <ken@example.org>', "ken@example.org"), ("Ken Lee <ken@example.org> (home)", "ken@example.org"),
    ("Ann [EXT] <ken@example.org>", "ken@example.org"), ("Ken (work) <ken@example.org>", "ken@example.org"),
    ('Ken "K" Lee <ken@example.org>', "ken@example.org"), ("Ken: <ken@example.org >", "ken@example.org"),
    ('a@b.example "x" <ken@example.org>', ""), ("(a@b.example) <ken@example.org>", ""),
    ("< ken@example.org\n >", "ken@example.org"),
    ("Ken <ken..lee.@docomo.example>", "ken..lee.@docomo.example"), ("ken@docomo..example", ""),
    ("ken+pkm@mail.example.org", "ken+pkm@mail.example.org"),
    ("ken@example.org <s@evil.example>", ""), ('(a"b) ken@example.org <s@evil.example>', ""),
    ('ken@example.org "x" <s@evil.example>', ""), ("<ken@example.org> <s@evil.example>", ""),
    ('"a" <ken@example.org> <s@evil.example>', ""), ("( <ken@example.org> s@evil.example", ""),
    ("ken@example.org, <s@evil.example>", ""), ("x: ken@example.org;", ""), ("<ken@example.org:s@evil.example>", ""),
    ("<ken@example.org(x).evil.example>", ""), ("ken@example.org .evil.example", ""), ("<ken@example.org.\n evil.example>", ""),
    ('"evil".ken@example.org', ""), ("evil .ken@example.org", ""), (".ken@example.org", ""), ("evil\xa0ken@example.org", ""),
    ('"a\\" <ken@example.org> "b" <s@evil.example>', ""), ('"a" "ken@example.org" <s@evil.example>', ""),
    ("ken@müller.example", "ken@xn--mller-kva.example"), ("ken@xn--mller-kva.EXAMPLE", "ken@xn--mller-kva.example"),
    ("ken@MU\u0308LLER.example", "ken@xn--mller-kva.example"), ("ken@FAẞ.xn--mller-kva", "ken@xn--fa-hia.xn--mller-kva"),
    ("ken@ΒΌΛΟΣ.example", "ken@xn--nxasmq6b.example"), ("ken@日本.example", "ken@xn--wgv71a.example"),
    ("ken@\uff45xample.org", ""), ("ken@exam\u00adple.org", ""), ("ken@\U0001d41example.org", ""),
    ("ken@example\u3002co.org", ""), ("ken@ex\u212aample.org", ""), ("ken@ℂ℀.example", ""), ("ken@e\u200bxample.org", ""),
    ("ken@example.org(x)@evil.example", ""), ("ken@example.org\nFrom: s@evil.example", ""), ("Ken", ""), ("", ""),
])  # fmt: skip
def test_who_a_letter_is_from(header: str, email: str) -> None:
    assert only_address(read_message(f"From: {header}\n\nMine".encode()), "from") == email
