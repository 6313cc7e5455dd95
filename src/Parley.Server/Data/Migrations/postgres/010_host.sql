ALTER TABLE members ADD COLUMN may_approve BOOLEAN NOT NULL DEFAULT false; -- whether they decide on what the agent asks for, whatever their role

-- What the agent of a workspace has asked for. A request is of the lease under which it was asked, and ends with it.
CREATE TABLE permission_requests (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    turn_id TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    lease_id TEXT NOT NULL,
    client_id TEXT NOT NULL, -- the runner's own, so that what it asks twice is one request
    tool TEXT NOT NULL,
    lines TEXT NOT NULL, -- JSON: what the card shows, which is all that runs
    state TEXT NOT NULL, -- 'waiting', 'allowed', 'denied', 'expired' or 'withdrawn'
    asked_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    decided_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    UNIQUE (turn_id, client_id)
);

CREATE INDEX permission_requests_waiting ON permission_requests (session_id) WHERE state = 'waiting';

-- Machines that answer in one workspace. Their tokens open nothing else.
CREATE TABLE hosts (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, -- whose machine it is; it works for as long as that is the owner's
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ, -- NULL before it came and after it said goodbye
    revoked_at TIMESTAMPTZ
);

CREATE INDEX hosts_by_session ON hosts (session_id);
