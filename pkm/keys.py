"""What keys and tokens of services look like, in a text and in an address. Pure."""

import re
from collections.abc import Iterator

_KEY = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b"
    r"|\bgithub_pat_[A-Za-z0-9_]{40,}\b|\bglpat-[A-Za-z0-9_-]{20,}|\bxox[abeprs]-[A-Za-z0-9-]{20,}"
    r"|\bsk-(?:[a-z0-9]+-)*[A-Za-z0-9_]{20,}|\bAIza[0-9A-Za-z_-]{35}\b|\b[sr]k_live_[0-9A-Za-z]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"
)
"""What keys of services look like: AWS, GitHub, GitLab, Slack, OpenAI and Anthropic, Google, Stripe, a JSON web token."""


def keys_in(text: str) -> Iterator[str]:
    """Each thing in a text that looks like a secret key, once, in order."""
    yield from dict.fromkeys(match[0] for match in _KEY.finditer(text))
