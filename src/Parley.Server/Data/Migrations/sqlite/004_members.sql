ALTER TABLE sessions ADD COLUMN workspace TEXT; -- 'open', 'closed', or NULL when it never was a workspace

-- Accounts that may do something with a session which they don't own.
CREATE TABLE members (
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL, -- 'viewer', 'suggester' or 'prompter'
    joined_at TEXT NOT NULL,
    PRIMARY KEY (session_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_account ON members (account_id);
