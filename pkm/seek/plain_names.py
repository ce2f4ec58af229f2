"""The names that the fast way for plain feeds knows: namespaces, elements and attributes, by what they are to it.

What is named here was found by comparing with feedparser: it knows these names, and any other is of no account to it.
"""

ATOM = "http://www.w3.org/2005/atom"
PREFIXES = {
    ATOM: "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "https://podcastindex.org/namespace/1.0": "podcast",
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "http://podlove.org/simple-chapters": "psc",
    "http://webns.net/mvcb/": "admin",
    "http://creativecommons.org/ns#license": "cc",
    "http://web.resource.org/cc/": "cc",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativeCommons",
    "http://backend.userland.com/creativecommonsrssmodule": "creativeCommons",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://www.w3.org/1999/xhtml": "xhtml",
}
"""The namespaces whose elements mean something, in lower case. Elements of any other are of no account."""
OTHER_RSS = (
    "backend.userland.com/rss", "blogs.law.harvard.edu/tech/rss", "http://purl.org/rss/1.0/", "my.netscape.com/rdf",
    "example.com/n", "purl.org/echo", "uri/of/echo", "purl.org/pie", "purl.org/atom", "modules/rss091", "http://www.w3.org/1999/x",
)  # fmt: skip
"""Parts of namespaces that stand for RSS or Atom of another kind, or for markup."""
MEANING = {
    *(prefix for prefix in PREFIXES.values() if prefix), "title", "summary", "subtitle", "published", "updated",
    "created", "author", "links", "xml", "xmlns",
}  # fmt: skip
_OF_NO_ACCOUNT = {
    "dc:identifier", "dc:language", "dc:publisher", "dc:source", "dc:type", "dc:format", "dc:relation", "feedburner:info",
    "dc:rights", "media:thumbnail", "media:credit", "media:rating", "feedburner:feedflare",
    "feedburner:emailserviceid", "feedburner:feedburnerhostname",
}  # fmt: skip
_LISTED = (
    "abstract author authors author_detail body category channel cloud content contributor contributors copyright "
    "created description email enclosure entry expirationdate feed fullitem generator generator_detail georssgeom "
    "guid guidislink height homepage href id image info issued item keywords language lastbuilddate link links "
    "managingeditor modified name newlocation pubdate published published_parsed updated_parsed created_parsed "
    "rights rss source subtitle subtitle_detail summary summary_detail tagline tags textinput title title_detail "
    "ttl updated uri url webmaster where width transcripts alternates media_content itunes_duration bozo version "
    "entries div svg math "
)
_OF_ACCOUNT = set(_LISTED.split())
"""Names without a namespace that feedparser or seek/parse know: any other is of no account."""
IN_FEED_ALONE = {
    "language", "copyright", "webmaster", "pubdate", "lastbuilddate", "generator", "cloud", "category", "rights", "logo",
    "icon", "docs",
}  # fmt: skip
NESTED = {
    "image": {"url", "title", "link", "width", "height", "description"}, "skiphours": {"hour"}, "skipdays": {"day"},
    "contributor": {"name", "uri", "email"},
}  # fmt: skip
MEANT_ATTRIBUTES = {
    "href", "rel", "type", "url", "uri", "length", "term", "scheme", "domain", "label", "ispermalink", "version", "about",
}  # fmt: skip
WINDOWS = {
    128: 8364, 130: 8218, 131: 402, 132: 8222, 133: 8230, 134: 8224, 135: 8225, 136: 710, 137: 8240, 138: 352, 139: 8249,
    140: 338, 142: 381, 145: 8216, 146: 8217, 147: 8220, 148: 8221, 149: 8226, 150: 8211, 151: 8212, 152: 732, 153: 8482,
    154: 353, 155: 8250, 156: 339, 158: 382, 159: 376,
}  # fmt: skip
"""What the control characters of Latin-1 mean on Windows."""
_LOWER_MEANING = {prefix.lower() for prefix in MEANING}


def counts(name: str) -> bool:
    """Whether an element may change what is read; else it is passed by with all that is in it."""
    prefix, colon, _ = name.partition(":")
    return (prefix in _LOWER_MEANING and name not in _OF_NO_ACCOUNT) if colon else name in _OF_ACCOUNT
