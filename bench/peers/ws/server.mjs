// A minimal server as one would write it with Node and ws: what is posted goes to everybody who is connected.
// Usage: node server.mjs PORT
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const text = Buffer.concat(parts).toString();
    if (request.method === 'POST') for (const client of viewers.clients) if (client.readyState === WebSocket.OPEN) client.send(text);
    response.writeHead(request.method === 'POST' ? 204 : 200).end();
  });
});
const viewers = new WebSocketServer({ server, perMessageDeflate: false });
server.listen(Number(process.argv[2]), '127.0.0.1', 4096);
