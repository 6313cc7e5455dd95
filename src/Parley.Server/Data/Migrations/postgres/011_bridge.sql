-- Machines that lend their MCP servers to workspaces and are connected.
CREATE TABLE bridge_machines (
    id TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    seen_at TIMESTAMPTZ NOT NULL
);

-- What the MCP servers of contexts offer, as the machine that has them said last.
CREATE TABLE bridge_servers (
    resource_id TEXT PRIMARY KEY REFERENCES context_resources (id) ON DELETE CASCADE,
    machine_id TEXT REFERENCES bridge_machines (id) ON DELETE SET NULL,
    problem TEXT, -- why it can't be used; NULL for nothing
    tools TEXT NOT NULL -- JSON
);

CREATE INDEX bridge_servers_by_machine ON bridge_servers (machine_id);

-- Calls on their way to a machine that is connected to another server, sealed, for as long as somebody waits for them.
CREATE TABLE bridge_calls (
    id TEXT PRIMARY KEY,
    machine_id TEXT NOT NULL REFERENCES bridge_machines (id) ON DELETE CASCADE,
    call BYTEA NOT NULL,
    is_taken BOOLEAN NOT NULL DEFAULT FALSE,
    answer BYTEA
);

CREATE INDEX bridge_calls_by_machine ON bridge_calls (machine_id);
