-- How far each member has read.
CREATE TABLE visits (
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (session_id, account_id)
);

-- The notes that were said, by what their authors' browsers call them, so that none is said twice.
CREATE TABLE notes (
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (session_id, account_id, client_id)
);
