ALTER TABLE accounts ADD COLUMN email TEXT; -- proved to be the account's, lower case
ALTER TABLE accounts ADD COLUMN subject TEXT; -- who the OpenID provider says it is: its issuer, a space, its name for them

CREATE UNIQUE INDEX accounts_by_email ON accounts (email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX accounts_by_subject ON accounts (subject) WHERE subject IS NOT NULL;

-- A code works for minutes: those that are there are given up.
DROP TABLE sign_in_codes;
CREATE TABLE sign_in_codes (
    code_hash TEXT PRIMARY KEY, -- SHA-256, hexadecimal
    account_id INTEGER REFERENCES accounts (id) ON DELETE CASCADE, -- whom it lets in; NULL for whoever has the address
    key_id INTEGER REFERENCES api_keys (id) ON DELETE CASCADE, -- the key that asked for it; NULL for none
    email TEXT, -- the address that it was sent to, and proves; NULL for none
    expires_at TEXT NOT NULL
) STRICT;

-- As it was, but for sign-ins that no key let in.
CREATE TABLE sign_ins_of_people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    secret_hash TEXT NOT NULL UNIQUE, -- SHA-256, hexadecimal
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key_id INTEGER REFERENCES api_keys (id) ON DELETE CASCADE,
    browser TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
INSERT INTO sign_ins_of_people SELECT id, secret_hash, account_id, key_id, browser, created_at, expires_at FROM sign_ins;
DROP TABLE sign_ins;
ALTER TABLE sign_ins_of_people RENAME TO sign_ins;
CREATE INDEX sign_ins_by_account ON sign_ins (account_id);

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    secret_hash TEXT NOT NULL UNIQUE, -- SHA-256, hexadecimal
    secret_box BLOB NOT NULL, -- the secret itself, sealed with a key that is not in this database
    email TEXT, -- whom it is for, lower case; NULL for whoever has the link
    is_mailed INTEGER NOT NULL, -- whether the secret went to that address and nowhere else
    is_undelivered INTEGER NOT NULL DEFAULT 0, -- whether the mail was refused for good
    role TEXT NOT NULL,
    inviter_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    withdrawn_at TEXT,
    accepted_at TEXT,
    accepted_by INTEGER REFERENCES accounts (id) ON DELETE SET NULL
) STRICT;

-- One open invitation for an address.
CREATE UNIQUE INDEX invitations_open ON invitations (session_id, email) WHERE email IS NOT NULL AND withdrawn_at IS NULL AND accepted_at IS NULL;
CREATE INDEX invitations_by_session ON invitations (session_id);
CREATE INDEX invitations_by_inviter ON invitations (inviter_id, created_at);
CREATE INDEX invitations_by_email ON invitations (email) WHERE email IS NOT NULL;

-- Mail that is to be sent. Who sends one moves its due_at to when the next may try.
CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    invitation_id TEXT REFERENCES invitations (id) ON DELETE CASCADE,
    box BLOB NOT NULL, -- the mail, sealed
    created_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX mails_by_due ON mails (due_at);

-- What somebody is told of in their inbox.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    actor_id INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    invitation_id TEXT REFERENCES invitations (id) ON DELETE CASCADE,
    seq INTEGER, -- the entry that it is about
    text TEXT,
    created_at TEXT NOT NULL,
    read_at TEXT
) STRICT;

CREATE INDEX notices_by_account ON notices (account_id, id);
CREATE INDEX notices_by_session ON notices (session_id);
