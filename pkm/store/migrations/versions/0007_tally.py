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
    here = "WHERE dropped_at IS NULL"
    op.execute(f"CREATE INDEX note_made ON note (created_at, id, reach) {here}")
    op.execute(f"CREATE INDEX note_seen ON note (coalesce(reviewed_at, updated_at), stage, half_life) {here}")
    op.execute(f"CREATE INDEX note_day ON note (substr(coalesce(at, created_at), 6, 5)) {here}")
    op.execute(f"CREATE INDEX note_title ON note (title COLLATE NOCASE) {here}")
    op.execute(f"CREATE INDEX note_asks ON note (created_at, id) {here} AND substr(title, -1) = '?'")
    op.execute("CREATE INDEX annotation_day ON annotation (substr(created_at, 6, 5))")
