"""Which bot wall stands before a feed: the name of what wants a browser, or a person, where a feed was asked for.

Pure. What a wall answers is told from a feed's own refusal by its headers and by words that its page always has.
"""

import re
from collections.abc import Mapping

_HEADERS = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-datadome", "", "DataDome"),
    ("x-sucuri-block", "", "Sucuri"),
    ("x-vercel-mitigated", "challenge", "Vercel"),
    ("x-amzn-waf-action", "", "AWS WAF"),
)
"""Header, what its value begins with, whose it is."""

HEADERS = tuple(name for name, _, _ in _HEADERS)

_PAGES = (
    (rb"anubis_challenge|/\.within\.website/|making sure you(?:&#39;|'|\xe2\x80\x99)re not a bot", "Anubis"),
    (rb"/cdn-cgi/challenge-platform|cf-browser-verification|_cf_chl_opt|attention required! \| cloudflare", "Cloudflare"),
    (rb"<title>just a moment\.\.\.</title>", "Cloudflare"),
    (rb"captcha-delivery\.com|datadome", "DataDome"),
    (rb"ddos-guard", "DDoS-Guard"),
    (rb"sucuri website firewall|sucuri_cloudproxy", "Sucuri"),
    (rb"_incapsula_resource|incapsula incident", "Imperva"),
    (rb"/\.well-known/\.git\.gammaspectra\.live", "go-away"),
    (rb"errors\.edgesuite\.net|akamai", "Akamai"),
    (rb"aws-waf-token|awswaf", "AWS WAF"),
    (rb"fastly.{0,40}challenge|_fs-ch-", "Fastly"),
    (rb"hcaptcha\.com|h-captcha", "hCaptcha"),
    (rb"recaptcha|g-recaptcha", "reCAPTCHA"),
    (rb"turnstile", "Cloudflare"),
    (rb"captcha", "a captcha"),
)
"""Words of a wall's page, surest first."""

_START = 65_536


def name_wall(headers: Mapping[str, str], body: bytes = b"") -> str:
    """Whose wall it is, "" where none shows. headers: lower-case names. body: of an answer that is no feed."""
    for name, value, wall in _HEADERS:
        if name in headers and headers[name].lower().startswith(value):
            return wall
    start = body[:_START].lower()
    return next((wall for words, wall in _PAGES if re.search(words, start, re.DOTALL)), "")
