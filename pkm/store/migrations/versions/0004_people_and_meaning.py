"""What people and meaning ask for: promises, introductions, merged people, files of notes, saved searches, half-lives.

Revision: 0004, after 0003. A stage and a delivery may be for people by name, without a circle: those two tables are made
anew, since SQLite cannot take NOT NULL off a column.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = (
    """CREATE TABLE promise (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	interaction_id INTEGER NOT NULL REFERENCES interaction (id) ON DELETE CASCADE, text TEXT NOT NULL,
	owed_by VARCHAR NOT NULL, state VARCHAR NOT NULL, due_at VARCHAR, settled_at VARCHAR,
	because TEXT DEFAULT '' NOT NULL, CONSTRAINT state_known CHECK (state IN ('open', 'kept', 'dropped')),
	CONSTRAINT owed_by_known CHECK (owed_by IN ('me', 'them')))""",
    "CREATE INDEX ix_promise_interaction_id ON promise (interaction_id)",
    """CREATE TABLE merger (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, kind VARCHAR NOT NULL, gone_id INTEGER NOT NULL,
	into_id INTEGER NOT NULL, at VARCHAR NOT NULL, UNIQUE (kind, gone_id))""",
    """CREATE TABLE share_contact (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, share_id INTEGER NOT NULL REFERENCES share (id) ON DELETE CASCADE,
	contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE, position INTEGER NOT NULL,
	UNIQUE (share_id, contact_id))""",
    "CREATE INDEX ix_share_contact_share_id ON share_contact (share_id)",
    "CREATE INDEX ix_share_contact_contact_id ON share_contact (contact_id)",
    """CREATE TABLE note_alias (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, note_id INTEGER NOT NULL REFERENCES note (id) ON DELETE CASCADE,
	name VARCHAR NOT NULL, folded VARCHAR NOT NULL, UNIQUE (note_id, folded))""",
    "CREATE INDEX ix_note_alias_note_id ON note_alias (note_id)",
    "CREATE INDEX note_alias_folded ON note_alias (folded)",
    """CREATE TABLE note_file (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, note_id INTEGER NOT NULL REFERENCES note (id) ON DELETE CASCADE,
	root VARCHAR NOT NULL, path VARCHAR NOT NULL, hash VARCHAR NOT NULL, front TEXT DEFAULT '' NOT NULL,
	base TEXT DEFAULT '' NOT NULL, at VARCHAR NOT NULL, UNIQUE (root, path))""",
    "CREATE INDEX ix_note_file_note_id ON note_file (note_id)",
    """CREATE TABLE attachment (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
	media_type VARCHAR NOT NULL, size_bytes INTEGER DEFAULT '0' NOT NULL, created_at VARCHAR NOT NULL,
	UNIQUE (name, sha256))""",
    "CREATE INDEX attachment_sha256 ON attachment (sha256)",
    """CREATE TABLE saved_search (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR NOT NULL, "query" VARCHAR NOT NULL,
	created_at VARCHAR NOT NULL, UNIQUE (name))""",
)
_COLUMNS = (
    "ALTER TABLE note ADD COLUMN half_life TEXT DEFAULT '' NOT NULL "
    "CONSTRAINT half_life_known CHECK (half_life IN ('', 'soon', 'later', 'eventually', 'never'))",
    "ALTER TABLE link ADD COLUMN resolved_at VARCHAR",
    "ALTER TABLE link ADD COLUMN because TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE trial ADD COLUMN contact_id INTEGER REFERENCES contact (id) ON DELETE SET NULL",
    "ALTER TABLE trial ADD COLUMN response_id INTEGER REFERENCES response (id) ON DELETE SET NULL",
    "CREATE INDEX ix_trial_contact_id ON trial (contact_id)",
    "CREATE INDEX ix_trial_response_id ON trial (response_id)",
    "ALTER TABLE interaction ADD COLUMN share_id INTEGER REFERENCES share (id) ON DELETE SET NULL",
    "CREATE INDEX ix_interaction_share_id ON interaction (share_id)",
    "CREATE INDEX contact_rhythm ON contact (every_s, snoozed_until, created_at)",
    "ALTER TABLE tag ADD COLUMN learning INTEGER DEFAULT '0' NOT NULL",
    "ALTER TABLE share ADD COLUMN type TEXT DEFAULT 'digest' NOT NULL "
    "CONSTRAINT type_known CHECK (type IN ('digest', 'introduction'))",
)
_STAGE = """CREATE TABLE stage_new (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, share_id INTEGER NOT NULL REFERENCES share (id) ON DELETE CASCADE,
	circle_id INTEGER REFERENCES circle (id) ON DELETE CASCADE, position INTEGER NOT NULL, gate TEXT NOT NULL,
	passed_at VARCHAR, UNIQUE (share_id, position))"""
_DELIVERY = """CREATE TABLE delivery_new (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "key" VARCHAR NOT NULL,
	share_id INTEGER NOT NULL REFERENCES share (id) ON DELETE CASCADE,
	stage_id INTEGER NOT NULL REFERENCES stage (id) ON DELETE CASCADE,
	circle_id INTEGER REFERENCES circle (id) ON DELETE CASCADE,
	channel_id INTEGER NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
	contact_id INTEGER REFERENCES contact (id) ON DELETE SET NULL, recipient VARCHAR NOT NULL, part INTEGER NOT NULL,
	revision INTEGER NOT NULL, state VARCHAR NOT NULL, not_before VARCHAR, attempts INTEGER NOT NULL,
	sha256 VARCHAR NOT NULL, media_type VARCHAR NOT NULL, file_name VARCHAR NOT NULL, remote_id VARCHAR NOT NULL,
	remote_url VARCHAR NOT NULL, error VARCHAR NOT NULL, frozen_at VARCHAR NOT NULL, sent_at VARCHAR,
	payload BLOB NOT NULL,
	CONSTRAINT state_known CHECK (
		state IN ('waiting', 'sending', 'sent', 'refused', 'unknown', 'held', 'cancelled')),
	UNIQUE (share_id, stage_id, circle_id, channel_id, recipient, part, revision), UNIQUE ("key"))"""
_ANEW = {
    "stage": (_STAGE, "id, share_id, circle_id, position, gate, passed_at", (
        "CREATE INDEX ix_stage_circle_id ON stage (circle_id)", "CREATE INDEX ix_stage_share_id ON stage (share_id)",
    )),
    "delivery": (
        _DELIVERY,
        'id, "key", share_id, stage_id, circle_id, channel_id, contact_id, recipient, part, revision, state, not_before, '
        "attempts, sha256, media_type, file_name, remote_id, remote_url, error, frozen_at, sent_at, payload",
        (
            "CREATE UNIQUE INDEX delivery_by_name ON delivery (stage_id, channel_id, recipient, part, revision) "
            "WHERE circle_id IS NULL",
            "CREATE INDEX delivery_state ON delivery (state, not_before)",
            *(f"CREATE INDEX ix_delivery_{name}_id ON delivery ({name}_id)"
              for name in ("channel", "circle", "contact", "share", "stage")),
        ),
    ),
}  # fmt: skip


def upgrade() -> None:
    """New tables and columns, empty at first; stages and deliveries as they were."""
    for statement in (*_TABLES, *_COLUMNS):
        op.execute(statement)
    for name, (create, columns, indexes) in _ANEW.items():
        op.execute(create)
        op.execute(f"INSERT INTO {name}_new ({columns}) SELECT {columns} FROM {name}")
        # No id is given twice: the new table goes on counting where the old one stood.
        op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{name}_new'")
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) SELECT '{name}_new', seq FROM sqlite_sequence WHERE name = '{name}'")
        op.execute(f"DROP TABLE {name}")
        op.execute(f"ALTER TABLE {name}_new RENAME TO {name}")
        for index in indexes:
            op.execute(index)
