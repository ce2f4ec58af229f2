"""Where one stands with each contact is kept; all are computed at the first write.

Revision: 0005, after 0004.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A row for each contact, to be computed."""
    op.execute(
        """CREATE TABLE standing (
	contact_id INTEGER NOT NULL PRIMARY KEY REFERENCES contact (id) ON DELETE CASCADE, counted TEXT DEFAULT '' NOT NULL,
	tie VARCHAR, every_s INTEGER, last VARCHAR, due VARCHAR)"""
    )
    op.execute("CREATE INDEX standing_due ON standing (due, contact_id)")
    op.execute("CREATE INDEX standing_over ON standing (every_s, due, contact_id)")
    op.execute("CREATE INDEX standing_counted ON standing (counted)")
    op.execute("INSERT INTO standing (contact_id) SELECT id FROM contact")
