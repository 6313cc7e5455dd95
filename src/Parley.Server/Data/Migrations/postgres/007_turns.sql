-- Prompts of workspaces and what became of them. Who changes one has locked its session's row before.
CREATE TABLE turns (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL, -- the author's browser's own, so that what is sent twice is one turn
    position BIGINT NOT NULL, -- in its session's queue
    state TEXT NOT NULL,
    text TEXT NOT NULL, -- redacted; empty once it stands in the log or is never to stand there
    attachments TEXT NOT NULL, -- JSON
    edits BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL,
    decided_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL, -- who accepted or declined it
    is_accepted BOOLEAN NOT NULL DEFAULT false,
    stopped_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    is_stopping BOOLEAN NOT NULL DEFAULT false,
    attempts BIGINT NOT NULL DEFAULT 0,
    lease_id TEXT,
    lease_ends_at TIMESTAMPTZ,
    runner TEXT,
    taken_at TIMESTAMPTZ,
    prompt_seq BIGINT, -- the prompt's place in the log, from the first time that it is taken
    step BIGINT NOT NULL DEFAULT 0, -- how many times its runners have appended
    status TEXT, -- what its runner says that it waits for
    reason TEXT, -- why it failed
    UNIQUE (session_id, account_id, client_id)
);

CREATE INDEX turns_open ON turns (session_id, position) WHERE state IN ('suggested', 'queued', 'running');
CREATE INDEX turns_waiting ON turns (created_at) WHERE state IN ('queued', 'running');

-- What a workspace's agent is and has cost. Money is in millionths of a US dollar; NULL stands for what the server's options say.
CREATE TABLE workspace_agents (
    session_id TEXT PRIMARY KEY REFERENCES sessions (share_id) ON DELETE CASCADE,
    model TEXT,
    budget BIGINT,
    spent BIGINT NOT NULL DEFAULT 0,
    input_tokens BIGINT NOT NULL DEFAULT 0,
    output_tokens BIGINT NOT NULL DEFAULT 0,
    cache_read_tokens BIGINT NOT NULL DEFAULT 0,
    cache_write_tokens BIGINT NOT NULL DEFAULT 0
);

-- Runners that were heard of lately.
CREATE TABLE runners (
    name TEXT PRIMARY KEY,
    seen_at TIMESTAMPTZ NOT NULL,
    free BIGINT NOT NULL -- turns that it would take beside those that it has
);
