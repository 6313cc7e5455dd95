// A minimal server as one would write it with Hono on Bun: the messages of a session from SQLite, as JSON.
// Usage: bun server.ts PORT MESSAGES.json (an array of entries), with a database in memory.
import { Database } from 'bun:sqlite';
import { Hono } from 'hono';

const [port, file] = Bun.argv.slice(2);
const db = new Database(':memory:');
db.run('CREATE TABLE messages (session TEXT, seq INTEGER, role TEXT, blocks TEXT, PRIMARY KEY (session, seq))');
const insert = db.prepare('INSERT INTO messages VALUES (?, ?, ?, ?)');
for (const m of await Bun.file(file).json()) insert.run('sample', m.seq, m.role, JSON.stringify(m.blocks));

type Row = { seq: number; role: string; blocks: string };
const select = db.query<Row, [string]>('SELECT seq, role, blocks FROM messages WHERE session = ? ORDER BY seq LIMIT 50');

const app = new Hono();
app.get('/api/sessions/:id/messages', (c) => {
  const messages = select.all(c.req.param('id')).map((row) => ({ ...row, blocks: JSON.parse(row.blocks) }));
  return messages.length === 0 ? c.json({ error: 'not found' }, 404) : c.json({ messages });
});

Bun.serve({ port: Number(port), hostname: '127.0.0.1', fetch: app.fetch });
