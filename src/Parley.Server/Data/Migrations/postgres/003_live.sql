ALTER TABLE sessions ADD COLUMN live_state TEXT; -- 'live', 'ended', or NULL when it never was live
ALTER TABLE sessions ADD COLUMN driver_seen_at TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN revision BIGINT NOT NULL DEFAULT 0; -- moves by one with every corrected entry

ALTER TABLE messages ADD COLUMN revision BIGINT NOT NULL DEFAULT 0; -- the session's, at which the entry got its present content
ALTER TABLE messages ADD COLUMN digest BYTEA; -- of the entry as it was sent

CREATE INDEX messages_by_revision ON messages (share_id, revision) WHERE revision > 0;

-- What the driver went back behind: entries from_seq to to_seq, told by the entry at sequence.
CREATE TABLE rewinds (
    share_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    from_seq BIGINT NOT NULL,
    to_seq BIGINT NOT NULL,
    PRIMARY KEY (share_id, sequence)
);
