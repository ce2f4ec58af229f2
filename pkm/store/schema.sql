-- Made by `python -m pkm.store.schema` from store/model/. Do not edit.
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

CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);

INSERT INTO alembic_version VALUES ('0008');

INSERT INTO journal (id, operation_id) VALUES (1, NULL);

PRAGMA application_id = 1886088497;

PRAGMA user_version = 8;
