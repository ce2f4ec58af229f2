"""A color profile without what it tells beside colors: names of screens and people, serial numbers, dates. Pure.

What stays stands where it stood; the rest is zeros, so that the profile is as long as before. Source: ICC.1:2022, 7.2 and 7.3.
"""

import struct

_HEADER = 128
_TAG = struct.Struct(">4sII")
_TOLD = ((24, 36), (48, 56), (80, 100))
"""In the header: when it was made, for whose device, by whom, and its own hash."""

_COLOR = frozenset(
    b"wtpt bkpt rXYZ gXYZ bXYZ rTRC gTRC bTRC kTRC chad chrm lumi gamt cicp meas view tech "
    b"A2B0 A2B1 A2B2 A2B3 B2A0 B2A1 B2A2 B2A3 D2B0 D2B1 D2B2 D2B3 B2D0 B2D1 B2D2 B2D3 pre0 pre1 pre2".split()
)
_TEXTS = (b"desc", b"text", b"mluc")
"""Types of what is told in words: readers ask for some of these, so that they stay, and say nothing."""


def clean_profile(profile: bytes) -> bytes:
    """The profile with nothing in it but colors; b"" where it is none. Cleaning it again changes nothing."""
    size = int.from_bytes(profile[:4], "big")
    if len(profile) < size or size < _HEADER + 4 or profile[36:40] != b"acsp":
        return b""
    count = int.from_bytes(profile[_HEADER : _HEADER + 4], "big")
    table_end = _HEADER + 4 + count * _TAG.size
    if table_end > size:
        return b""
    made = bytearray(size)
    made[:table_end] = profile[:table_end]
    for start, end in _TOLD:
        made[start:end] = bytes(end - start)
    made[100:_HEADER] = bytes(_HEADER - 100)  # reserved
    tags = [_TAG.unpack_from(profile, _HEADER + 4 + number * _TAG.size) for number in range(count)]
    if any(at < table_end or at + length > size for _, at, length in tags):
        return b""
    for name, at, length in tags:
        if name not in _COLOR and length >= 16 and profile[at : at + 4] in _TEXTS:
            made[at : at + 4] = profile[at : at + 4]
            made[at + 15] = 12 if profile[at : at + 4] == b"mluc" else 0  # none, in records of this length
    for name, at, length in tags:
        if name in _COLOR:
            made[at : at + length] = profile[at : at + length]
    return bytes(made)
