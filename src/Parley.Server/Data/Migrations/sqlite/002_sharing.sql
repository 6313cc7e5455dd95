CREATE TABLE session_shares (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    share_token TEXT NOT NULL UNIQUE, -- SHA-256, hexadecimal
    token_box BLOB NOT NULL, -- the token itself, sealed with a key that is not in this database
    name TEXT,
    expires_at TEXT,
    revoked_at TEXT,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE INDEX session_shares_by_session ON session_shares (session_id);

CREATE TABLE sign_in_codes (
    code_hash TEXT PRIMARY KEY, -- SHA-256, hexadecimal
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key_id INTEGER NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    expires_at TEXT NOT NULL
) STRICT;

-- A browser that is signed in, for as long as its row is there and the key that let it in works.
CREATE TABLE sign_ins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    secret_hash TEXT NOT NULL UNIQUE, -- SHA-256, hexadecimal
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key_id INTEGER NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    browser TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;

CREATE TABLE audit_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    what TEXT NOT NULL,
    account_id INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    share_id TEXT REFERENCES session_shares (id) ON DELETE SET NULL,
    network TEXT, -- an IPv4 /24 or an IPv6 /48
    detail TEXT
) STRICT;

CREATE INDEX audit_events_by_session ON audit_events (session_id, at, id);
CREATE INDEX audit_events_by_time ON audit_events (at);

-- How many have read a session, without who: a reader is a keyed digest.
CREATE TABLE session_readers (
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    reader TEXT NOT NULL,
    PRIMARY KEY (session_id, reader)
) STRICT, WITHOUT ROWID;
