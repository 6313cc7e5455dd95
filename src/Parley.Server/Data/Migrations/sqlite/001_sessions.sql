-- Times are ISO 8601 in UTC with milliseconds and a Z, so that they sort as text.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

-- The first account owns the server.
INSERT INTO accounts (name) VALUES ('owner');

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key_hash TEXT NOT NULL UNIQUE, -- SHA-256, hexadecimal
    name TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    is_active INTEGER NOT NULL DEFAULT 1,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE sessions (
    share_id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    project_name TEXT NOT NULL,
    branch TEXT,
    model TEXT,
    session_date TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    expires_at TEXT,
    message_count INTEGER NOT NULL DEFAULT 0,
    total_input_tokens INTEGER NOT NULL DEFAULT 0,
    total_output_tokens INTEGER NOT NULL DEFAULT 0,
    owner_id INTEGER NOT NULL REFERENCES accounts (id),
    is_public INTEGER NOT NULL DEFAULT 0,
    last_seq INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    agent TEXT,
    source_id TEXT
) STRICT;

CREATE INDEX sessions_by_owner ON sessions (owner_id, created_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at) WHERE expires_at IS NOT NULL;

-- The large columns stand last, the one that pages read most first: SQLite walks over what stands before.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    share_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL, -- 'user', 'assistant' or 'event'
    role TEXT, -- 'user' or 'assistant'
    author TEXT,
    thread TEXT,
    model TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    timestamp TEXT,
    has_thinking INTEGER NOT NULL DEFAULT 0,
    has_tool_use INTEGER NOT NULL DEFAULT 0,
    renderer_version INTEGER NOT NULL,
    html BLOB NOT NULL,
    search_text TEXT NOT NULL, -- lower case
    content_json TEXT NOT NULL,
    UNIQUE (share_id, sequence)
) STRICT;
