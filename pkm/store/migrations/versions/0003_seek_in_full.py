"""What keeping up asks for: states of an item that nobody waits for, stories, versions, files, rules, signals.

Revision: 0003, after 0002. The table of items is made anew, since SQLite cannot change the states that it allows.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = (
    """CREATE TABLE rule (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, action VARCHAR NOT NULL, pattern VARCHAR NOT NULL,
	argument VARCHAR NOT NULL, person_id INTEGER REFERENCES contact (id) ON DELETE CASCADE,
	source_id INTEGER REFERENCES source (id) ON DELETE CASCADE, tag_id INTEGER REFERENCES tag (id) ON DELETE CASCADE,
	contact_id INTEGER REFERENCES contact (id) ON DELETE CASCADE, created_at VARCHAR NOT NULL,
	CONSTRAINT action_known CHECK (action IN ('mute', 'keep', 'tag', 'up', 'down', 'assign')))""",
    "CREATE INDEX ix_rule_person_id ON rule (person_id)",
    "CREATE INDEX ix_rule_source_id ON rule (source_id)",
    "CREATE INDEX ix_rule_tag_id ON rule (tag_id)",
    "CREATE INDEX ix_rule_contact_id ON rule (contact_id)",
    """CREATE TABLE dismissal (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, kind VARCHAR NOT NULL, "key" VARCHAR NOT NULL,
	title VARCHAR NOT NULL, at VARCHAR NOT NULL, UNIQUE (kind, "key"))""",
    """CREATE TABLE version (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	at VARCHAR NOT NULL, title VARCHAR NOT NULL, url VARCHAR NOT NULL, hash VARCHAR NOT NULL,
	text TEXT DEFAULT '' NOT NULL, html TEXT DEFAULT '' NOT NULL)""",
    "CREATE INDEX ix_version_item_id ON version (item_id)",
    """CREATE TABLE enclosure (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	position INTEGER NOT NULL, url VARCHAR NOT NULL, type VARCHAR NOT NULL, size_bytes INTEGER, duration_s INTEGER,
	rel VARCHAR NOT NULL)""",
    "CREATE INDEX ix_enclosure_item_id ON enclosure (item_id)",
    """CREATE TABLE page (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	role VARCHAR NOT NULL, at VARCHAR NOT NULL, media_type VARCHAR NOT NULL, text TEXT DEFAULT '' NOT NULL,
	html TEXT DEFAULT '' NOT NULL, body BLOB, CONSTRAINT role_known CHECK (role IN ('feed', 'archive')),
	UNIQUE (item_id, role))""",
    "CREATE INDEX ix_page_item_id ON page (item_id)",
    """CREATE TABLE citation (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	cited_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE, type VARCHAR NOT NULL,
	CONSTRAINT type_known CHECK (type IN ('link', 'quote', 'via')), UNIQUE (item_id, cited_id))""",
    "CREATE INDEX ix_citation_cited_id ON citation (cited_id)",
    """CREATE TABLE signal (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	heat INTEGER DEFAULT '0' NOT NULL, fit FLOAT DEFAULT '0' NOT NULL,
	note_id INTEGER REFERENCES note (id) ON DELETE SET NULL, words TEXT DEFAULT '' NOT NULL,
	answers_id INTEGER REFERENCES note (id) ON DELETE SET NULL, UNIQUE (item_id))""",
    "CREATE INDEX ix_signal_note_id ON signal (note_id)",
    "CREATE INDEX ix_signal_answers_id ON signal (answers_id)",
)
_SOURCE = (
    "ALTER TABLE source ADD COLUMN updates TEXT DEFAULT 'silent' NOT NULL "
    "CONSTRAINT updates_known CHECK (updates IN ('silent', 'resurface', 'ignore'))",
    "ALTER TABLE source ADD COLUMN backlog INTEGER DEFAULT '0' NOT NULL",
    "ALTER TABLE source ADD COLUMN full_text INTEGER DEFAULT '0' NOT NULL",
    "ALTER TABLE source ADD COLUMN challenges_id INTEGER REFERENCES tag (id) ON DELETE SET NULL",
    "ALTER TABLE source ADD COLUMN mailbox_id INTEGER REFERENCES source (id) ON DELETE SET NULL",
    "ALTER TABLE source ADD COLUMN credential TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE source ADD COLUMN user_agent TEXT DEFAULT '' NOT NULL",
    "CREATE INDEX ix_source_challenges_id ON source (challenges_id)",
    "CREATE INDEX ix_source_mailbox_id ON source (mailbox_id)",
    "ALTER TABLE contact ADD COLUMN read_every_s INTEGER",
)
_KEPT = (
    "id, source_id, state, title, url, canonical_url, author, published_at, received_at, changed_at, decided_at, hash, "
    "summary, text, html"
)
_ITEM = (
    """CREATE TABLE item_new (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, source_id INTEGER REFERENCES source (id) ON DELETE SET NULL,
	state VARCHAR NOT NULL, title VARCHAR NOT NULL, url VARCHAR NOT NULL, canonical_url VARCHAR NOT NULL,
	author VARCHAR NOT NULL, published_at VARCHAR, received_at VARCHAR NOT NULL, changed_at VARCHAR,
	decided_at VARCHAR, hash VARCHAR NOT NULL, via VARCHAR NOT NULL,
	rule_id INTEGER REFERENCES rule (id) ON DELETE SET NULL, rank INTEGER DEFAULT '0' NOT NULL,
	story_id INTEGER REFERENCES item (id) ON DELETE SET NULL, categories TEXT DEFAULT '[]' NOT NULL,
	authors TEXT DEFAULT '[]' NOT NULL, summary TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL,
	CONSTRAINT state_known CHECK (state IN ('inbox', 'backlog', 'muted', 'kept', 'dropped')))""",
    f"INSERT INTO item_new (via, {_KEPT}) SELECT CASE WHEN via <> 'source' THEN via WHEN EXISTS (SELECT 1 FROM source "
    f"WHERE source.id = item.source_id AND contact_id IS NOT NULL) THEN 'person' ELSE 'network' END, {_KEPT} FROM item",
    # No id is given twice: the new table goes on counting where the old one stood.
    "DELETE FROM sqlite_sequence WHERE name = 'item_new'",
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'item_new', seq FROM sqlite_sequence WHERE name = 'item'",
    "DROP TABLE item",
    "ALTER TABLE item_new RENAME TO item",
    "CREATE INDEX item_canonical ON item (canonical_url)",
    "CREATE INDEX item_decided ON item (decided_at, source_id, author, state, via) WHERE decided_at IS NOT NULL",
    "CREATE INDEX item_rule ON item (rule_id) WHERE rule_id IS NOT NULL",
    "CREATE INDEX item_source ON item (source_id, id)",
    "CREATE INDEX item_state ON item (state, received_at, id)",
    "CREATE INDEX item_story ON item (story_id) WHERE story_id IS NOT NULL",
)


def upgrade() -> None:
    """New tables and columns; what an item came by is now said as a person or the network."""
    for statement in (*_TABLES, *_SOURCE, *_ITEM):
        op.execute(statement)
