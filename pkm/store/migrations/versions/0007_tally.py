"""Notes that are in lists are found by narrow indexes, and what comes by the million is counted as it comes.

Revision: 0007, after 0006.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table, filled with the other derived ones; indexes: some seconds for a million items."""
    op.execute(
        "CREATE TABLE tally (what VARCHAR NOT NULL, key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (what, key)) "
        "WITHOUT ROWID"
    )
    for name, columns in (
        ("made", "created_at, id, reach, dropped_at"),
        ("seen", "coalesce(reviewed_at, updated_at), stage, half_life, dropped_at"),
        ("day", "substr(coalesce(at, created_at), 6, 5)"),
        ("title", "title COLLATE NOCASE, dropped_at"),
        ("asks", "created_at, id) WHERE (dropped_at IS NULL AND substr(title, -1) = '?'"),
    ):
        op.execute(f"CREATE INDEX note_{name} ON note ({columns})")
    op.execute(
        "CREATE INDEX link_against ON link (created_at, id) WHERE type = 'contradicts' AND resolved_at IS NULL"
    )
    op.execute("CREATE INDEX annotation_day ON annotation (substr(created_at, 6, 5))")
