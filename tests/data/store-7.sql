-- What somebody had in a store of the seventh schema.
CREATE TABLE annotation (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	item_id INTEGER, 
	note_id INTEGER, 
	exact TEXT NOT NULL, 
	prefix VARCHAR NOT NULL, 
	suffix VARCHAR NOT NULL, 
	position INTEGER, 
	comment TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	updated_at VARCHAR NOT NULL, 
	CONSTRAINT state_known CHECK (state IN ('anchored', 'moved', 'orphan')), 
	CONSTRAINT one_target CHECK ((item_id IS NULL) <> (note_id IS NULL)), 
	FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE, 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE CASCADE
);

CREATE INDEX annotation_day ON annotation (substr(created_at, 6, 5));

CREATE INDEX ix_annotation_item_id ON annotation (item_id);

CREATE INDEX ix_annotation_note_id ON annotation (note_id);

CREATE TABLE attachment (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	media_type VARCHAR NOT NULL, 
	size_bytes INTEGER DEFAULT '0' NOT NULL, 
	created_at VARCHAR NOT NULL, 
	UNIQUE (name, sha256)
);

CREATE INDEX attachment_sha256 ON attachment (sha256);

CREATE TABLE change (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	operation_id INTEGER NOT NULL, 
	table_name VARCHAR NOT NULL, 
	row_id INTEGER NOT NULL, 
	"before" TEXT, 
	"after" TEXT
);

CREATE INDEX change_operation ON change (operation_id, id);

CREATE TABLE channel (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	options TEXT NOT NULL, 
	created_at VARCHAR NOT NULL, 
	UNIQUE (name)
);

CREATE TABLE circle (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	purpose TEXT NOT NULL, 
	every_s INTEGER, 
	salutation VARCHAR NOT NULL, 
	introduction TEXT NOT NULL, 
	language TEXT DEFAULT '' NOT NULL, 
	created_at VARCHAR NOT NULL, 
	CONSTRAINT kind_known CHECK (kind IN ('team', 'community', 'network')), 
	UNIQUE (name)
);

CREATE TABLE circle_channel (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	circle_id INTEGER NOT NULL, 
	channel_id INTEGER NOT NULL, 
	UNIQUE (circle_id, channel_id), 
	FOREIGN KEY(circle_id) REFERENCES circle (id) ON DELETE CASCADE, 
	FOREIGN KEY(channel_id) REFERENCES channel (id) ON DELETE CASCADE
);

CREATE INDEX ix_circle_channel_channel_id ON circle_channel (channel_id);

CREATE INDEX ix_circle_channel_circle_id ON circle_channel (circle_id);

CREATE TABLE circle_source (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	circle_id INTEGER NOT NULL, 
	source_id INTEGER NOT NULL, 
	UNIQUE (circle_id, source_id), 
	FOREIGN KEY(circle_id) REFERENCES circle (id) ON DELETE CASCADE, 
	FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE CASCADE
);

CREATE INDEX ix_circle_source_circle_id ON circle_source (circle_id);

CREATE INDEX ix_circle_source_source_id ON circle_source (source_id);

CREATE TABLE citation (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	item_id INTEGER NOT NULL, 
	cited_id INTEGER NOT NULL, 
	type VARCHAR NOT NULL, 
	CONSTRAINT type_known CHECK (type IN ('link', 'quote', 'via')), 
	UNIQUE (item_id, cited_id), 
	FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE, 
	FOREIGN KEY(cited_id) REFERENCES item (id) ON DELETE CASCADE
);

CREATE INDEX ix_citation_cited_id ON citation (cited_id);

CREATE TABLE contact (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uid VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	nick VARCHAR NOT NULL, 
	org VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	met VARCHAR NOT NULL, 
	through_id INTEGER, 
	about TEXT NOT NULL, 
	birthday VARCHAR NOT NULL, 
	every_s INTEGER, 
	snoozed_until VARCHAR, 
	read_every_s INTEGER, 
	vcard TEXT NOT NULL, 
	created_at VARCHAR NOT NULL, 
	updated_at VARCHAR NOT NULL, 
	UNIQUE (uid), 
	FOREIGN KEY(through_id) REFERENCES contact (id) ON DELETE SET NULL
);

CREATE INDEX contact_name ON contact (name);

CREATE INDEX contact_rhythm ON contact (every_s, snoozed_until, created_at);

CREATE INDEX ix_contact_through_id ON contact (through_id);

CREATE TABLE delivery (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR NOT NULL, 
	share_id INTEGER NOT NULL, 
	stage_id INTEGER NOT NULL, 
	circle_id INTEGER, 
	channel_id INTEGER NOT NULL, 
	contact_id INTEGER, 
	recipient VARCHAR NOT NULL, 
	part INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	not_before VARCHAR, 
	attempts INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	media_type VARCHAR NOT NULL, 
	file_name VARCHAR NOT NULL, 
	remote_id VARCHAR NOT NULL, 
	remote_url VARCHAR NOT NULL, 
	error VARCHAR NOT NULL, 
	frozen_at VARCHAR NOT NULL, 
	sent_at VARCHAR, 
	payload BLOB NOT NULL, 
	CONSTRAINT state_known CHECK (state IN ('waiting', 'sending', 'sent', 'refused', 'unknown', 'held', 'cancelled')), 
	UNIQUE (share_id, stage_id, circle_id, channel_id, recipient, part, revision), 
	UNIQUE ("key"), 
	FOREIGN KEY(share_id) REFERENCES share (id) ON DELETE CASCADE, 
	FOREIGN KEY(stage_id) REFERENCES stage (id) ON DELETE CASCADE, 
	FOREIGN KEY(circle_id) REFERENCES circle (id) ON DELETE CASCADE, 
	FOREIGN KEY(channel_id) REFERENCES channel (id) ON DELETE CASCADE, 
	FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL
);

CREATE UNIQUE INDEX delivery_by_name ON delivery (stage_id, channel_id, recipient, part, revision) WHERE circle_id IS NULL;

CREATE INDEX delivery_state ON delivery (state, not_before);

CREATE INDEX ix_delivery_channel_id ON delivery (channel_id);

CREATE INDEX ix_delivery_circle_id ON delivery (circle_id);

CREATE INDEX ix_delivery_contact_id ON delivery (contact_id);

CREATE INDEX ix_delivery_share_id ON delivery (share_id);

CREATE INDEX ix_delivery_stage_id ON delivery (stage_id);

CREATE TABLE dismissal (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	UNIQUE (kind, "key")
);

CREATE TABLE enclosure (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	item_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	url VARCHAR NOT NULL, 
	type VARCHAR NOT NULL, 
	size_bytes INTEGER, 
	duration_s INTEGER, 
	rel VARCHAR NOT NULL, 
	FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
);

CREATE INDEX ix_enclosure_item_id ON enclosure (item_id);

CREATE TABLE entry (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	source_id INTEGER NOT NULL, 
	item_id INTEGER, 
	"key" VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	seen_at VARCHAR NOT NULL, 
	UNIQUE (source_id, "key"), 
	FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE CASCADE, 
	FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE SET NULL
);

CREATE INDEX entry_item ON entry (item_id);

CREATE TABLE growth (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	note_id INTEGER NOT NULL, 
	stage_from VARCHAR NOT NULL, 
	stage_to VARCHAR NOT NULL, 
	because VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE CASCADE
);

CREATE INDEX ix_growth_note_id ON growth (note_id);

CREATE TABLE handle (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	contact_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	folded VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	UNIQUE (contact_id, kind, value), 
	FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);

CREATE INDEX handle_value ON handle (kind, folded);

CREATE INDEX ix_handle_contact_id ON handle (contact_id);

CREATE TABLE interaction (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	created_at VARCHAR NOT NULL, 
	share_id INTEGER, 
	FOREIGN KEY(share_id) REFERENCES share (id) ON DELETE SET NULL
);

CREATE INDEX interaction_at ON interaction (at, id);

CREATE INDEX ix_interaction_share_id ON interaction (share_id);

CREATE TABLE interaction_contact (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	interaction_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	UNIQUE (interaction_id, contact_id), 
	FOREIGN KEY(interaction_id) REFERENCES interaction (id) ON DELETE CASCADE, 
	FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);

CREATE INDEX ix_interaction_contact_contact_id ON interaction_contact (contact_id);

CREATE INDEX ix_interaction_contact_interaction_id ON interaction_contact (interaction_id);

CREATE TABLE item (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	source_id INTEGER, 
	state VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	url VARCHAR NOT NULL, 
	canonical_url VARCHAR NOT NULL, 
	author VARCHAR NOT NULL, 
	published_at VARCHAR, 
	received_at VARCHAR NOT NULL, 
	changed_at VARCHAR, 
	decided_at VARCHAR, 
	hash VARCHAR NOT NULL, 
	via VARCHAR NOT NULL, 
	rule_id INTEGER, 
	rank INTEGER DEFAULT '0' NOT NULL, 
	story_id INTEGER, 
	categories TEXT DEFAULT '[]' NOT NULL, 
	authors TEXT DEFAULT '[]' NOT NULL, 
	summary TEXT NOT NULL, 
	text TEXT NOT NULL, 
	html TEXT NOT NULL, 
	CONSTRAINT state_known CHECK (state IN ('inbox', 'backlog', 'muted', 'kept', 'dropped')), 
	FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE SET NULL, 
	FOREIGN KEY(rule_id) REFERENCES rule (id) ON DELETE SET NULL, 
	FOREIGN KEY(story_id) REFERENCES item (id) ON DELETE SET NULL
);

CREATE INDEX item_canonical ON item (canonical_url);

CREATE INDEX item_decided ON item (decided_at, source_id, author, state, via) WHERE decided_at IS NOT NULL;

CREATE INDEX item_rule ON item (rule_id) WHERE rule_id IS NOT NULL;

CREATE INDEX item_source ON item (source_id, id);

CREATE INDEX item_state ON item (state, received_at, id);

CREATE INDEX item_story ON item (story_id) WHERE story_id IS NOT NULL;

CREATE TABLE journal (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	operation_id INTEGER
);

CREATE TABLE link (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	from_kind VARCHAR NOT NULL, 
	from_id INTEGER NOT NULL, 
	to_kind VARCHAR NOT NULL, 
	to_id INTEGER, 
	type VARCHAR NOT NULL, 
	written VARCHAR NOT NULL, 
	sentence TEXT NOT NULL, 
	origin VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	resolved_at VARCHAR, 
	because TEXT DEFAULT '' NOT NULL
);

CREATE INDEX link_against ON link (created_at, id) WHERE type = 'contradicts' AND resolved_at IS NULL;

CREATE INDEX link_from ON link (from_kind, from_id);

CREATE INDEX link_to ON link (to_kind, to_id);

CREATE TABLE membership (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	circle_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	joined_at VARCHAR NOT NULL, 
	because VARCHAR NOT NULL, 
	left_at VARCHAR, 
	left_because VARCHAR NOT NULL, 
	FOREIGN KEY(circle_id) REFERENCES circle (id) ON DELETE CASCADE, 
	FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);

CREATE INDEX ix_membership_circle_id ON membership (circle_id);

CREATE INDEX ix_membership_contact_id ON membership (contact_id);

CREATE UNIQUE INDEX membership_open ON membership (circle_id, contact_id) WHERE left_at IS NULL;

CREATE TABLE merger (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind VARCHAR NOT NULL, 
	gone_id INTEGER NOT NULL, 
	into_id INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	UNIQUE (kind, gone_id)
);

CREATE TABLE note (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uid VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	stage VARCHAR NOT NULL, 
	reach VARCHAR NOT NULL, 
	item_id INTEGER, 
	at VARCHAR, 
	created_at VARCHAR NOT NULL, 
	updated_at VARCHAR NOT NULL, 
	reviewed_at VARCHAR, 
	half_life TEXT DEFAULT '' NOT NULL, 
	dropped_at VARCHAR, 
	CONSTRAINT stage_known CHECK (stage IN ('observation', 'idea', 'practice')), 
	CONSTRAINT reach_known CHECK (reach IN ('private', 'team', 'community', 'network')), 
	CONSTRAINT half_life_known CHECK (half_life IN ('', 'soon', 'later', 'eventually', 'never')), 
	UNIQUE (uid), 
	FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE SET NULL
);

CREATE INDEX ix_note_item_id ON note (item_id);

CREATE INDEX note_asks ON note (created_at, id) WHERE dropped_at IS NULL AND substr(title, -1) = '?';

CREATE INDEX note_day ON note (substr(coalesce(at, created_at), 6, 5));

CREATE INDEX note_dropped ON note (dropped_at) WHERE dropped_at IS NOT NULL;

CREATE INDEX note_made ON note (created_at, id, reach, dropped_at);

CREATE INDEX note_seen ON note (coalesce(reviewed_at, updated_at), stage, half_life, dropped_at);

CREATE INDEX note_title ON note (title COLLATE NOCASE, dropped_at);

CREATE INDEX note_updated ON note (updated_at, id);

CREATE TABLE note_alias (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	note_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	folded VARCHAR NOT NULL, 
	UNIQUE (note_id, folded), 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE CASCADE
);

CREATE INDEX ix_note_alias_note_id ON note_alias (note_id);

CREATE INDEX note_alias_folded ON note_alias (folded);

CREATE TABLE note_file (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	note_id INTEGER NOT NULL, 
	root VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	front TEXT DEFAULT '' NOT NULL, 
	base TEXT DEFAULT '' NOT NULL, 
	at VARCHAR NOT NULL, 
	UNIQUE (root, path), 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE CASCADE
);

CREATE INDEX ix_note_file_note_id ON note_file (note_id);

CREATE TABLE operation (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at VARCHAR NOT NULL, 
	command VARCHAR NOT NULL, 
	summary VARCHAR NOT NULL, 
	final VARCHAR NOT NULL, 
	undone_by INTEGER, 
	undoes INTEGER
);

CREATE TABLE page (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	item_id INTEGER NOT NULL, 
	role VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	media_type VARCHAR NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	html TEXT DEFAULT '' NOT NULL, 
	body BLOB, 
	CONSTRAINT role_known CHECK (role IN ('feed', 'archive')), 
	UNIQUE (item_id, role), 
	FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
);

CREATE INDEX ix_page_item_id ON page (item_id);

CREATE TABLE promise (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	interaction_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	owed_by VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	due_at VARCHAR, 
	settled_at VARCHAR, 
	because TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT state_known CHECK (state IN ('open', 'kept', 'dropped')), 
	CONSTRAINT owed_by_known CHECK (owed_by IN ('me', 'them')), 
	FOREIGN KEY(interaction_id) REFERENCES interaction (id) ON DELETE CASCADE
);

CREATE INDEX ix_promise_interaction_id ON promise (interaction_id);

CREATE TABLE response (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	share_id INTEGER NOT NULL, 
	delivery_id INTEGER, 
	contact_id INTEGER, 
	channel_id INTEGER, 
	note_id INTEGER, 
	remote_id VARCHAR, 
	state VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	author TEXT DEFAULT '' NOT NULL, 
	at VARCHAR NOT NULL, 
	CONSTRAINT state_known CHECK (state IN ('inbox', 'kept', 'dropped')), 
	UNIQUE (channel_id, remote_id), 
	FOREIGN KEY(share_id) REFERENCES share (id) ON DELETE CASCADE, 
	FOREIGN KEY(delivery_id) REFERENCES delivery (id) ON DELETE SET NULL, 
	FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL, 
	FOREIGN KEY(channel_id) REFERENCES channel (id) ON DELETE SET NULL, 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE SET NULL
);

CREATE INDEX ix_response_channel_id ON response (channel_id);

CREATE INDEX ix_response_contact_id ON response (contact_id);

CREATE INDEX ix_response_delivery_id ON response (delivery_id);

CREATE INDEX ix_response_note_id ON response (note_id);

CREATE INDEX ix_response_share_id ON response (share_id);

CREATE TABLE rule (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	action VARCHAR NOT NULL, 
	pattern VARCHAR NOT NULL, 
	argument VARCHAR NOT NULL, 
	person_id INTEGER, 
	source_id INTEGER, 
	tag_id INTEGER, 
	contact_id INTEGER, 
	created_at VARCHAR NOT NULL, 
	CONSTRAINT action_known CHECK (action IN ('mute', 'keep', 'tag', 'up', 'down', 'assign')), 
	FOREIGN KEY(person_id) REFERENCES contact (id) ON DELETE CASCADE, 
	FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE CASCADE, 
	FOREIGN KEY(tag_id) REFERENCES tag (id) ON DELETE CASCADE, 
	FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);

CREATE INDEX ix_rule_contact_id ON rule (contact_id);

CREATE INDEX ix_rule_person_id ON rule (person_id);

CREATE INDEX ix_rule_source_id ON rule (source_id);

CREATE INDEX ix_rule_tag_id ON rule (tag_id);

CREATE TABLE saved_search (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	"query" VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	UNIQUE (name)
);

CREATE TABLE share (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uid VARCHAR NOT NULL, 
	type TEXT DEFAULT 'digest' NOT NULL, 
	title VARCHAR NOT NULL, 
	slug VARCHAR NOT NULL, 
	introduction TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	sent_at VARCHAR, 
	CONSTRAINT type_known CHECK (type IN ('digest', 'introduction')), 
	CONSTRAINT state_known CHECK (state IN ('draft', 'planned', 'sent', 'retracted')), 
	UNIQUE (uid)
);

CREATE TABLE share_contact (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	share_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	UNIQUE (share_id, contact_id), 
	FOREIGN KEY(share_id) REFERENCES share (id) ON DELETE CASCADE, 
	FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);

CREATE INDEX ix_share_contact_contact_id ON share_contact (contact_id);

CREATE INDEX ix_share_contact_share_id ON share_contact (share_id);

CREATE TABLE share_note (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	share_id INTEGER NOT NULL, 
	note_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	UNIQUE (share_id, note_id), 
	FOREIGN KEY(share_id) REFERENCES share (id) ON DELETE CASCADE, 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE CASCADE
);

CREATE INDEX ix_share_note_note_id ON share_note (note_id);

CREATE INDEX ix_share_note_share_id ON share_note (share_id);

CREATE TABLE signal (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	item_id INTEGER NOT NULL, 
	heat INTEGER DEFAULT '0' NOT NULL, 
	fit FLOAT DEFAULT '0' NOT NULL, 
	note_id INTEGER, 
	words TEXT DEFAULT '' NOT NULL, 
	answers_id INTEGER, 
	UNIQUE (item_id), 
	FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE, 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE SET NULL, 
	FOREIGN KEY(answers_id) REFERENCES note (id) ON DELETE SET NULL
);

CREATE INDEX ix_signal_answers_id ON signal (answers_id);

CREATE INDEX ix_signal_note_id ON signal (note_id);

CREATE TABLE source (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	url VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	site_url VARCHAR NOT NULL, 
	description VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	contact_id INTEGER, 
	every_s INTEGER, 
	created_at VARCHAR NOT NULL, 
	checked_at VARCHAR, 
	fetched_at VARCHAR, 
	changed_at VARCHAR, 
	next_at VARCHAR, 
	etag VARCHAR, 
	modified VARCHAR, 
	body_hash VARCHAR, 
	identity VARCHAR, 
	moved_to VARCHAR, 
	moved_since VARCHAR, 
	failures INTEGER NOT NULL, 
	error VARCHAR, 
	updates TEXT DEFAULT 'silent' NOT NULL, 
	backlog INTEGER DEFAULT '0' NOT NULL, 
	full_text INTEGER DEFAULT '0' NOT NULL, 
	challenges_id INTEGER, 
	mailbox_id INTEGER, 
	credential TEXT DEFAULT '' NOT NULL, 
	user_agent TEXT DEFAULT '' NOT NULL, 
	opml TEXT NOT NULL, 
	CONSTRAINT state_known CHECK (state IN ('active', 'paused', 'gone')), 
	CONSTRAINT updates_known CHECK (updates IN ('silent', 'resurface', 'ignore')), 
	UNIQUE (url), 
	FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL, 
	FOREIGN KEY(challenges_id) REFERENCES tag (id) ON DELETE SET NULL, 
	FOREIGN KEY(mailbox_id) REFERENCES source (id) ON DELETE SET NULL
);

CREATE INDEX ix_source_challenges_id ON source (challenges_id);

CREATE INDEX ix_source_contact_id ON source (contact_id);

CREATE INDEX ix_source_mailbox_id ON source (mailbox_id);

CREATE INDEX source_due ON source (state, next_at);

CREATE TABLE source_entries (
	source_id INTEGER NOT NULL, 
	hashes BLOB NOT NULL, 
	PRIMARY KEY (source_id), 
	FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE CASCADE
);

CREATE TABLE stage (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	share_id INTEGER NOT NULL, 
	circle_id INTEGER, 
	position INTEGER NOT NULL, 
	gate TEXT NOT NULL, 
	passed_at VARCHAR, 
	UNIQUE (share_id, position), 
	FOREIGN KEY(share_id) REFERENCES share (id) ON DELETE CASCADE, 
	FOREIGN KEY(circle_id) REFERENCES circle (id) ON DELETE CASCADE
);

CREATE INDEX ix_stage_circle_id ON stage (circle_id);

CREATE INDEX ix_stage_share_id ON stage (share_id);

CREATE TABLE standing (
	contact_id INTEGER NOT NULL, 
	counted TEXT DEFAULT '' NOT NULL, 
	tie VARCHAR, 
	every_s INTEGER, 
	last VARCHAR, 
	due VARCHAR, 
	PRIMARY KEY (contact_id), 
	FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);

CREATE INDEX standing_counted ON standing (counted);

CREATE INDEX standing_due ON standing (due, contact_id);

CREATE INDEX standing_over ON standing (every_s, due, contact_id);

CREATE TABLE tag (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	learning INTEGER DEFAULT '0' NOT NULL, 
	alias_of INTEGER, 
	created_at VARCHAR NOT NULL, 
	UNIQUE (name), 
	FOREIGN KEY(alias_of) REFERENCES tag (id) ON DELETE CASCADE
);

CREATE INDEX ix_tag_alias_of ON tag (alias_of);

CREATE TABLE tagging (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	tag_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	entity_id INTEGER NOT NULL, 
	origin VARCHAR NOT NULL, 
	UNIQUE (tag_id, kind, entity_id), 
	FOREIGN KEY(tag_id) REFERENCES tag (id) ON DELETE CASCADE
);

CREATE INDEX ix_tagging_tag_id ON tagging (tag_id);

CREATE INDEX tagging_entity ON tagging (kind, entity_id);

CREATE TABLE tally (
	what VARCHAR NOT NULL, 
	"key" INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	PRIMARY KEY (what, "key")
)
 WITHOUT ROWID;

CREATE TABLE trial (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	note_id INTEGER NOT NULL, 
	place VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	at VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	contact_id INTEGER, 
	response_id INTEGER, 
	CONSTRAINT outcome_known CHECK (outcome IN ('worked', 'mixed', 'failed')), 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE CASCADE, 
	FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL, 
	FOREIGN KEY(response_id) REFERENCES response (id) ON DELETE SET NULL
);

CREATE INDEX ix_trial_contact_id ON trial (contact_id);

CREATE INDEX ix_trial_note_id ON trial (note_id);

CREATE INDEX ix_trial_response_id ON trial (response_id);

CREATE TABLE version (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	item_id INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	url VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	html TEXT DEFAULT '' NOT NULL, 
	FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
);

CREATE INDEX ix_version_item_id ON version (item_id);

CREATE VIRTUAL TABLE annotation_fts USING fts5(exact, comment, content='annotation', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2');

CREATE TRIGGER fts_annotation_insert AFTER INSERT ON annotation BEGIN INSERT INTO annotation_fts(rowid, exact, comment) VALUES (NEW.id, NEW.exact, NEW.comment); END;

CREATE TRIGGER fts_annotation_delete AFTER DELETE ON annotation BEGIN INSERT INTO annotation_fts(annotation_fts, rowid, exact, comment) VALUES ('delete', OLD.id, OLD.exact, OLD.comment); END;

CREATE TRIGGER fts_annotation_update AFTER UPDATE OF exact, comment ON annotation BEGIN INSERT INTO annotation_fts(annotation_fts, rowid, exact, comment) VALUES ('delete', OLD.id, OLD.exact, OLD.comment); INSERT INTO annotation_fts(rowid, exact, comment) VALUES (NEW.id, NEW.exact, NEW.comment); END;

CREATE VIRTUAL TABLE contact_fts USING fts5(name, nick, org, about, content='contact', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2');

CREATE TRIGGER fts_contact_insert AFTER INSERT ON contact BEGIN INSERT INTO contact_fts(rowid, name, nick, org, about) VALUES (NEW.id, NEW.name, NEW.nick, NEW.org, NEW.about); END;

CREATE TRIGGER fts_contact_delete AFTER DELETE ON contact BEGIN INSERT INTO contact_fts(contact_fts, rowid, name, nick, org, about) VALUES ('delete', OLD.id, OLD.name, OLD.nick, OLD.org, OLD.about); END;

CREATE TRIGGER fts_contact_update AFTER UPDATE OF name, nick, org, about ON contact BEGIN INSERT INTO contact_fts(contact_fts, rowid, name, nick, org, about) VALUES ('delete', OLD.id, OLD.name, OLD.nick, OLD.org, OLD.about); INSERT INTO contact_fts(rowid, name, nick, org, about) VALUES (NEW.id, NEW.name, NEW.nick, NEW.org, NEW.about); END;

CREATE VIRTUAL TABLE handle_fts USING fts5(value, content='handle', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2');

CREATE TRIGGER fts_handle_insert AFTER INSERT ON handle BEGIN INSERT INTO handle_fts(rowid, value) VALUES (NEW.id, NEW.value); END;

CREATE TRIGGER fts_handle_delete AFTER DELETE ON handle BEGIN INSERT INTO handle_fts(handle_fts, rowid, value) VALUES ('delete', OLD.id, OLD.value); END;

CREATE TRIGGER fts_handle_update AFTER UPDATE OF value ON handle BEGIN INSERT INTO handle_fts(handle_fts, rowid, value) VALUES ('delete', OLD.id, OLD.value); INSERT INTO handle_fts(rowid, value) VALUES (NEW.id, NEW.value); END;

CREATE VIRTUAL TABLE item_fts USING fts5(title, author, text, content='item', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2');

CREATE TRIGGER fts_item_insert AFTER INSERT ON item BEGIN INSERT INTO item_fts(rowid, title, author, text) VALUES (NEW.id, NEW.title, NEW.author, NEW.text); END;

CREATE TRIGGER fts_item_delete AFTER DELETE ON item BEGIN INSERT INTO item_fts(item_fts, rowid, title, author, text) VALUES ('delete', OLD.id, OLD.title, OLD.author, OLD.text); END;

CREATE TRIGGER fts_item_update AFTER UPDATE OF title, author, text ON item BEGIN INSERT INTO item_fts(item_fts, rowid, title, author, text) VALUES ('delete', OLD.id, OLD.title, OLD.author, OLD.text); INSERT INTO item_fts(rowid, title, author, text) VALUES (NEW.id, NEW.title, NEW.author, NEW.text); END;

CREATE VIRTUAL TABLE note_fts USING fts5(title, text, content='note', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2', prefix='2');

CREATE TRIGGER fts_note_insert AFTER INSERT ON note BEGIN INSERT INTO note_fts(rowid, title, text) VALUES (NEW.id, NEW.title, NEW.text); END;

CREATE TRIGGER fts_note_delete AFTER DELETE ON note BEGIN INSERT INTO note_fts(note_fts, rowid, title, text) VALUES ('delete', OLD.id, OLD.title, OLD.text); END;

CREATE TRIGGER fts_note_update AFTER UPDATE OF title, text ON note BEGIN INSERT INTO note_fts(note_fts, rowid, title, text) VALUES ('delete', OLD.id, OLD.title, OLD.text); INSERT INTO note_fts(rowid, title, text) VALUES (NEW.id, NEW.title, NEW.text); END;

CREATE TRIGGER tally_item_insert AFTER INSERT ON item BEGIN
  INSERT INTO tally (what, key, number) SELECT 'item ' || NEW.state, 0, 1 WHERE NEW.story_id IS NULL ON CONFLICT (what, key) DO UPDATE SET number = number + 1;
  INSERT INTO tally (what, key, number) SELECT 'of source', coalesce(NEW.source_id, 0), 1 WHERE 1 ON CONFLICT (what, key) DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER tally_item_delete AFTER DELETE ON item BEGIN
  UPDATE tally SET number = number - 1 WHERE what = 'item ' || OLD.state AND key = 0 AND OLD.story_id IS NULL;
  DELETE FROM tally WHERE what = 'item ' || OLD.state AND key = 0 AND number = 0;
  UPDATE tally SET number = number - 1 WHERE what = 'of source' AND key = coalesce(OLD.source_id, 0) AND 1;
  DELETE FROM tally WHERE what = 'of source' AND key = coalesce(OLD.source_id, 0) AND number = 0;
END;

CREATE TRIGGER tally_item_state AFTER UPDATE OF state, story_id ON item BEGIN
  INSERT INTO tally (what, key, number) SELECT 'item ' || NEW.state, 0, 1 WHERE NEW.story_id IS NULL ON CONFLICT (what, key) DO UPDATE SET number = number + 1;
  UPDATE tally SET number = number - 1 WHERE what = 'item ' || OLD.state AND key = 0 AND OLD.story_id IS NULL;
  DELETE FROM tally WHERE what = 'item ' || OLD.state AND key = 0 AND number = 0;
END;

CREATE TRIGGER tally_item_source AFTER UPDATE OF source_id ON item BEGIN
  INSERT INTO tally (what, key, number) SELECT 'of source', coalesce(NEW.source_id, 0), 1 WHERE 1 ON CONFLICT (what, key) DO UPDATE SET number = number + 1;
  UPDATE tally SET number = number - 1 WHERE what = 'of source' AND key = coalesce(OLD.source_id, 0) AND 1;
  DELETE FROM tally WHERE what = 'of source' AND key = coalesce(OLD.source_id, 0) AND number = 0;
END;

CREATE TRIGGER tally_tagging_insert AFTER INSERT ON tagging BEGIN
  INSERT INTO tally (what, key, number) SELECT 'tagged ' || NEW.kind, NEW.tag_id, 1 WHERE 1 ON CONFLICT (what, key) DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER tally_tagging_delete AFTER DELETE ON tagging BEGIN
  UPDATE tally SET number = number - 1 WHERE what = 'tagged ' || OLD.kind AND key = OLD.tag_id AND 1;
  DELETE FROM tally WHERE what = 'tagged ' || OLD.kind AND key = OLD.tag_id AND number = 0;
END;

CREATE TRIGGER tally_tagging_tag AFTER UPDATE OF tag_id, kind ON tagging BEGIN
  INSERT INTO tally (what, key, number) SELECT 'tagged ' || NEW.kind, NEW.tag_id, 1 WHERE 1 ON CONFLICT (what, key) DO UPDATE SET number = number + 1;
  UPDATE tally SET number = number - 1 WHERE what = 'tagged ' || OLD.kind AND key = OLD.tag_id AND 1;
  DELETE FROM tally WHERE what = 'tagged ' || OLD.kind AND key = OLD.tag_id AND number = 0;
END;

CREATE TRIGGER cleanup_annotation AFTER DELETE ON annotation BEGIN
  DELETE FROM tagging WHERE kind = 'annotation' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'annotation' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'annotation' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'annotation' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_circle AFTER DELETE ON circle BEGIN
  DELETE FROM tagging WHERE kind = 'circle' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'circle' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'circle' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'circle' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_contact AFTER DELETE ON contact BEGIN
  DELETE FROM tagging WHERE kind = 'contact' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'contact' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'contact' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'contact' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_delivery AFTER DELETE ON delivery BEGIN
  DELETE FROM tagging WHERE kind = 'delivery' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'delivery' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'delivery' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'delivery' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_interaction AFTER DELETE ON interaction BEGIN
  DELETE FROM tagging WHERE kind = 'interaction' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'interaction' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'interaction' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'interaction' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_item AFTER DELETE ON item BEGIN
  DELETE FROM tagging WHERE kind = 'item' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'item' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'item' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'item' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_note AFTER DELETE ON note BEGIN
  DELETE FROM tagging WHERE kind = 'note' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'note' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'note' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'note' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_promise AFTER DELETE ON promise BEGIN
  DELETE FROM tagging WHERE kind = 'promise' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'promise' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'promise' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'promise' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_response AFTER DELETE ON response BEGIN
  DELETE FROM tagging WHERE kind = 'response' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'response' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'response' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'response' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_share AFTER DELETE ON share BEGIN
  DELETE FROM tagging WHERE kind = 'share' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'share' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'share' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'share' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_source AFTER DELETE ON source BEGIN
  DELETE FROM tagging WHERE kind = 'source' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'source' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'source' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'source' AND to_id = OLD.id;
END;

CREATE TRIGGER cleanup_trial AFTER DELETE ON trial BEGIN
  DELETE FROM tagging WHERE kind = 'trial' AND entity_id = OLD.id;
  DELETE FROM link WHERE from_kind = 'trial' AND from_id = OLD.id;
  UPDATE link SET to_id = NULL WHERE to_kind = 'trial' AND to_id = OLD.id AND origin = 'text';
  DELETE FROM link WHERE to_kind = 'trial' AND to_id = OLD.id;
END;

CREATE TRIGGER standing_of_new_contact AFTER INSERT ON contact BEGIN
  INSERT OR IGNORE INTO standing (contact_id, counted) VALUES (NEW.id, '');
END;

CREATE TRIGGER standing_of_contact AFTER UPDATE OF every_s, snoozed_until, created_at ON contact BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.id;
END;

CREATE TRIGGER standing_of_circle AFTER UPDATE OF kind, every_s ON circle BEGIN
  UPDATE standing SET counted = '' WHERE contact_id IN (SELECT contact_id FROM membership WHERE circle_id = NEW.id);
END;

CREATE TRIGGER standing_of_interaction AFTER UPDATE OF at ON interaction BEGIN
  UPDATE standing SET counted = '' WHERE contact_id IN (SELECT contact_id FROM interaction_contact WHERE interaction_id = NEW.id);
END;

CREATE TRIGGER standing_of_note AFTER UPDATE OF created_at, dropped_at ON note BEGIN
  UPDATE standing SET counted = '' WHERE contact_id IN (SELECT to_id FROM link WHERE from_kind = 'note' AND from_id = NEW.id AND to_kind = 'contact');
END;

CREATE TRIGGER standing_of_membership_insert_new AFTER INSERT ON membership BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.contact_id;
END;

CREATE TRIGGER standing_of_membership_update_old AFTER UPDATE ON membership BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = OLD.contact_id;
END;

CREATE TRIGGER standing_of_membership_update_new AFTER UPDATE ON membership BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.contact_id;
END;

CREATE TRIGGER standing_of_membership_delete_old AFTER DELETE ON membership BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = OLD.contact_id;
END;

CREATE TRIGGER standing_of_interaction_contact_insert_new AFTER INSERT ON interaction_contact BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.contact_id;
END;

CREATE TRIGGER standing_of_interaction_contact_update_old AFTER UPDATE ON interaction_contact BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = OLD.contact_id;
END;

CREATE TRIGGER standing_of_interaction_contact_update_new AFTER UPDATE ON interaction_contact BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.contact_id;
END;

CREATE TRIGGER standing_of_interaction_contact_delete_old AFTER DELETE ON interaction_contact BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = OLD.contact_id;
END;

CREATE TRIGGER standing_of_response_insert_new AFTER INSERT ON response BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.contact_id;
END;

CREATE TRIGGER standing_of_response_update_old AFTER UPDATE ON response BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = OLD.contact_id;
END;

CREATE TRIGGER standing_of_response_update_new AFTER UPDATE ON response BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.contact_id;
END;

CREATE TRIGGER standing_of_response_delete_old AFTER DELETE ON response BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = OLD.contact_id;
END;

CREATE TRIGGER standing_of_link_insert_new AFTER INSERT ON link
WHEN NEW.from_kind = 'note' AND NEW.to_kind = 'contact' BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.to_id;
END;

CREATE TRIGGER standing_of_link_update_old AFTER UPDATE ON link
WHEN OLD.from_kind = 'note' AND OLD.to_kind = 'contact' BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = OLD.to_id;
END;

CREATE TRIGGER standing_of_link_update_new AFTER UPDATE ON link
WHEN NEW.from_kind = 'note' AND NEW.to_kind = 'contact' BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.to_id;
END;

CREATE TRIGGER standing_of_link_delete_old AFTER DELETE ON link
WHEN OLD.from_kind = 'note' AND OLD.to_kind = 'contact' BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = OLD.to_id;
END;

CREATE TRIGGER standing_of_delivery_insert_new AFTER INSERT ON delivery
WHEN NEW.state = 'sent' BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.contact_id; UPDATE standing SET counted = '' WHERE contact_id IN (SELECT contact_id FROM membership WHERE circle_id = iif(NEW.contact_id IS NULL, NEW.circle_id, NULL));
END;

CREATE TRIGGER standing_of_delivery_update_old AFTER UPDATE ON delivery
WHEN OLD.state = 'sent' BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = OLD.contact_id; UPDATE standing SET counted = '' WHERE contact_id IN (SELECT contact_id FROM membership WHERE circle_id = iif(OLD.contact_id IS NULL, OLD.circle_id, NULL));
END;

CREATE TRIGGER standing_of_delivery_update_new AFTER UPDATE ON delivery
WHEN NEW.state = 'sent' BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = NEW.contact_id; UPDATE standing SET counted = '' WHERE contact_id IN (SELECT contact_id FROM membership WHERE circle_id = iif(NEW.contact_id IS NULL, NEW.circle_id, NULL));
END;

CREATE TRIGGER standing_of_delivery_delete_old AFTER DELETE ON delivery
WHEN OLD.state = 'sent' BEGIN
  UPDATE standing SET counted = '' WHERE contact_id = OLD.contact_id; UPDATE standing SET counted = '' WHERE contact_id IN (SELECT contact_id FROM membership WHERE circle_id = iif(OLD.contact_id IS NULL, OLD.circle_id, NULL));
END;

CREATE TRIGGER journal_annotation_insert AFTER INSERT ON annotation
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'annotation', NEW.id, NULL, json_object('id', NEW."id", 'item_id', NEW."item_id", 'note_id', NEW."note_id", 'exact', NEW."exact", 'prefix', NEW."prefix", 'suffix', NEW."suffix", 'position', NEW."position", 'comment', NEW."comment", 'state', NEW."state", 'created_at', NEW."created_at", 'updated_at', NEW."updated_at"));
END;

CREATE TRIGGER journal_annotation_update AFTER UPDATE ON annotation
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'annotation', NEW.id, json_object('id', OLD."id", 'item_id', OLD."item_id", 'note_id', OLD."note_id", 'exact', OLD."exact", 'prefix', OLD."prefix", 'suffix', OLD."suffix", 'position', OLD."position", 'comment', OLD."comment", 'state', OLD."state", 'created_at', OLD."created_at", 'updated_at', OLD."updated_at"), json_object('id', NEW."id", 'item_id', NEW."item_id", 'note_id', NEW."note_id", 'exact', NEW."exact", 'prefix', NEW."prefix", 'suffix', NEW."suffix", 'position', NEW."position", 'comment', NEW."comment", 'state', NEW."state", 'created_at', NEW."created_at", 'updated_at', NEW."updated_at"));
END;

CREATE TRIGGER journal_annotation_delete AFTER DELETE ON annotation
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'annotation', OLD.id, json_object('id', OLD."id", 'item_id', OLD."item_id", 'note_id', OLD."note_id", 'exact', OLD."exact", 'prefix', OLD."prefix", 'suffix', OLD."suffix", 'position', OLD."position", 'comment', OLD."comment", 'state', OLD."state", 'created_at', OLD."created_at", 'updated_at', OLD."updated_at"), NULL);
END;

CREATE TRIGGER journal_attachment_insert AFTER INSERT ON attachment
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'attachment', NEW.id, NULL, json_object('id', NEW."id", 'name', NEW."name", 'sha256', NEW."sha256", 'media_type', NEW."media_type", 'size_bytes', NEW."size_bytes", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_attachment_update AFTER UPDATE ON attachment
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'attachment', NEW.id, json_object('id', OLD."id", 'name', OLD."name", 'sha256', OLD."sha256", 'media_type', OLD."media_type", 'size_bytes', OLD."size_bytes", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'name', NEW."name", 'sha256', NEW."sha256", 'media_type', NEW."media_type", 'size_bytes', NEW."size_bytes", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_attachment_delete AFTER DELETE ON attachment
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'attachment', OLD.id, json_object('id', OLD."id", 'name', OLD."name", 'sha256', OLD."sha256", 'media_type', OLD."media_type", 'size_bytes', OLD."size_bytes", 'created_at', OLD."created_at"), NULL);
END;

CREATE TRIGGER journal_channel_insert AFTER INSERT ON channel
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'channel', NEW.id, NULL, json_object('id', NEW."id", 'name', NEW."name", 'kind', NEW."kind", 'address', NEW."address", 'options', NEW."options", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_channel_update AFTER UPDATE ON channel
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'channel', NEW.id, json_object('id', OLD."id", 'name', OLD."name", 'kind', OLD."kind", 'address', OLD."address", 'options', OLD."options", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'name', NEW."name", 'kind', NEW."kind", 'address', NEW."address", 'options', NEW."options", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_channel_delete AFTER DELETE ON channel
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'channel', OLD.id, json_object('id', OLD."id", 'name', OLD."name", 'kind', OLD."kind", 'address', OLD."address", 'options', OLD."options", 'created_at', OLD."created_at"), NULL);
END;

CREATE TRIGGER journal_circle_insert AFTER INSERT ON circle
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'circle', NEW.id, NULL, json_object('id', NEW."id", 'name', NEW."name", 'kind', NEW."kind", 'purpose', NEW."purpose", 'every_s', NEW."every_s", 'salutation', NEW."salutation", 'introduction', NEW."introduction", 'language', NEW."language", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_circle_update AFTER UPDATE ON circle
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'circle', NEW.id, json_object('id', OLD."id", 'name', OLD."name", 'kind', OLD."kind", 'purpose', OLD."purpose", 'every_s', OLD."every_s", 'salutation', OLD."salutation", 'introduction', OLD."introduction", 'language', OLD."language", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'name', NEW."name", 'kind', NEW."kind", 'purpose', NEW."purpose", 'every_s', NEW."every_s", 'salutation', NEW."salutation", 'introduction', NEW."introduction", 'language', NEW."language", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_circle_delete AFTER DELETE ON circle
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'circle', OLD.id, json_object('id', OLD."id", 'name', OLD."name", 'kind', OLD."kind", 'purpose', OLD."purpose", 'every_s', OLD."every_s", 'salutation', OLD."salutation", 'introduction', OLD."introduction", 'language', OLD."language", 'created_at', OLD."created_at"), NULL);
END;

CREATE TRIGGER journal_circle_channel_insert AFTER INSERT ON circle_channel
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'circle_channel', NEW.id, NULL, json_object('id', NEW."id", 'circle_id', NEW."circle_id", 'channel_id', NEW."channel_id"));
END;

CREATE TRIGGER journal_circle_channel_update AFTER UPDATE ON circle_channel
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'circle_channel', NEW.id, json_object('id', OLD."id", 'circle_id', OLD."circle_id", 'channel_id', OLD."channel_id"), json_object('id', NEW."id", 'circle_id', NEW."circle_id", 'channel_id', NEW."channel_id"));
END;

CREATE TRIGGER journal_circle_channel_delete AFTER DELETE ON circle_channel
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'circle_channel', OLD.id, json_object('id', OLD."id", 'circle_id', OLD."circle_id", 'channel_id', OLD."channel_id"), NULL);
END;

CREATE TRIGGER journal_circle_source_insert AFTER INSERT ON circle_source
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'circle_source', NEW.id, NULL, json_object('id', NEW."id", 'circle_id', NEW."circle_id", 'source_id', NEW."source_id"));
END;

CREATE TRIGGER journal_circle_source_update AFTER UPDATE ON circle_source
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'circle_source', NEW.id, json_object('id', OLD."id", 'circle_id', OLD."circle_id", 'source_id', OLD."source_id"), json_object('id', NEW."id", 'circle_id', NEW."circle_id", 'source_id', NEW."source_id"));
END;

CREATE TRIGGER journal_circle_source_delete AFTER DELETE ON circle_source
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'circle_source', OLD.id, json_object('id', OLD."id", 'circle_id', OLD."circle_id", 'source_id', OLD."source_id"), NULL);
END;

CREATE TRIGGER journal_citation_insert AFTER INSERT ON citation
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'citation', NEW.id, NULL, json_object('id', NEW."id", 'item_id', NEW."item_id", 'cited_id', NEW."cited_id", 'type', NEW."type"));
END;

CREATE TRIGGER journal_citation_update AFTER UPDATE ON citation
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'citation', NEW.id, json_object('id', OLD."id", 'item_id', OLD."item_id", 'cited_id', OLD."cited_id", 'type', OLD."type"), json_object('id', NEW."id", 'item_id', NEW."item_id", 'cited_id', NEW."cited_id", 'type', NEW."type"));
END;

CREATE TRIGGER journal_citation_delete AFTER DELETE ON citation
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'citation', OLD.id, json_object('id', OLD."id", 'item_id', OLD."item_id", 'cited_id', OLD."cited_id", 'type', OLD."type"), NULL);
END;

CREATE TRIGGER journal_contact_insert AFTER INSERT ON contact
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'contact', NEW.id, NULL, json_object('id', NEW."id", 'uid', NEW."uid", 'name', NEW."name", 'nick', NEW."nick", 'org', NEW."org", 'role', NEW."role", 'met', NEW."met", 'through_id', NEW."through_id", 'about', NEW."about", 'birthday', NEW."birthday", 'every_s', NEW."every_s", 'snoozed_until', NEW."snoozed_until", 'read_every_s', NEW."read_every_s", 'vcard', NEW."vcard", 'created_at', NEW."created_at", 'updated_at', NEW."updated_at"));
END;

CREATE TRIGGER journal_contact_update AFTER UPDATE ON contact
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'contact', NEW.id, json_object('id', OLD."id", 'uid', OLD."uid", 'name', OLD."name", 'nick', OLD."nick", 'org', OLD."org", 'role', OLD."role", 'met', OLD."met", 'through_id', OLD."through_id", 'about', OLD."about", 'birthday', OLD."birthday", 'every_s', OLD."every_s", 'snoozed_until', OLD."snoozed_until", 'read_every_s', OLD."read_every_s", 'vcard', OLD."vcard", 'created_at', OLD."created_at", 'updated_at', OLD."updated_at"), json_object('id', NEW."id", 'uid', NEW."uid", 'name', NEW."name", 'nick', NEW."nick", 'org', NEW."org", 'role', NEW."role", 'met', NEW."met", 'through_id', NEW."through_id", 'about', NEW."about", 'birthday', NEW."birthday", 'every_s', NEW."every_s", 'snoozed_until', NEW."snoozed_until", 'read_every_s', NEW."read_every_s", 'vcard', NEW."vcard", 'created_at', NEW."created_at", 'updated_at', NEW."updated_at"));
END;

CREATE TRIGGER journal_contact_delete AFTER DELETE ON contact
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'contact', OLD.id, json_object('id', OLD."id", 'uid', OLD."uid", 'name', OLD."name", 'nick', OLD."nick", 'org', OLD."org", 'role', OLD."role", 'met', OLD."met", 'through_id', OLD."through_id", 'about', OLD."about", 'birthday', OLD."birthday", 'every_s', OLD."every_s", 'snoozed_until', OLD."snoozed_until", 'read_every_s', OLD."read_every_s", 'vcard', OLD."vcard", 'created_at', OLD."created_at", 'updated_at', OLD."updated_at"), NULL);
END;

CREATE TRIGGER journal_delivery_insert AFTER INSERT ON delivery
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'delivery', NEW.id, NULL, json_object('id', NEW."id", 'key', NEW."key", 'share_id', NEW."share_id", 'stage_id', NEW."stage_id", 'circle_id', NEW."circle_id", 'channel_id', NEW."channel_id", 'contact_id', NEW."contact_id", 'recipient', NEW."recipient", 'part', NEW."part", 'revision', NEW."revision", 'state', NEW."state", 'not_before', NEW."not_before", 'attempts', NEW."attempts", 'sha256', NEW."sha256", 'media_type', NEW."media_type", 'file_name', NEW."file_name", 'remote_id', NEW."remote_id", 'remote_url', NEW."remote_url", 'error', NEW."error", 'frozen_at', NEW."frozen_at", 'sent_at', NEW."sent_at", 'payload', CASE WHEN NEW."payload" IS NULL THEN NULL ELSE hex(NEW."payload") END));
END;

CREATE TRIGGER journal_delivery_update AFTER UPDATE ON delivery
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'delivery', NEW.id, json_object('id', OLD."id", 'key', OLD."key", 'share_id', OLD."share_id", 'stage_id', OLD."stage_id", 'circle_id', OLD."circle_id", 'channel_id', OLD."channel_id", 'contact_id', OLD."contact_id", 'recipient', OLD."recipient", 'part', OLD."part", 'revision', OLD."revision", 'state', OLD."state", 'not_before', OLD."not_before", 'attempts', OLD."attempts", 'sha256', OLD."sha256", 'media_type', OLD."media_type", 'file_name', OLD."file_name", 'remote_id', OLD."remote_id", 'remote_url', OLD."remote_url", 'error', OLD."error", 'frozen_at', OLD."frozen_at", 'sent_at', OLD."sent_at", 'payload', CASE WHEN OLD."payload" IS NULL THEN NULL ELSE hex(OLD."payload") END), json_object('id', NEW."id", 'key', NEW."key", 'share_id', NEW."share_id", 'stage_id', NEW."stage_id", 'circle_id', NEW."circle_id", 'channel_id', NEW."channel_id", 'contact_id', NEW."contact_id", 'recipient', NEW."recipient", 'part', NEW."part", 'revision', NEW."revision", 'state', NEW."state", 'not_before', NEW."not_before", 'attempts', NEW."attempts", 'sha256', NEW."sha256", 'media_type', NEW."media_type", 'file_name', NEW."file_name", 'remote_id', NEW."remote_id", 'remote_url', NEW."remote_url", 'error', NEW."error", 'frozen_at', NEW."frozen_at", 'sent_at', NEW."sent_at", 'payload', CASE WHEN NEW."payload" IS NULL THEN NULL ELSE hex(NEW."payload") END));
END;

CREATE TRIGGER journal_delivery_delete AFTER DELETE ON delivery
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'delivery', OLD.id, json_object('id', OLD."id", 'key', OLD."key", 'share_id', OLD."share_id", 'stage_id', OLD."stage_id", 'circle_id', OLD."circle_id", 'channel_id', OLD."channel_id", 'contact_id', OLD."contact_id", 'recipient', OLD."recipient", 'part', OLD."part", 'revision', OLD."revision", 'state', OLD."state", 'not_before', OLD."not_before", 'attempts', OLD."attempts", 'sha256', OLD."sha256", 'media_type', OLD."media_type", 'file_name', OLD."file_name", 'remote_id', OLD."remote_id", 'remote_url', OLD."remote_url", 'error', OLD."error", 'frozen_at', OLD."frozen_at", 'sent_at', OLD."sent_at", 'payload', CASE WHEN OLD."payload" IS NULL THEN NULL ELSE hex(OLD."payload") END), NULL);
END;

CREATE TRIGGER journal_dismissal_insert AFTER INSERT ON dismissal
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'dismissal', NEW.id, NULL, json_object('id', NEW."id", 'kind', NEW."kind", 'key', NEW."key", 'title', NEW."title", 'at', NEW."at"));
END;

CREATE TRIGGER journal_dismissal_update AFTER UPDATE ON dismissal
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'dismissal', NEW.id, json_object('id', OLD."id", 'kind', OLD."kind", 'key', OLD."key", 'title', OLD."title", 'at', OLD."at"), json_object('id', NEW."id", 'kind', NEW."kind", 'key', NEW."key", 'title', NEW."title", 'at', NEW."at"));
END;

CREATE TRIGGER journal_dismissal_delete AFTER DELETE ON dismissal
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'dismissal', OLD.id, json_object('id', OLD."id", 'kind', OLD."kind", 'key', OLD."key", 'title', OLD."title", 'at', OLD."at"), NULL);
END;

CREATE TRIGGER journal_enclosure_insert AFTER INSERT ON enclosure
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'enclosure', NEW.id, NULL, json_object('id', NEW."id", 'item_id', NEW."item_id", 'position', NEW."position", 'url', NEW."url", 'type', NEW."type", 'size_bytes', NEW."size_bytes", 'duration_s', NEW."duration_s", 'rel', NEW."rel"));
END;

CREATE TRIGGER journal_enclosure_update AFTER UPDATE ON enclosure
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'enclosure', NEW.id, json_object('id', OLD."id", 'item_id', OLD."item_id", 'position', OLD."position", 'url', OLD."url", 'type', OLD."type", 'size_bytes', OLD."size_bytes", 'duration_s', OLD."duration_s", 'rel', OLD."rel"), json_object('id', NEW."id", 'item_id', NEW."item_id", 'position', NEW."position", 'url', NEW."url", 'type', NEW."type", 'size_bytes', NEW."size_bytes", 'duration_s', NEW."duration_s", 'rel', NEW."rel"));
END;

CREATE TRIGGER journal_enclosure_delete AFTER DELETE ON enclosure
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'enclosure', OLD.id, json_object('id', OLD."id", 'item_id', OLD."item_id", 'position', OLD."position", 'url', OLD."url", 'type', OLD."type", 'size_bytes', OLD."size_bytes", 'duration_s', OLD."duration_s", 'rel', OLD."rel"), NULL);
END;

CREATE TRIGGER journal_entry_insert AFTER INSERT ON entry
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'entry', NEW.id, NULL, json_object('id', NEW."id", 'source_id', NEW."source_id", 'item_id', NEW."item_id", 'key', NEW."key", 'hash', NEW."hash", 'seen_at', NEW."seen_at"));
END;

CREATE TRIGGER journal_entry_update AFTER UPDATE ON entry
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'entry', NEW.id, json_object('id', OLD."id", 'source_id', OLD."source_id", 'item_id', OLD."item_id", 'key', OLD."key", 'hash', OLD."hash", 'seen_at', OLD."seen_at"), json_object('id', NEW."id", 'source_id', NEW."source_id", 'item_id', NEW."item_id", 'key', NEW."key", 'hash', NEW."hash", 'seen_at', NEW."seen_at"));
END;

CREATE TRIGGER journal_entry_delete AFTER DELETE ON entry
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'entry', OLD.id, json_object('id', OLD."id", 'source_id', OLD."source_id", 'item_id', OLD."item_id", 'key', OLD."key", 'hash', OLD."hash", 'seen_at', OLD."seen_at"), NULL);
END;

CREATE TRIGGER journal_growth_insert AFTER INSERT ON growth
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'growth', NEW.id, NULL, json_object('id', NEW."id", 'note_id', NEW."note_id", 'stage_from', NEW."stage_from", 'stage_to', NEW."stage_to", 'because', NEW."because", 'at', NEW."at"));
END;

CREATE TRIGGER journal_growth_update AFTER UPDATE ON growth
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'growth', NEW.id, json_object('id', OLD."id", 'note_id', OLD."note_id", 'stage_from', OLD."stage_from", 'stage_to', OLD."stage_to", 'because', OLD."because", 'at', OLD."at"), json_object('id', NEW."id", 'note_id', NEW."note_id", 'stage_from', NEW."stage_from", 'stage_to', NEW."stage_to", 'because', NEW."because", 'at', NEW."at"));
END;

CREATE TRIGGER journal_growth_delete AFTER DELETE ON growth
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'growth', OLD.id, json_object('id', OLD."id", 'note_id', OLD."note_id", 'stage_from', OLD."stage_from", 'stage_to', OLD."stage_to", 'because', OLD."because", 'at', OLD."at"), NULL);
END;

CREATE TRIGGER journal_handle_insert AFTER INSERT ON handle
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'handle', NEW.id, NULL, json_object('id', NEW."id", 'contact_id', NEW."contact_id", 'kind', NEW."kind", 'value', NEW."value", 'folded', NEW."folded", 'label', NEW."label", 'position', NEW."position"));
END;

CREATE TRIGGER journal_handle_update AFTER UPDATE ON handle
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'handle', NEW.id, json_object('id', OLD."id", 'contact_id', OLD."contact_id", 'kind', OLD."kind", 'value', OLD."value", 'folded', OLD."folded", 'label', OLD."label", 'position', OLD."position"), json_object('id', NEW."id", 'contact_id', NEW."contact_id", 'kind', NEW."kind", 'value', NEW."value", 'folded', NEW."folded", 'label', NEW."label", 'position', NEW."position"));
END;

CREATE TRIGGER journal_handle_delete AFTER DELETE ON handle
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'handle', OLD.id, json_object('id', OLD."id", 'contact_id', OLD."contact_id", 'kind', OLD."kind", 'value', OLD."value", 'folded', OLD."folded", 'label', OLD."label", 'position', OLD."position"), NULL);
END;

CREATE TRIGGER journal_interaction_insert AFTER INSERT ON interaction
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'interaction', NEW.id, NULL, json_object('id', NEW."id", 'at', NEW."at", 'text', NEW."text", 'created_at', NEW."created_at", 'share_id', NEW."share_id"));
END;

CREATE TRIGGER journal_interaction_update AFTER UPDATE ON interaction
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'interaction', NEW.id, json_object('id', OLD."id", 'at', OLD."at", 'text', OLD."text", 'created_at', OLD."created_at", 'share_id', OLD."share_id"), json_object('id', NEW."id", 'at', NEW."at", 'text', NEW."text", 'created_at', NEW."created_at", 'share_id', NEW."share_id"));
END;

CREATE TRIGGER journal_interaction_delete AFTER DELETE ON interaction
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'interaction', OLD.id, json_object('id', OLD."id", 'at', OLD."at", 'text', OLD."text", 'created_at', OLD."created_at", 'share_id', OLD."share_id"), NULL);
END;

CREATE TRIGGER journal_interaction_contact_insert AFTER INSERT ON interaction_contact
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'interaction_contact', NEW.id, NULL, json_object('id', NEW."id", 'interaction_id', NEW."interaction_id", 'contact_id', NEW."contact_id"));
END;

CREATE TRIGGER journal_interaction_contact_update AFTER UPDATE ON interaction_contact
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'interaction_contact', NEW.id, json_object('id', OLD."id", 'interaction_id', OLD."interaction_id", 'contact_id', OLD."contact_id"), json_object('id', NEW."id", 'interaction_id', NEW."interaction_id", 'contact_id', NEW."contact_id"));
END;

CREATE TRIGGER journal_interaction_contact_delete AFTER DELETE ON interaction_contact
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'interaction_contact', OLD.id, json_object('id', OLD."id", 'interaction_id', OLD."interaction_id", 'contact_id', OLD."contact_id"), NULL);
END;

CREATE TRIGGER journal_item_insert AFTER INSERT ON item
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'item', NEW.id, NULL, json_object('id', NEW."id", 'source_id', NEW."source_id", 'state', NEW."state", 'title', NEW."title", 'url', NEW."url", 'canonical_url', NEW."canonical_url", 'author', NEW."author", 'published_at', NEW."published_at", 'received_at', NEW."received_at", 'changed_at', NEW."changed_at", 'decided_at', NEW."decided_at", 'hash', NEW."hash", 'via', NEW."via", 'rule_id', NEW."rule_id", 'rank', NEW."rank", 'story_id', NEW."story_id", 'categories', NEW."categories", 'authors', NEW."authors", 'summary', NEW."summary", 'text', NEW."text", 'html', NEW."html"));
END;

CREATE TRIGGER journal_item_update AFTER UPDATE ON item
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'item', NEW.id, json_object('id', OLD."id", 'source_id', OLD."source_id", 'state', OLD."state", 'title', OLD."title", 'url', OLD."url", 'canonical_url', OLD."canonical_url", 'author', OLD."author", 'published_at', OLD."published_at", 'received_at', OLD."received_at", 'changed_at', OLD."changed_at", 'decided_at', OLD."decided_at", 'hash', OLD."hash", 'via', OLD."via", 'rule_id', OLD."rule_id", 'rank', OLD."rank", 'story_id', OLD."story_id", 'categories', OLD."categories", 'authors', OLD."authors", 'summary', OLD."summary", 'text', OLD."text", 'html', OLD."html"), json_object('id', NEW."id", 'source_id', NEW."source_id", 'state', NEW."state", 'title', NEW."title", 'url', NEW."url", 'canonical_url', NEW."canonical_url", 'author', NEW."author", 'published_at', NEW."published_at", 'received_at', NEW."received_at", 'changed_at', NEW."changed_at", 'decided_at', NEW."decided_at", 'hash', NEW."hash", 'via', NEW."via", 'rule_id', NEW."rule_id", 'rank', NEW."rank", 'story_id', NEW."story_id", 'categories', NEW."categories", 'authors', NEW."authors", 'summary', NEW."summary", 'text', NEW."text", 'html', NEW."html"));
END;

CREATE TRIGGER journal_item_delete AFTER DELETE ON item
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'item', OLD.id, json_object('id', OLD."id", 'source_id', OLD."source_id", 'state', OLD."state", 'title', OLD."title", 'url', OLD."url", 'canonical_url', OLD."canonical_url", 'author', OLD."author", 'published_at', OLD."published_at", 'received_at', OLD."received_at", 'changed_at', OLD."changed_at", 'decided_at', OLD."decided_at", 'hash', OLD."hash", 'via', OLD."via", 'rule_id', OLD."rule_id", 'rank', OLD."rank", 'story_id', OLD."story_id", 'categories', OLD."categories", 'authors', OLD."authors", 'summary', OLD."summary", 'text', OLD."text", 'html', OLD."html"), NULL);
END;

CREATE TRIGGER journal_link_insert AFTER INSERT ON link
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'link', NEW.id, NULL, json_object('id', NEW."id", 'from_kind', NEW."from_kind", 'from_id', NEW."from_id", 'to_kind', NEW."to_kind", 'to_id', NEW."to_id", 'type', NEW."type", 'written', NEW."written", 'sentence', NEW."sentence", 'origin', NEW."origin", 'created_at', NEW."created_at", 'resolved_at', NEW."resolved_at", 'because', NEW."because"));
END;

CREATE TRIGGER journal_link_update AFTER UPDATE ON link
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'link', NEW.id, json_object('id', OLD."id", 'from_kind', OLD."from_kind", 'from_id', OLD."from_id", 'to_kind', OLD."to_kind", 'to_id', OLD."to_id", 'type', OLD."type", 'written', OLD."written", 'sentence', OLD."sentence", 'origin', OLD."origin", 'created_at', OLD."created_at", 'resolved_at', OLD."resolved_at", 'because', OLD."because"), json_object('id', NEW."id", 'from_kind', NEW."from_kind", 'from_id', NEW."from_id", 'to_kind', NEW."to_kind", 'to_id', NEW."to_id", 'type', NEW."type", 'written', NEW."written", 'sentence', NEW."sentence", 'origin', NEW."origin", 'created_at', NEW."created_at", 'resolved_at', NEW."resolved_at", 'because', NEW."because"));
END;

CREATE TRIGGER journal_link_delete AFTER DELETE ON link
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'link', OLD.id, json_object('id', OLD."id", 'from_kind', OLD."from_kind", 'from_id', OLD."from_id", 'to_kind', OLD."to_kind", 'to_id', OLD."to_id", 'type', OLD."type", 'written', OLD."written", 'sentence', OLD."sentence", 'origin', OLD."origin", 'created_at', OLD."created_at", 'resolved_at', OLD."resolved_at", 'because', OLD."because"), NULL);
END;

CREATE TRIGGER journal_membership_insert AFTER INSERT ON membership
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'membership', NEW.id, NULL, json_object('id', NEW."id", 'circle_id', NEW."circle_id", 'contact_id', NEW."contact_id", 'joined_at', NEW."joined_at", 'because', NEW."because", 'left_at', NEW."left_at", 'left_because', NEW."left_because"));
END;

CREATE TRIGGER journal_membership_update AFTER UPDATE ON membership
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'membership', NEW.id, json_object('id', OLD."id", 'circle_id', OLD."circle_id", 'contact_id', OLD."contact_id", 'joined_at', OLD."joined_at", 'because', OLD."because", 'left_at', OLD."left_at", 'left_because', OLD."left_because"), json_object('id', NEW."id", 'circle_id', NEW."circle_id", 'contact_id', NEW."contact_id", 'joined_at', NEW."joined_at", 'because', NEW."because", 'left_at', NEW."left_at", 'left_because', NEW."left_because"));
END;

CREATE TRIGGER journal_membership_delete AFTER DELETE ON membership
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'membership', OLD.id, json_object('id', OLD."id", 'circle_id', OLD."circle_id", 'contact_id', OLD."contact_id", 'joined_at', OLD."joined_at", 'because', OLD."because", 'left_at', OLD."left_at", 'left_because', OLD."left_because"), NULL);
END;

CREATE TRIGGER journal_merger_insert AFTER INSERT ON merger
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'merger', NEW.id, NULL, json_object('id', NEW."id", 'kind', NEW."kind", 'gone_id', NEW."gone_id", 'into_id', NEW."into_id", 'at', NEW."at"));
END;

CREATE TRIGGER journal_merger_update AFTER UPDATE ON merger
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'merger', NEW.id, json_object('id', OLD."id", 'kind', OLD."kind", 'gone_id', OLD."gone_id", 'into_id', OLD."into_id", 'at', OLD."at"), json_object('id', NEW."id", 'kind', NEW."kind", 'gone_id', NEW."gone_id", 'into_id', NEW."into_id", 'at', NEW."at"));
END;

CREATE TRIGGER journal_merger_delete AFTER DELETE ON merger
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'merger', OLD.id, json_object('id', OLD."id", 'kind', OLD."kind", 'gone_id', OLD."gone_id", 'into_id', OLD."into_id", 'at', OLD."at"), NULL);
END;

CREATE TRIGGER journal_note_insert AFTER INSERT ON note
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'note', NEW.id, NULL, json_object('id', NEW."id", 'uid', NEW."uid", 'title', NEW."title", 'text', NEW."text", 'stage', NEW."stage", 'reach', NEW."reach", 'item_id', NEW."item_id", 'at', NEW."at", 'created_at', NEW."created_at", 'updated_at', NEW."updated_at", 'reviewed_at', NEW."reviewed_at", 'half_life', NEW."half_life", 'dropped_at', NEW."dropped_at"));
END;

CREATE TRIGGER journal_note_update AFTER UPDATE ON note
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'note', NEW.id, json_object('id', OLD."id", 'uid', OLD."uid", 'title', OLD."title", 'text', OLD."text", 'stage', OLD."stage", 'reach', OLD."reach", 'item_id', OLD."item_id", 'at', OLD."at", 'created_at', OLD."created_at", 'updated_at', OLD."updated_at", 'reviewed_at', OLD."reviewed_at", 'half_life', OLD."half_life", 'dropped_at', OLD."dropped_at"), json_object('id', NEW."id", 'uid', NEW."uid", 'title', NEW."title", 'text', NEW."text", 'stage', NEW."stage", 'reach', NEW."reach", 'item_id', NEW."item_id", 'at', NEW."at", 'created_at', NEW."created_at", 'updated_at', NEW."updated_at", 'reviewed_at', NEW."reviewed_at", 'half_life', NEW."half_life", 'dropped_at', NEW."dropped_at"));
END;

CREATE TRIGGER journal_note_delete AFTER DELETE ON note
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'note', OLD.id, json_object('id', OLD."id", 'uid', OLD."uid", 'title', OLD."title", 'text', OLD."text", 'stage', OLD."stage", 'reach', OLD."reach", 'item_id', OLD."item_id", 'at', OLD."at", 'created_at', OLD."created_at", 'updated_at', OLD."updated_at", 'reviewed_at', OLD."reviewed_at", 'half_life', OLD."half_life", 'dropped_at', OLD."dropped_at"), NULL);
END;

CREATE TRIGGER journal_note_alias_insert AFTER INSERT ON note_alias
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'note_alias', NEW.id, NULL, json_object('id', NEW."id", 'note_id', NEW."note_id", 'name', NEW."name", 'folded', NEW."folded"));
END;

CREATE TRIGGER journal_note_alias_update AFTER UPDATE ON note_alias
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'note_alias', NEW.id, json_object('id', OLD."id", 'note_id', OLD."note_id", 'name', OLD."name", 'folded', OLD."folded"), json_object('id', NEW."id", 'note_id', NEW."note_id", 'name', NEW."name", 'folded', NEW."folded"));
END;

CREATE TRIGGER journal_note_alias_delete AFTER DELETE ON note_alias
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'note_alias', OLD.id, json_object('id', OLD."id", 'note_id', OLD."note_id", 'name', OLD."name", 'folded', OLD."folded"), NULL);
END;

CREATE TRIGGER journal_note_file_insert AFTER INSERT ON note_file
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'note_file', NEW.id, NULL, json_object('id', NEW."id", 'note_id', NEW."note_id", 'root', NEW."root", 'path', NEW."path", 'hash', NEW."hash", 'front', NEW."front", 'base', NEW."base", 'at', NEW."at"));
END;

CREATE TRIGGER journal_note_file_update AFTER UPDATE ON note_file
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'note_file', NEW.id, json_object('id', OLD."id", 'note_id', OLD."note_id", 'root', OLD."root", 'path', OLD."path", 'hash', OLD."hash", 'front', OLD."front", 'base', OLD."base", 'at', OLD."at"), json_object('id', NEW."id", 'note_id', NEW."note_id", 'root', NEW."root", 'path', NEW."path", 'hash', NEW."hash", 'front', NEW."front", 'base', NEW."base", 'at', NEW."at"));
END;

CREATE TRIGGER journal_note_file_delete AFTER DELETE ON note_file
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'note_file', OLD.id, json_object('id', OLD."id", 'note_id', OLD."note_id", 'root', OLD."root", 'path', OLD."path", 'hash', OLD."hash", 'front', OLD."front", 'base', OLD."base", 'at', OLD."at"), NULL);
END;

CREATE TRIGGER journal_page_insert AFTER INSERT ON page
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'page', NEW.id, NULL, json_object('id', NEW."id", 'item_id', NEW."item_id", 'role', NEW."role", 'at', NEW."at", 'media_type', NEW."media_type", 'text', NEW."text", 'html', NEW."html", 'body', CASE WHEN NEW."body" IS NULL THEN NULL ELSE hex(NEW."body") END));
END;

CREATE TRIGGER journal_page_update AFTER UPDATE ON page
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'page', NEW.id, json_object('id', OLD."id", 'item_id', OLD."item_id", 'role', OLD."role", 'at', OLD."at", 'media_type', OLD."media_type", 'text', OLD."text", 'html', OLD."html", 'body', CASE WHEN OLD."body" IS NULL THEN NULL ELSE hex(OLD."body") END), json_object('id', NEW."id", 'item_id', NEW."item_id", 'role', NEW."role", 'at', NEW."at", 'media_type', NEW."media_type", 'text', NEW."text", 'html', NEW."html", 'body', CASE WHEN NEW."body" IS NULL THEN NULL ELSE hex(NEW."body") END));
END;

CREATE TRIGGER journal_page_delete AFTER DELETE ON page
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'page', OLD.id, json_object('id', OLD."id", 'item_id', OLD."item_id", 'role', OLD."role", 'at', OLD."at", 'media_type', OLD."media_type", 'text', OLD."text", 'html', OLD."html", 'body', CASE WHEN OLD."body" IS NULL THEN NULL ELSE hex(OLD."body") END), NULL);
END;

CREATE TRIGGER journal_promise_insert AFTER INSERT ON promise
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'promise', NEW.id, NULL, json_object('id', NEW."id", 'interaction_id', NEW."interaction_id", 'text', NEW."text", 'owed_by', NEW."owed_by", 'state', NEW."state", 'due_at', NEW."due_at", 'settled_at', NEW."settled_at", 'because', NEW."because"));
END;

CREATE TRIGGER journal_promise_update AFTER UPDATE ON promise
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'promise', NEW.id, json_object('id', OLD."id", 'interaction_id', OLD."interaction_id", 'text', OLD."text", 'owed_by', OLD."owed_by", 'state', OLD."state", 'due_at', OLD."due_at", 'settled_at', OLD."settled_at", 'because', OLD."because"), json_object('id', NEW."id", 'interaction_id', NEW."interaction_id", 'text', NEW."text", 'owed_by', NEW."owed_by", 'state', NEW."state", 'due_at', NEW."due_at", 'settled_at', NEW."settled_at", 'because', NEW."because"));
END;

CREATE TRIGGER journal_promise_delete AFTER DELETE ON promise
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'promise', OLD.id, json_object('id', OLD."id", 'interaction_id', OLD."interaction_id", 'text', OLD."text", 'owed_by', OLD."owed_by", 'state', OLD."state", 'due_at', OLD."due_at", 'settled_at', OLD."settled_at", 'because', OLD."because"), NULL);
END;

CREATE TRIGGER journal_response_insert AFTER INSERT ON response
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'response', NEW.id, NULL, json_object('id', NEW."id", 'share_id', NEW."share_id", 'delivery_id', NEW."delivery_id", 'contact_id', NEW."contact_id", 'channel_id', NEW."channel_id", 'note_id', NEW."note_id", 'remote_id', NEW."remote_id", 'state', NEW."state", 'text', NEW."text", 'author', NEW."author", 'at', NEW."at"));
END;

CREATE TRIGGER journal_response_update AFTER UPDATE ON response
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'response', NEW.id, json_object('id', OLD."id", 'share_id', OLD."share_id", 'delivery_id', OLD."delivery_id", 'contact_id', OLD."contact_id", 'channel_id', OLD."channel_id", 'note_id', OLD."note_id", 'remote_id', OLD."remote_id", 'state', OLD."state", 'text', OLD."text", 'author', OLD."author", 'at', OLD."at"), json_object('id', NEW."id", 'share_id', NEW."share_id", 'delivery_id', NEW."delivery_id", 'contact_id', NEW."contact_id", 'channel_id', NEW."channel_id", 'note_id', NEW."note_id", 'remote_id', NEW."remote_id", 'state', NEW."state", 'text', NEW."text", 'author', NEW."author", 'at', NEW."at"));
END;

CREATE TRIGGER journal_response_delete AFTER DELETE ON response
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'response', OLD.id, json_object('id', OLD."id", 'share_id', OLD."share_id", 'delivery_id', OLD."delivery_id", 'contact_id', OLD."contact_id", 'channel_id', OLD."channel_id", 'note_id', OLD."note_id", 'remote_id', OLD."remote_id", 'state', OLD."state", 'text', OLD."text", 'author', OLD."author", 'at', OLD."at"), NULL);
END;

CREATE TRIGGER journal_rule_insert AFTER INSERT ON rule
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'rule', NEW.id, NULL, json_object('id', NEW."id", 'action', NEW."action", 'pattern', NEW."pattern", 'argument', NEW."argument", 'person_id', NEW."person_id", 'source_id', NEW."source_id", 'tag_id', NEW."tag_id", 'contact_id', NEW."contact_id", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_rule_update AFTER UPDATE ON rule
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'rule', NEW.id, json_object('id', OLD."id", 'action', OLD."action", 'pattern', OLD."pattern", 'argument', OLD."argument", 'person_id', OLD."person_id", 'source_id', OLD."source_id", 'tag_id', OLD."tag_id", 'contact_id', OLD."contact_id", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'action', NEW."action", 'pattern', NEW."pattern", 'argument', NEW."argument", 'person_id', NEW."person_id", 'source_id', NEW."source_id", 'tag_id', NEW."tag_id", 'contact_id', NEW."contact_id", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_rule_delete AFTER DELETE ON rule
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'rule', OLD.id, json_object('id', OLD."id", 'action', OLD."action", 'pattern', OLD."pattern", 'argument', OLD."argument", 'person_id', OLD."person_id", 'source_id', OLD."source_id", 'tag_id', OLD."tag_id", 'contact_id', OLD."contact_id", 'created_at', OLD."created_at"), NULL);
END;

CREATE TRIGGER journal_saved_search_insert AFTER INSERT ON saved_search
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'saved_search', NEW.id, NULL, json_object('id', NEW."id", 'name', NEW."name", 'query', NEW."query", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_saved_search_update AFTER UPDATE ON saved_search
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'saved_search', NEW.id, json_object('id', OLD."id", 'name', OLD."name", 'query', OLD."query", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'name', NEW."name", 'query', NEW."query", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_saved_search_delete AFTER DELETE ON saved_search
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'saved_search', OLD.id, json_object('id', OLD."id", 'name', OLD."name", 'query', OLD."query", 'created_at', OLD."created_at"), NULL);
END;

CREATE TRIGGER journal_share_insert AFTER INSERT ON share
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'share', NEW.id, NULL, json_object('id', NEW."id", 'uid', NEW."uid", 'type', NEW."type", 'title', NEW."title", 'slug', NEW."slug", 'introduction', NEW."introduction", 'state', NEW."state", 'created_at', NEW."created_at", 'sent_at', NEW."sent_at"));
END;

CREATE TRIGGER journal_share_update AFTER UPDATE ON share
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'share', NEW.id, json_object('id', OLD."id", 'uid', OLD."uid", 'type', OLD."type", 'title', OLD."title", 'slug', OLD."slug", 'introduction', OLD."introduction", 'state', OLD."state", 'created_at', OLD."created_at", 'sent_at', OLD."sent_at"), json_object('id', NEW."id", 'uid', NEW."uid", 'type', NEW."type", 'title', NEW."title", 'slug', NEW."slug", 'introduction', NEW."introduction", 'state', NEW."state", 'created_at', NEW."created_at", 'sent_at', NEW."sent_at"));
END;

CREATE TRIGGER journal_share_delete AFTER DELETE ON share
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'share', OLD.id, json_object('id', OLD."id", 'uid', OLD."uid", 'type', OLD."type", 'title', OLD."title", 'slug', OLD."slug", 'introduction', OLD."introduction", 'state', OLD."state", 'created_at', OLD."created_at", 'sent_at', OLD."sent_at"), NULL);
END;

CREATE TRIGGER journal_share_contact_insert AFTER INSERT ON share_contact
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'share_contact', NEW.id, NULL, json_object('id', NEW."id", 'share_id', NEW."share_id", 'contact_id', NEW."contact_id", 'position', NEW."position"));
END;

CREATE TRIGGER journal_share_contact_update AFTER UPDATE ON share_contact
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'share_contact', NEW.id, json_object('id', OLD."id", 'share_id', OLD."share_id", 'contact_id', OLD."contact_id", 'position', OLD."position"), json_object('id', NEW."id", 'share_id', NEW."share_id", 'contact_id', NEW."contact_id", 'position', NEW."position"));
END;

CREATE TRIGGER journal_share_contact_delete AFTER DELETE ON share_contact
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'share_contact', OLD.id, json_object('id', OLD."id", 'share_id', OLD."share_id", 'contact_id', OLD."contact_id", 'position', OLD."position"), NULL);
END;

CREATE TRIGGER journal_share_note_insert AFTER INSERT ON share_note
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'share_note', NEW.id, NULL, json_object('id', NEW."id", 'share_id', NEW."share_id", 'note_id', NEW."note_id", 'position', NEW."position"));
END;

CREATE TRIGGER journal_share_note_update AFTER UPDATE ON share_note
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'share_note', NEW.id, json_object('id', OLD."id", 'share_id', OLD."share_id", 'note_id', OLD."note_id", 'position', OLD."position"), json_object('id', NEW."id", 'share_id', NEW."share_id", 'note_id', NEW."note_id", 'position', NEW."position"));
END;

CREATE TRIGGER journal_share_note_delete AFTER DELETE ON share_note
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'share_note', OLD.id, json_object('id', OLD."id", 'share_id', OLD."share_id", 'note_id', OLD."note_id", 'position', OLD."position"), NULL);
END;

CREATE TRIGGER journal_source_insert AFTER INSERT ON source
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'source', NEW.id, NULL, json_object('id', NEW."id", 'url', NEW."url", 'title', NEW."title", 'site_url', NEW."site_url", 'description', NEW."description", 'state', NEW."state", 'contact_id', NEW."contact_id", 'every_s', NEW."every_s", 'created_at', NEW."created_at", 'checked_at', NEW."checked_at", 'fetched_at', NEW."fetched_at", 'changed_at', NEW."changed_at", 'next_at', NEW."next_at", 'etag', NEW."etag", 'modified', NEW."modified", 'body_hash', NEW."body_hash", 'identity', NEW."identity", 'moved_to', NEW."moved_to", 'moved_since', NEW."moved_since", 'failures', NEW."failures", 'error', NEW."error", 'updates', NEW."updates", 'backlog', NEW."backlog", 'full_text', NEW."full_text", 'challenges_id', NEW."challenges_id", 'mailbox_id', NEW."mailbox_id", 'credential', NEW."credential", 'user_agent', NEW."user_agent", 'opml', NEW."opml"));
END;

CREATE TRIGGER journal_source_update AFTER UPDATE ON source
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'source', NEW.id, json_object('id', OLD."id", 'url', OLD."url", 'title', OLD."title", 'site_url', OLD."site_url", 'description', OLD."description", 'state', OLD."state", 'contact_id', OLD."contact_id", 'every_s', OLD."every_s", 'created_at', OLD."created_at", 'checked_at', OLD."checked_at", 'fetched_at', OLD."fetched_at", 'changed_at', OLD."changed_at", 'next_at', OLD."next_at", 'etag', OLD."etag", 'modified', OLD."modified", 'body_hash', OLD."body_hash", 'identity', OLD."identity", 'moved_to', OLD."moved_to", 'moved_since', OLD."moved_since", 'failures', OLD."failures", 'error', OLD."error", 'updates', OLD."updates", 'backlog', OLD."backlog", 'full_text', OLD."full_text", 'challenges_id', OLD."challenges_id", 'mailbox_id', OLD."mailbox_id", 'credential', OLD."credential", 'user_agent', OLD."user_agent", 'opml', OLD."opml"), json_object('id', NEW."id", 'url', NEW."url", 'title', NEW."title", 'site_url', NEW."site_url", 'description', NEW."description", 'state', NEW."state", 'contact_id', NEW."contact_id", 'every_s', NEW."every_s", 'created_at', NEW."created_at", 'checked_at', NEW."checked_at", 'fetched_at', NEW."fetched_at", 'changed_at', NEW."changed_at", 'next_at', NEW."next_at", 'etag', NEW."etag", 'modified', NEW."modified", 'body_hash', NEW."body_hash", 'identity', NEW."identity", 'moved_to', NEW."moved_to", 'moved_since', NEW."moved_since", 'failures', NEW."failures", 'error', NEW."error", 'updates', NEW."updates", 'backlog', NEW."backlog", 'full_text', NEW."full_text", 'challenges_id', NEW."challenges_id", 'mailbox_id', NEW."mailbox_id", 'credential', NEW."credential", 'user_agent', NEW."user_agent", 'opml', NEW."opml"));
END;

CREATE TRIGGER journal_source_delete AFTER DELETE ON source
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'source', OLD.id, json_object('id', OLD."id", 'url', OLD."url", 'title', OLD."title", 'site_url', OLD."site_url", 'description', OLD."description", 'state', OLD."state", 'contact_id', OLD."contact_id", 'every_s', OLD."every_s", 'created_at', OLD."created_at", 'checked_at', OLD."checked_at", 'fetched_at', OLD."fetched_at", 'changed_at', OLD."changed_at", 'next_at', OLD."next_at", 'etag', OLD."etag", 'modified', OLD."modified", 'body_hash', OLD."body_hash", 'identity', OLD."identity", 'moved_to', OLD."moved_to", 'moved_since', OLD."moved_since", 'failures', OLD."failures", 'error', OLD."error", 'updates', OLD."updates", 'backlog', OLD."backlog", 'full_text', OLD."full_text", 'challenges_id', OLD."challenges_id", 'mailbox_id', OLD."mailbox_id", 'credential', OLD."credential", 'user_agent', OLD."user_agent", 'opml', OLD."opml"), NULL);
END;

CREATE TRIGGER journal_stage_insert AFTER INSERT ON stage
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'stage', NEW.id, NULL, json_object('id', NEW."id", 'share_id', NEW."share_id", 'circle_id', NEW."circle_id", 'position', NEW."position", 'gate', NEW."gate", 'passed_at', NEW."passed_at"));
END;

CREATE TRIGGER journal_stage_update AFTER UPDATE ON stage
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'stage', NEW.id, json_object('id', OLD."id", 'share_id', OLD."share_id", 'circle_id', OLD."circle_id", 'position', OLD."position", 'gate', OLD."gate", 'passed_at', OLD."passed_at"), json_object('id', NEW."id", 'share_id', NEW."share_id", 'circle_id', NEW."circle_id", 'position', NEW."position", 'gate', NEW."gate", 'passed_at', NEW."passed_at"));
END;

CREATE TRIGGER journal_stage_delete AFTER DELETE ON stage
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'stage', OLD.id, json_object('id', OLD."id", 'share_id', OLD."share_id", 'circle_id', OLD."circle_id", 'position', OLD."position", 'gate', OLD."gate", 'passed_at', OLD."passed_at"), NULL);
END;

CREATE TRIGGER journal_tag_insert AFTER INSERT ON tag
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'tag', NEW.id, NULL, json_object('id', NEW."id", 'name', NEW."name", 'learning', NEW."learning", 'alias_of', NEW."alias_of", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_tag_update AFTER UPDATE ON tag
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'tag', NEW.id, json_object('id', OLD."id", 'name', OLD."name", 'learning', OLD."learning", 'alias_of', OLD."alias_of", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'name', NEW."name", 'learning', NEW."learning", 'alias_of', NEW."alias_of", 'created_at', NEW."created_at"));
END;

CREATE TRIGGER journal_tag_delete AFTER DELETE ON tag
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'tag', OLD.id, json_object('id', OLD."id", 'name', OLD."name", 'learning', OLD."learning", 'alias_of', OLD."alias_of", 'created_at', OLD."created_at"), NULL);
END;

CREATE TRIGGER journal_tagging_insert AFTER INSERT ON tagging
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'tagging', NEW.id, NULL, json_object('id', NEW."id", 'tag_id', NEW."tag_id", 'kind', NEW."kind", 'entity_id', NEW."entity_id", 'origin', NEW."origin"));
END;

CREATE TRIGGER journal_tagging_update AFTER UPDATE ON tagging
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'tagging', NEW.id, json_object('id', OLD."id", 'tag_id', OLD."tag_id", 'kind', OLD."kind", 'entity_id', OLD."entity_id", 'origin', OLD."origin"), json_object('id', NEW."id", 'tag_id', NEW."tag_id", 'kind', NEW."kind", 'entity_id', NEW."entity_id", 'origin', NEW."origin"));
END;

CREATE TRIGGER journal_tagging_delete AFTER DELETE ON tagging
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'tagging', OLD.id, json_object('id', OLD."id", 'tag_id', OLD."tag_id", 'kind', OLD."kind", 'entity_id', OLD."entity_id", 'origin', OLD."origin"), NULL);
END;

CREATE TRIGGER journal_trial_insert AFTER INSERT ON trial
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'trial', NEW.id, NULL, json_object('id', NEW."id", 'note_id', NEW."note_id", 'place', NEW."place", 'outcome', NEW."outcome", 'text', NEW."text", 'at', NEW."at", 'created_at', NEW."created_at", 'contact_id', NEW."contact_id", 'response_id', NEW."response_id"));
END;

CREATE TRIGGER journal_trial_update AFTER UPDATE ON trial
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'trial', NEW.id, json_object('id', OLD."id", 'note_id', OLD."note_id", 'place', OLD."place", 'outcome', OLD."outcome", 'text', OLD."text", 'at', OLD."at", 'created_at', OLD."created_at", 'contact_id', OLD."contact_id", 'response_id', OLD."response_id"), json_object('id', NEW."id", 'note_id', NEW."note_id", 'place', NEW."place", 'outcome', NEW."outcome", 'text', NEW."text", 'at', NEW."at", 'created_at', NEW."created_at", 'contact_id', NEW."contact_id", 'response_id', NEW."response_id"));
END;

CREATE TRIGGER journal_trial_delete AFTER DELETE ON trial
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'trial', OLD.id, json_object('id', OLD."id", 'note_id', OLD."note_id", 'place', OLD."place", 'outcome', OLD."outcome", 'text', OLD."text", 'at', OLD."at", 'created_at', OLD."created_at", 'contact_id', OLD."contact_id", 'response_id', OLD."response_id"), NULL);
END;

CREATE TRIGGER journal_version_insert AFTER INSERT ON version
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'version', NEW.id, NULL, json_object('id', NEW."id", 'item_id', NEW."item_id", 'at', NEW."at", 'title', NEW."title", 'url', NEW."url", 'hash', NEW."hash", 'text', NEW."text", 'html', NEW."html"));
END;

CREATE TRIGGER journal_version_update AFTER UPDATE ON version
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'version', NEW.id, json_object('id', OLD."id", 'item_id', OLD."item_id", 'at', OLD."at", 'title', OLD."title", 'url', OLD."url", 'hash', OLD."hash", 'text', OLD."text", 'html', OLD."html"), json_object('id', NEW."id", 'item_id', NEW."item_id", 'at', NEW."at", 'title', NEW."title", 'url', NEW."url", 'hash', NEW."hash", 'text', NEW."text", 'html', NEW."html"));
END;

CREATE TRIGGER journal_version_delete AFTER DELETE ON version
WHEN (SELECT operation_id FROM journal) IS NOT NULL BEGIN
  INSERT INTO change (operation_id, table_name, row_id, before, after)
  VALUES ((SELECT operation_id FROM journal), 'version', OLD.id, json_object('id', OLD."id", 'item_id', OLD."item_id", 'at', OLD."at", 'title', OLD."title", 'url', OLD."url", 'hash', OLD."hash", 'text', OLD."text", 'html', OLD."html"), NULL);
END;

CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);

INSERT INTO alembic_version VALUES ('0007');

INSERT INTO journal (id, operation_id) VALUES (1, NULL);

PRAGMA application_id = 1886088497;

PRAGMA user_version = 7;


INSERT INTO circle (id, name, kind, purpose, salutation, introduction, created_at) VALUES (1, 'network', 'network', '', '', '', '2026-11-23T09:00:00Z');
INSERT INTO channel (id, name, kind, address, options, created_at) VALUES (1, 'site', 'site', '', '{}', '2026-11-23T09:00:00Z');
INSERT INTO circle_channel (circle_id, channel_id) VALUES (1, 1);
INSERT INTO contact (id, uid, name, nick, org, role, met, about, birthday, vcard, created_at, updated_at) VALUES (1, 'u-1', 'Maria Silva', 'maria', '', '', '', '', '', '', '2026-11-23T09:00:00Z', '2026-11-23T09:00:00Z');
INSERT INTO source (id, url, title, site_url, description, state, contact_id, created_at, failures, opml) VALUES (1, 'https://example.org/feed.xml', 'Maria''s notebook', '', '', 'active', 1, '2026-11-23T09:00:00Z', 0, '{}');
INSERT INTO item (id, source_id, state, title, url, canonical_url, author, received_at, hash, via, summary, text, html) VALUES (1, 1, 'kept', 'People in the complex domain', 'https://example.org/1', 'https://example.org/1', 'Maria', '2026-11-23T09:00:00Z', 'h', 'person', '', 'probe, then sense, then respond', '');
INSERT INTO entry (id, source_id, item_id, key, hash, seen_at) VALUES (1, 1, 1, 'k', 'h', '2026-11-23T09:00:00Z');
INSERT INTO note (id, uid, title, text, stage, reach, item_id, created_at, updated_at) VALUES (1, 'u-n1', 'Probe first', 'Probe first, plan later', 'observation', 'network', 1, '2026-11-23T09:00:00Z', '2026-11-23T09:00:00Z');
INSERT INTO operation (id, at, command, summary, final) VALUES (1, '2026-11-23T09:00:00Z', 'pkm sense reach n1 network', 'reach network: n1', '');
INSERT INTO change (operation_id, table_name, row_id, before, after) VALUES (1, 'note', 1, '{"id":1,"uid":"u-n1","title":"Probe first","text":"Probe first, plan later","stage":"observation","reach":"private","item_id":1,"at":null,"created_at":"2026-11-23T09:00:00Z","updated_at":"2026-11-23T09:00:00Z","reviewed_at":null,"dropped_at":null}', '{"id":1,"uid":"u-n1","title":"Probe first","text":"Probe first, plan later","stage":"observation","reach":"network","item_id":1,"at":null,"created_at":"2026-11-23T09:00:00Z","updated_at":"2026-11-23T09:00:00Z","reviewed_at":null,"dropped_at":null}');
INSERT INTO share (id, uid, title, slug, introduction, state, created_at, sent_at) VALUES (1, 'u-x1', 'Finds 1', 'finds-1', '', 'sent', '2026-11-23T10:00:00Z', '2026-11-23T10:00:00Z');
INSERT INTO share_note (share_id, note_id, position) VALUES (1, 1, 1);
INSERT INTO stage (id, share_id, circle_id, position, gate, passed_at) VALUES (4, 1, 1, 1, '{}', '2026-11-23T10:00:00Z');
INSERT INTO delivery (id, key, share_id, stage_id, circle_id, channel_id, recipient, part, revision, state, attempts, sha256, media_type, file_name, remote_id, remote_url, error, frozen_at, sent_at, payload) VALUES (7, 'u-d7', 1, 4, 1, 1, '', 1, 1, 'sent', 1, 'e3b0', 'text/plain', 'finds-1', '', '', '', '2026-11-23T10:00:00Z', '2026-11-23T10:00:00Z', x'00ff');
INSERT INTO response (id, share_id, delivery_id, contact_id, state, text, at) VALUES (1, 1, 7, 1, 'inbox', 'Tried it', '2026-11-23T10:00:00Z');
INSERT INTO tag (id, name, created_at) VALUES (1, 'org', '2026-11-23T10:00:00Z');
INSERT INTO trial (id, note_id, place, outcome, text, at, created_at) VALUES (1, 1, 'retro', 'worked', 'it did', '2026-11-23T10:00:00Z', '2026-11-23T10:00:00Z');
INSERT INTO interaction (id, at, text, created_at) VALUES (1, '2026-11-23T10:00:00Z', 'met', '2026-11-23T10:00:00Z');
INSERT INTO interaction_contact (interaction_id, contact_id) VALUES (1, 1);
