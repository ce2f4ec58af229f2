"""Seek: follow sources and people, pull what is new, find and clip."""
