-- What the agent of a workspace may use beside the conversation.
CREATE TABLE context_resources (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    kind TEXT NOT NULL, -- 'files', 'memory' or 'mcp'
    name TEXT NOT NULL,
    permission TEXT NOT NULL, -- 'private', 'agent' or 'members'
    is_locked BOOLEAN NOT NULL, -- never to be anything but private
    snapshot BIGINT, -- the one that is used; NULL until all of the first one is there
    arriving BIGINT, -- the one that is being sent; NULL for none
    began_at TIMESTAMPTZ NOT NULL, -- when the newest snapshot was begun
    UNIQUE (session_id, kind, name)
);

-- The manifests.
CREATE TABLE context_files (
    resource_id TEXT NOT NULL REFERENCES context_resources (id) ON DELETE CASCADE,
    snapshot BIGINT NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL, -- hexadecimal
    size BIGINT NOT NULL,
    is_chosen BOOLEAN NOT NULL, -- whether its owner took it by its own name, secrets and all
    PRIMARY KEY (resource_id, snapshot, path)
);

CREATE INDEX context_files_by_content ON context_files (sha256, resource_id);

-- Contents, each once in a session. Never shared between sessions: whether a content is there would tell one about another.
CREATE TABLE context_blobs (
    session_id TEXT NOT NULL REFERENCES sessions (share_id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    has_secrets BOOLEAN NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (session_id, sha256)
);
