"""What looks like a key of a service, and what does not."""

import pytest

from pkm.keys import cut_secrets, keys_in, secret_addresses, secret_in, without_secrets

A = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v2W3x4Y5z6A1b2C3d4E5f6"  # letters and digits, as in none that is in use
HEX = "0123456789abcdef" * 4


@pytest.mark.parametrize("text", [
    "AGE-SECRET-KEY-1" + A.upper()[:58], "nsec1" + "q2" * 29, "-----BEGIN OPENSSH PRIVATE KEY-----",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----",
    "-----BEGIN PRIVATE KEY-----", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", "PuTTY-User-Key-File-3: ssh-ed25519",
    "AKIA" + A.upper()[:16], "ASIA" + A.upper()[:16], "ghp_" + A[:36], "gho_" + A[:36],
    "github_pat_" + A[:22] + "_" + A[:59], "glpat-" + A[:20],
    "gldt-" + A[:20], "npm_" + A[:36], "pypi-AgEIcHlwaS5vcmc" + A, "hf_" + "abCDefGHij" * 3 + "abcd",
    "dapi" + HEX[:32], "ATATT3xFfGF0" + A,
    "xoxb-123456789012-1234567890123-" + A[:24], "xapp-1-A01234567-1234567890123-" + HEX,
    "hooks.slack.com/services/T00000000/B00000000/" + A[:24],
    "https://discord.com/api/webhooks/123456789012345678/" + A, "MTE" + A[:21] + ".GaBcDe." + A[:38], "123456789:AA" + A[:33],
    "https://api.telegram.org/bot123456789:AA" + A[:33] + "/getMe",
    "sk-ant-api03-" + A[:40] + "-" + A[:40], "sk-proj-" + A[:48], "sk-" + A[:48], "gsk_" + A[:52], "xai-" + A + A,
    "AIza" + A[:35],
    "GOCSPX-" + A[:28], "ya29." + A[:40], "sk_live_" + A[:24], "whsec_" + A[:32], "shpat_" + HEX[:32],
    "SG." + A[:22] + "." + A[:43],
    HEX[:32] + "-us12",
    "dop_v1_" + HEX, "hvs." + A[:40], "tskey-auth-" + A[:20], "lin_api_" + A[:40], "ntn_" + A[:46],
    "AccountKey=" + A + A[:24] + "==",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + A[:43],
    "postgres://ann:hunter2@db.example/x", "mysql://root:x@127.0.0.1", "redis://:hunter2@cache",
    "mongodb+srv://a:b3@c.example", "amqp://a:b@[::1]",
    "https://ann:hunter2@example.org/feed",
    "aws_secret_access_key = " + A[:40], 'AWS_SECRET_ACCESS_KEY="' + A[:40] + '"', "client_secret: " + A[:32],
    "apiKey => " + A[:24], "Authorization: Bearer " + A[:30], "_ghp_" + A[:36] + "_", "(AKIA" + A.upper()[:16] + ")",
])  # fmt: skip
def test_a_key_is_found(text: str) -> None:
    assert list(keys_in(f"see {text} there"))


@pytest.mark.parametrize("text", [
    "AKIAIOSFODNN7EXAMPLE", "a task-force-of-the-whole-community-here", "skip-to-the-2nd-content-of-this-page",
    "sk-a-short-1", "risk-" + "a1" * 20,
    "https://github.com/a/b/commit/" + HEX[:40], "sha256: " + HEX, "https://example.org/a:b@c",
    "postgres://user:${PASSWORD}@host/db",
    "https://user:<password>@host", "https://medium.com/@ann/a-post-1a2b3c4d5e6f",
    "the access key: press it twice and hold it for a second",
    "your client secret = something-that-only-you-should-know", "key-signature-of-a-piece", "isbn 978-3-16-148410-0",
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----", "npm_config_registry", "hf_hub_download", "xoxb-your-token", "SG. Meyer. And so on",
    "eyJ and eyJ.eyJ", "12:30:AA",
    "secret_of_a_long_and_happy_life_together_in_the_country", "token: the unit that a model reads",
    "2026-11-23T09:00:00Z", "https://example.org/?p=1",
    "data:image/png;base64," + A, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "mailto:ann@example.org",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + A[:40],
])  # fmt: skip
def test_what_only_looks_a_little_like_one_is_none(text: str) -> None:
    assert not list(keys_in(f"see {text} there"))


@pytest.mark.parametrize(("url", "left"), [
    ("https://x.example/a?token=abc123&p=1#c", "https://x.example/a?p=1#c"), ("https://x.example/feed?auth=abcdef",
    "https://x.example/feed"),
    ("https://x.example/a?key=abcd1234", "https://x.example/a"), ("https://x.example/a?p=1&SIG=abcdef%3D",
    "https://x.example/a?p=1"),
    ("https://x.example/a?api_key=abcdef;b=2", "https://x.example/a"), ("https://x.example/a#access_token=abcdef&x=1",
    "https://x.example/a#x=1"),
    ("https://x.example/a?X-Amz-Signature=abcdef&X-Amz-Date=1", "https://x.example/a?X-Amz-Date=1"),
    ("https://x.example/a;jsessionid=A1B2?p=1", "https://x.example/a?p=1"),
    ("https://ann:pw@x.example:8080/a", "https://x.example:8080/a"), ("https://x.example/a?password=x", "https://x.example/a"),
    ("https://x.example/feed/private/a1b2c3d4e5f6a7b8/rss", ""), ("https://x.example/private/A1b2C3d4E5f6G7h8I9.xml", ""),
    ("https://calendar.example/ical/ann%40x.example/private-0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d/basic.ics", ""),
    *((same, same) for same in (
        "https://x.example/private-how-we-live-in-2024-a1b2-c3d4", "https://x.example/token-based/", "https://x.example/?p=123", "https://x.example/a?id=4&utm_source=b",
    "https://x.example/a?auth=true&key=intro&session=2",
        "https://x.example/private/how-we-live-in-2024-and-after", "https://x.example/keys/of-the-house",
        "https://x.example/tokens/", "not a url",
        "https://youtube.com/watch?v=dQw4w9WgXcQ", "https://docs.example/d/1A2b3C4d5E6f7G8h9I0jK/edit",
    "mailto:ann@x.example", "https://[bad",
    )),
])  # fmt: skip
def test_an_address_leaves_without_what_is_secret_in_it(url: str, left: str) -> None:
    assert without_secrets(url) == left
    assert bool(secret_in(url)) is (left != url)
    assert bool(list(secret_addresses(f"see ({url}), there"))) is (left != url)
    assert cut_secrets(f"see ({url}), there") == f"see ({left or '…'}), there"
