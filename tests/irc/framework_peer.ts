/**
 * A client made with irc-framework, as a process of its own: `framework_peer.ts PORT NICK CHANNEL [PASS]`. It prints each
 * event that it hears as a line of JSON, `["event", {…}]`, and sends each line that it reads.
 */

import { TextLineStream } from "@std/streams/text-line-stream";

const [port = "", nick = "", channel = "", password] = Deno.args;
// Deno finds it by framework.json, and only this program is run with that.
const { default: { Client } } = await import("irc-framework");
const client = new Client();
const encoder = new TextEncoder();
const tell = (type: string, event: unknown): void =>
  void Deno.stdout.writeSync(encoder.encode(`${JSON.stringify([type, event])}\n`));

for (
  const type of [
    ...["registered", "join", "part", "quit", "kick", "message", "topic", "nick", "batch start"],
    ...["batch end", "irc error", "socket close", "userlist", "tagmsg", "redact", "account"],
  ]
) client.on(type, (event: unknown) => tell(type, event));
client.on("registered", () => client.join(channel));
client.connect({
  ...{ host: "127.0.0.1", port: Number(port), nick, username: nick, gecos: nick },
  ...{ auto_reconnect: false, enable_chghost: true, enable_echomessage: true, version: "" },
  ...(password === undefined ? {} : { password }),
});

const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  if (line === "QUIT") client.quit("good night");
  else client.raw(line);
}
Deno.exit();
