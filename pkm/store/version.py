"""The version of the schema that this program reads and writes. Imported by every command: keep it free of imports."""

SCHEMA_VERSION = 8
"""Kept in the store as PRAGMA user_version; grows by one with each migration."""

HEAD = "0008"
"""The newest migration in store/migrations/versions."""

APPLICATION_ID = 0x706B6D31
"""PRAGMA application_id ("pkm1"): how a store is told from any other SQLite file."""
