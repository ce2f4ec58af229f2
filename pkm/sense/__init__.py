"""Sense: keep or drop, note, quote, tag, connect, grow."""
