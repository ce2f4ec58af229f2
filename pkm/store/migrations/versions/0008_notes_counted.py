"""Notes are counted by reach as they come, with what else comes by the million.

Revision: 0008, after 0007.
"""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table changes: what counts is made anew after the last step."""
