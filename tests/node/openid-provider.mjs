// An OpenID provider in which whoever comes is the account that a line on its standard input last named:
// {"sub":"1","name":"Ana","email":"ana@example.org","email_verified":true}. Its only client is told by the first line:
// {"clientId":"…","clientSecret":"…","redirect":"https://…"}. It answers each line, and first of all says its port.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

// What it warns of, being used for tests, is none of the answers.
console.info = console.warn = console.log = console.error;

const accounts = new Map();
let current = null;
let provider = null;
let handle = null;

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const configuration = ({ clientId, clientSecret, redirect }) => ({
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => accounts.get(sub) }),
  // Nobody is asked what the client may know.
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
});

const server = createServer((request, response) => {
  if (request.url.startsWith("/interaction/")) return void provider.interactionFinished(request, response, { login: { accountId: current } });
  handle(request, response);
});

createInterface({ input: process.stdin }).on("line", (line) => {
  const told = JSON.parse(line);
  if (told.sub) {
    accounts.set(told.sub, told);
    current = told.sub;
  } else {
    provider = new Provider(`http://127.0.0.1:${server.address().port}`, configuration(told));
    handle = provider.callback();
  }
  say({});
});
server.listen(0, "127.0.0.1", () => say({ port: server.address().port }));
