"""A source remembers where a permanent redirect leads, and since when.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns, empty at first: nothing is known of redirects that were met before."""
    op.add_column("source", sa.Column("moved_to", sa.String(), nullable=True))
    op.add_column("source", sa.Column("moved_since", sa.String(), nullable=True))
