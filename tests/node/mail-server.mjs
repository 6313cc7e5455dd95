// A mail server that takes mail as it is told to and prints it, one line of JSON each. Its options come as JSON in the first argument; lines on
// its standard input change how it answers: {"refuse":550} refuses every recipient, {"refuse":0} takes them again.
import { createInterface } from "node:readline";
import { SMTPServer } from "smtp-server";

const { user, password, cert, key } = JSON.parse(process.argv[2] ?? "{}");
let refuse = 0;
createInterface({ input: process.stdin }).on("line", (line) => ({ refuse } = JSON.parse(line)));
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const server = new SMTPServer({
  ...(cert ? { cert, key } : { hideSTARTTLS: true }),
  authOptional: !user,
  allowInsecureAuth: !cert,
  onAuth: (auth, _session, done) =>
    auth.username === user && auth.password === password ? done(null, { user }) : done(Object.assign(new Error("Who are you?"), { responseCode: 535 })),
  onRcptTo(address, _session, done) {
    if (refuse) say({ refused: address.address });
    done(refuse ? Object.assign(new Error("Not now"), { responseCode: refuse }) : null);
  },
  onData(stream, session, done) {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => {
      const to = session.envelope.rcptTo.map((recipient) => recipient.address);
      say({ to, from: session.envelope.mailFrom.address, raw: Buffer.concat(chunks).toString("latin1"), encrypted: session.secure, user: session.user ?? null });
      done();
    });
  },
});
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => say({ port: server.server.address().port }));
