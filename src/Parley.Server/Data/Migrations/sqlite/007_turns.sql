-- Prompts of workspaces and what became of them. Who changes one has locked its session's row before.
CREATE TABLE turns (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL, -- the author's browser's own, so that what is sent twice is one turn
    position INTEGER NOT NULL, -- in its session's queue
    state TEXT NOT NULL,
    text TEXT NOT NULL, -- redacted; empty once it stands in the log or is never to stand there
    attachments TEXT NOT NULL, -- JSON
    edits INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    decided_by INTEGER REFERENCES accounts (id) ON DELETE SET NULL, -- who accepted or declined it
    is_accepted INTEGER NOT NULL DEFAULT 0,
    stopped_by INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    is_stopping INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    lease_id TEXT,
    lease_ends_at TEXT,
    runner TEXT,
    taken_at TEXT,
    prompt_seq INTEGER, -- the prompt's place in the log, from the first time that it is taken
    step INTEGER NOT NULL DEFAULT 0, -- how many times its runners have appended
    status TEXT, -- what its runner says that it waits for
    reason TEXT, -- why it failed
    UNIQUE (session_id, account_id, client_id)
) STRICT;

CREATE INDEX turns_open ON turns (session_id, position) WHERE state IN ('suggested', 'queued', 'running');
CREATE INDEX turns_waiting ON turns (created_at) WHERE state IN ('queued', 'running');

-- What a workspace's agent is and has cost. Money is in millionths of a US dollar; NULL stands for what the server's options say.
CREATE TABLE workspace_agents (
    session_id TEXT PRIMARY KEY REFERENCES sessions (share_id) ON DELETE CASCADE,
    model TEXT,
    budget INTEGER,
    spent INTEGER NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    cache_read_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_tokens INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Runners that were heard of lately.
CREATE TABLE runners (
    name TEXT PRIMARY KEY,
    seen_at TEXT NOT NULL,
    free INTEGER NOT NULL -- turns that it would take beside those that it has
) STRICT;
