// An agent that uses a server by the Model Context Protocol's official client, or by the inspector between the two. Its options come as JSON in the first
// argument: url and key, and inspector when it is to go through that. Each line on its standard input is a call, {"tool","arguments"}; each line that it
// says is an answer: first {"tools":[…]} or {"refused"}, then {"answer","progress":[…]} for each call.
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const { url, key, inspector } = JSON.parse(process.argv[2]);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const freePort = () =>
  new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });

/** The inspector's own server, which speaks to the one that is inspected; where it is reached, and by what. It runs in here, so that it ends with this. */
async function throughInspector() {
  const port = await freePort();
  Object.assign(process.env, { PORT: `${port}`, HOST: "127.0.0.1" });
  process.argv.length = 2;
  const token = new Promise((told) => {
    console.log = (line) => /Session token: (\w+)/.exec(line)?.[1] && told(/Session token: (\w+)/.exec(line)[1]);
  });
  await import("./node_modules/@modelcontextprotocol/inspector-server/build/index.js");
  const address = new URL(`http://127.0.0.1:${port}/mcp`);
  address.search = new URLSearchParams({ url, transportType: "streamable-http" });
  return { address, headers: { "x-mcp-proxy-auth": `Bearer ${await token}` } };
}

const { address, headers } = inspector ? await throughInspector() : { address: new URL(url), headers: {} };
const client = new Client({ name: "parley-tests", version: "1.0.0" });
try {
  await client.connect(new StreamableHTTPClientTransport(address, { requestInit: { headers: { ...headers, ...(key && { authorization: `Bearer ${key}` }) } } }));
  say({ server: client.getServerVersion(), tools: (await client.listTools()).tools.map((tool) => tool.name).sort() });
} catch (error) {
  say({ refused: error.message });
}

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  const progress = [];
  const answer = await client.callTool({ name: call.tool, arguments: call.arguments }, undefined, { onprogress: ({ message }) => progress.push(message) });
  say({ answer, progress });
}
process.exit(0);
