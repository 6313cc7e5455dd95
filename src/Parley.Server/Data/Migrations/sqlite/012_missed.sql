ALTER TABLE accounts ADD COLUMN wants_mail INTEGER NOT NULL DEFAULT 1; -- whether they are mailed what they miss

ALTER TABLE notices ADD COLUMN mail_at TEXT; -- when its account is mailed unless they come before; NULL where no mail is due (any more)
CREATE INDEX notices_by_mail ON notices (mail_at) WHERE mail_at IS NOT NULL;

-- Who was mailed about a session and has not been there since.
CREATE TABLE missed_mails (
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (session_id, account_id)
) STRICT, WITHOUT ROWID;
