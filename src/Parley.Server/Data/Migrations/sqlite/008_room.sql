-- How far each member has read.
CREATE TABLE visits (
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (session_id, account_id)
) STRICT, WITHOUT ROWID;

-- The notes that were said, by what their authors' browsers call them, so that none is said twice.
CREATE TABLE notes (
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (session_id, account_id, client_id)
) STRICT, WITHOUT ROWID;
