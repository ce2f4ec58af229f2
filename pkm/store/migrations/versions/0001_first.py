"""The first schema. A new store is made from schema.sql; nothing leads here from an older one."""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """There is no older store to change."""
    raise RuntimeError("a store without tables is made from schema.sql, not by a migration")
