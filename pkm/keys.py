"""What keys and tokens of services look like, in a text and in an address of the web. Pure.

Sources: what the services say of their own formats, and what detectors of leaked keys look for (gitleaks, detect-secrets).
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

_FORMS = (
    r"-{4,5} ?BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)? ?-{4,5}", r"PuTTY-User-Key-File-\d:",
    r"AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{40,}",
    r"nsec1[a-z0-9]{58}",
    r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?![0-9A-Za-z])(?<!EXAMPLE)",  # AWS; its manual's own key ends so
    r"gh[pousr]_[A-Za-z0-9]{36,}", r"github_pat_[A-Za-z0-9_]{40,}",
    r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas)-[A-Za-z0-9_-]{20,}", r"ATATT3[A-Za-z0-9_=-]{40,}",
    r"npm_[A-Za-z0-9]{36}", r"pypi-AgE[A-Za-z0-9_-]{50,}", r"hf_[A-Za-z]{30,}", r"dapi[0-9a-f]{32}", r"r8_[A-Za-z0-9]{37}",
    r"xox[abeoprs]-[A-Za-z0-9-]{20,}", r"xapp-\d-[A-Za-z0-9-]{20,}", r"xoxe\.xox[bp]-[A-Za-z0-9-]{20,}",  # Slack
    r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/]{30,}",
    r"discord(?:app)?\.com/api/webhooks/\d{15,}/[\w-]{50,}",
    r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
    r"(?:bot)?\d{8,10}:AA[A-Za-z0-9_-]{33}",  # Discord, Telegram
    r"sk-(?=[\w-]*\d)(?:[a-z0-9]+-)*[A-Za-z0-9_]{20,}", r"gsk_[A-Za-z0-9]{50,}", r"xai-[A-Za-z0-9]{70,}",
    r"pplx-[A-Za-z0-9]{40,}",
    r"AIza[0-9A-Za-z_-]{35}", r"GOCSPX-[A-Za-z0-9_-]{28}", r"ya29\.[A-Za-z0-9_-]{30,}",  # Google
    r"[sr]k_(?:live|prod)_[0-9A-Za-z]{20,}", r"whsec_[A-Za-z0-9+/]{32,}", r"sq0csp-[A-Za-z0-9_-]{43}",
    r"shp(?:at|ca|pa|ss)_[0-9a-f]{32}",
    r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{20,}", r"key-[0-9a-f]{32}", r"[0-9a-f]{32}-us\d{1,2}",
    r"SK[0-9a-f]{32}",  # mail, calls
    r"do[opr]_v1_[0-9a-f]{64}", r"hv[sb]\.[A-Za-z0-9_-]{24,}", r"dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9.]{40,}",
    r"tskey-[a-z]+-[A-Za-z0-9-]{20,}",
    r"lin_api_[A-Za-z0-9]{40}", r"ntn_[A-Za-z0-9]{40,}", r"secret_[A-Za-z0-9]{43}", r"figd_[A-Za-z0-9_-]{40}",
    r"glsa_[A-Za-z0-9_]{40,}",
    r"ops_eyJ[A-Za-z0-9+/_-]{100,}",
    r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",  # 1Password, JSON web token
    r"AccountKey=[A-Za-z0-9+/]{80,}={0,2}",
)
_KEY = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_FORMS)})")

_WITH_PASSWORD = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/?#@<>\"']*:([^\s/?#@<>\"'{}$*…\[\]]+)@[\w.\[]", re.I)
"""An address with a password in it: of a database, of anything."""

_ASSIGNED = re.compile(
    r"(?:api|access|auth|client|secret|private|bearer|encryption|signing)"
    r"(?:[_-]?(?:api|access|app))?[_ -]?(?:key|token|secret)[\"'` \t]*(?::=|[:=]|=>)[\"'` \t]*"
    r"(?P<value>[A-Za-z0-9+/_.~-]{20,}={0,2})", re.I
)  # fmt: skip
_BEARER = re.compile(r"\bauthorization[\"' ]*:[\"' ]*(?:bearer|basic|token) +(?P<value>[A-Za-z0-9+/_.~-]{16,}={0,2})", re.I)
"""What a setting or a header calls a key, where the value looks like one."""


def keys_in(text: str) -> Iterator[str]:
    """Each thing in a text that looks like a secret key, once, in order of their kinds."""
    found = [match[0] for match in _KEY.finditer(text)] + [match[0] for match in _WITH_PASSWORD.finditer(text)]
    found += [match["value"] for form in (_ASSIGNED, _BEARER) for match in form.finditer(text) if _is_random(match["value"])]
    yield from dict.fromkeys(found)


def _is_random(value: str) -> bool:
    """Whether it is no word, number or path: letters and digits mixed more than once."""
    turns = len(re.findall(r"[A-Za-z](?=\d)|\d(?=[A-Za-z])", value))
    return turns >= 3


# Addresses of the web: what their query, their path or the part before @ lets whoever has them do.

_URL = re.compile(r"\bhttps?://[^\s<>\"'`|\\^{}]+", re.I)
_END = re.compile(r"[.,;:!?)\]*_]+$")
_TOKENS = {  # name of a parameter -> from so many signs its value is a secret
    **dict.fromkeys(("password", "passwd", "pwd", "client_secret", "private_token", "privatetoken"), 1),
    **dict.fromkeys((
        "token", "access_token", "accesstoken", "auth_token", "authtoken", "auth", "authkey", "auth_key", "apikey",
        "api_key", "api-key",
        "secret", "sig", "signature", "hmac", "jwt", "bearer", "feed_token", "rss_token", "user_token", "usertoken",
        "subscriber_token",
        "refresh_token", "id_token", "magic", "otp", "x-amz-signature", "x-amz-security-token", "x-goog-signature",
        "ticket", "credential",
        "session_token", "member_token", "access_key", "accesskey", "login_token", "invite_token", "reset_token",
        "rsstoken", "feedtoken",
    ), 6),
    "key": 8, "pass": 6, **dict.fromkeys(("session", "sessionid", "session_id", "sid", "phpsessid", "jsessionid"), 16),
}  # fmt: skip
_BEFORE_SECRET = re.compile(r"(?:private|secret|tokens?|auth|keys?|personal|members?|subscribers?|premium|patrons?)", re.I)
_SESSION = re.compile(r";(?:jsessionid|sid|phpsessid)=[^/?#;]*", re.I)
_RANDOM_PART = re.compile(r"[A-Za-z0-9_-]{16,}(?:\.(?:rss|xml|atom|json|ics))?")


def secret_in(url: str) -> str:
    """What in an address is a secret: a parameter as `token=`, `user:password@`, a part of its path as `…/private/…`; or ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if ":" in parts.netloc.rpartition("@")[0]:
        return "a password before its @"
    for text in (parts.query, parts.fragment):
        for name, value in parse_qsl(text.replace(";", "&")):
            if _is_token(name, value):
                return f"{name}="
    if _SESSION.search(parts.path):
        return "a session"
    return "a part that nobody can guess" if _has_secret_path(parts.path) else ""


def _is_token(name: str, value: str) -> bool:
    return len(value) >= _TOKENS.get(name.lower().removesuffix("[]"), 1 << 20)


def _has_secret_path(path: str) -> bool:
    parts = [unquote(part) for part in path.split("/") if part]
    glued = ((before, part) for before, _, part in (one.partition("-") for one in parts) if "-" not in part)  # a calendar's
    return any(
        _BEFORE_SECRET.fullmatch(before) and _RANDOM_PART.fullmatch(part) and _is_random(part.partition(".")[0])
        for before, part in (*pairwise(parts), *glued)
    )


def without_secrets(url: str) -> str:
    """The address without what in it is a secret; "" where the rest would lead nowhere."""
    if not secret_in(url):
        return url
    parts = urlsplit(url)
    path = _SESSION.sub("", parts.path)
    if _has_secret_path(path):
        return ""
    query, fragment = (
        "&".join(one for one in text.split("&") if not any(_is_token(*pair) for pair in parse_qsl(one.replace(";", "&"))))
        for text in (parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, query, fragment))


def secret_addresses(text: str) -> Iterator[tuple[str, str]]:
    """(host, what in it is a secret) of each address of the web in a text that has one."""
    for match in _URL.finditer(text):
        url = _END.sub("", match[0])
        if _may_have_secret(url) and (found := secret_in(url)):
            yield urlsplit(url).hostname or "", found


def cut_secrets(text: str) -> str:
    """The text, its addresses of the web without what in them is a secret; "…" where one would lead nowhere."""

    def cut(match: re.Match[str]) -> str:
        url = _END.sub("", match[0])
        if not _may_have_secret(url) or not secret_in(url):
            return match[0]
        return (without_secrets(url) or "…") + match[0][len(url) :]

    return _URL.sub(cut, text) if "://" in text else text


def _may_have_secret(url: str) -> bool:
    return "@" in url or "=" in url or _BEFORE_SECRET.search(url) is not None
