"""What a feed's entries were like is remembered; an answer may name its author, a circle has a language; notes that were
put away are quickly told from the others.

Revision: 0006, after 0005.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table and two columns, empty; an index."""
    op.execute(
        """CREATE TABLE source_entries (
	source_id INTEGER NOT NULL PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE, hashes BLOB NOT NULL)"""
    )
    op.execute("CREATE INDEX note_dropped ON note (dropped_at) WHERE dropped_at IS NOT NULL")
    op.execute("ALTER TABLE response ADD COLUMN author TEXT DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE circle ADD COLUMN language TEXT DEFAULT '' NOT NULL")
