"""The forms in which links are written in Markdown, and what their targets are called. Pure."""

import html
import re

from pkm.text import clean

WIKILINK = re.compile(r"(!?)\[\[([^\[\]|\n]+?)(?:\\?\|([^\[\]\n]*))?\]\]")
_TITLE = r"(?:\"(?:\\.|[^\"\\\n])*+\"|'(?:\\.|[^'\\\n])*+'|\((?:\\.|[^()\\\n])*+\))"
_BLANK_IN_IT = r"(?:[^()\n]|\n(?![ \t>]*+(?:\n|\Z)))*+"
INLINE_LINK = re.compile(
    r"(!?)\[((?:\\.|[^\[\]\\])*)\]"  # its text
    rf"\(\s*+((?>(?:<[^<>\n]*>|[^\s()<>]*+(?:\([^\s()]*+\)[^\s()]*+)*+)(?=\s*+(?:\)|(?<=\s){_TITLE}\s*+\)))"  # its target
    rf"|{_BLANK_IN_IT}(?:\({_BLANK_IN_IT}\){_BLANK_IN_IT})*+))"  # one with blanks is none to a parser, but is to many an editor
    rf"((?>\s*+(?:(?<=\s){_TITLE}\s*+)?))\)"  # its title
)
_TITLE_AT_END = re.compile(rf"(?:(?<=\S)\s{{1,9}}{_TITLE})?\s*\Z")
DEFINITION = re.compile(r"^([ \t>]{0,6}\[[^\]\n]+\]:[ \t]*)(<[^<>\n]*>|\S+)([^\n]*)$", re.M)
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def name_of(target: str) -> str:
    """What an unlabeled wikilink reads as: the last part of a path, without heading, block or ending."""
    name = re.split(r"[#^]", target, maxsplit=1)[0].strip() or target.lstrip("#^").strip()
    return re.sub(r"\.md$", "", name.replace("\\", "/").rsplit("/", 1)[-1], flags=re.I).strip()


def plain_target(written: str) -> str:
    """The target of a link as a program would read it: without a title behind it, escapes and entities undone, on one line."""
    target = re.sub(r"\n[ \t>]*", " ", _TITLE_AT_END.sub("", written))
    return clean(re.sub(r"\\([^\w\s])", r"\1", html.unescape(target.strip("<>")))).strip()
