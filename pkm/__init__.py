"""A personal knowledge manager for the command line: seek, sense, share, and the people in between."""

__version__ = "0.1.0"
