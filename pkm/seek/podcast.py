"""The podcast namespace, which feedparser does not know: of repeated elements it keeps the last one only.

Taught to its parser once a process. Source: github.com/Podcastindex-org/podcast-namespace (transcript,
alternateEnclosure).
"""

from typing import Any

_NAMESPACES = (
    "https://podcastindex.org/namespace/1.0",
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
)


def teach(mixin: Any) -> None:
    """An entry has "transcripts" and "alternates" from now on: lists of attributes, as they come. mixin: feedparser's
    FeedParserMixin.
    """
    if hasattr(mixin, "_start_podcast_transcript"):
        return
    mixin.namespaces.update(dict.fromkeys(_NAMESPACES, "podcast"))
    mixin._start_podcast_alternateenclosure = _start_alternate
    mixin._start_podcast_source = _start_source
    mixin._start_podcast_transcript = _start_transcript


def _start_transcript(self: Any, attributes: Any) -> None:
    _collect(self, "transcripts", dict(attributes))


def _start_alternate(self: Any, attributes: Any) -> None:
    self._podcast_alternate = dict(attributes)


def _start_source(self: Any, attributes: Any) -> None:
    known = getattr(self, "_podcast_alternate", {})
    _collect(self, "alternates", {**known, "url": dict(attributes).get("uri", "")})


def _collect(self: Any, name: str, attributes: dict[str, Any]) -> None:
    context = self._get_context()
    there = dict.get(context, name)
    if isinstance(there, list):
        there.append(attributes)
    else:
        dict.__setitem__(context, name, [attributes])
