/** `chatroom invite`: makes a link that invites people to a room. */

import { createHash } from "node:crypto";
import { ID_BYTES, idFrom } from "../chat/people/account_id.ts";
import { inertLine } from "../words/inert.js";
import { askConsole } from "./ask_console.ts";
import { SERVER_DATA_FLAG, withData } from "./data.ts";
import { flagOf, type Invocation, type Subcommand, UsageError } from "./flags.ts";
import { complain, printResult } from "./output.ts";
import { keptName } from "./room.ts";
import { TITLES } from "./titles.ts";
import { parseCount, parseDuration } from "./values.ts";

/** `chatroom invite`. */
export const inviteCommand: Subcommand = {
  ...TITLES.invite,
  positionals: "",
  notes: [
    "Prints what whoever is invited needs, and says on stderr how it is used. It stands for the",
    "server's password. A guest who comes by it is in that room and in no other, and an account",
    "becomes a member of it. In the client /invites lists the links and takes them back, and",
    "/uninvite NAME sends somebody out again.",
    "Works whether the server runs or not; one that runs does it at once.",
  ],
  flags: [
    SERVER_DATA_FLAG,
    flagOf("-r, --room ROOM", "the room; it must be there"),
    flagOf("--for TIME", "for how long the link holds, as 12h or 7d; for ever unless told"),
    flagOf("--uses N", "how many may come by it; as many as want to unless told"),
    flagOf("--register", "who comes by it may reserve a name"),
  ],
  run: (invocation) => withData(invocation, (directory) => makeLink(invocation, directory)),
};

async function makeLink(invocation: Invocation, directory: string): Promise<number> {
  const { positionals: [extra] } = invocation;
  const wanted = invocation.get("room");
  if (extra !== undefined) throw new UsageError(`invite takes flags only, not ${extra}`);
  if (wanted === undefined) throw new UsageError("invite needs a room, as in: invite --room dev");
  const time = invocation.get("for");
  const uses = invocation.get("uses");
  const room = keptName(directory, wanted);
  const token = crypto.randomUUID();
  await askConsole(directory, {
    type: "invite",
    room,
    id: idFrom(crypto.getRandomValues(new Uint8Array(ID_BYTES))),
    hash: createHash("sha256").update(token).digest("hex"),
    ...(time === undefined ? {} : { forMs: parseDuration(time) }),
    ...(uses === undefined ? {} : { uses: parseCount(uses) }),
    ...(invocation.has("register") ? { register: true } : {}),
  });
  printResult(token);
  complain(inertLine(
    `It invites to ${room}: put #invite=${token} behind the address of the page. It is shown this ` +
      "once; whoever has it can come in.",
  ));
  return 0;
}
