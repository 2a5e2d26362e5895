/** Who reserves a name or signs out at the terminal, and what of it could not be done. */

import { assertEquals } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { online, reads, room, said } from "./fixtures/terminal_account.ts";

Deno.test("who reserves the name tells the server from then on what was read, if it keeps that", async () => {
  for (const device of [{ device: "d1" }, {}]) {
    const guest = { account: undefined, rooms: undefined, chats: undefined } as object;
    using setup = await online({ room: "lobby", ...guest, ...device }, ({ type }) => {
      if (type !== "register") return undefined;
      return { type: "account", id: "1", action: "register", name: "me", role: "member" };
    });
    const { io, conversation } = setup;
    conversation.tell({ type: "message", ...said(1, "ann", { room: "lobby" }) });
    await io.expect("<ann> number 1");
    assertEquals(reads(setup), []);
    io.type("/register correct horse\r");
    await io.expect("The name me is yours now");
    conversation.tell({ type: "message", ...said(2, "ann", { room: "lobby" }) });
    await io.expect("<ann> number 2");
    io.type("x");
    await io.until(() => io.screen.cursorRow === "lobby> x", "what was typed");
    const isTold = "device" in device;
    await io.until(() => (reads(setup).length > 0) === isTold, "the mark");
  }
});

Deno.test("what could not be had of a room is no read mark, and is asked for again on the next connection", async () => {
  let fails = true;
  const lobby = room("lobby", { read: 5, unread: 4 });
  using setup = await online({ room: "lobby", rooms: [lobby] }, ({ type }) => {
    if (type !== "history" || !fails) return undefined;
    return new RequestError("offline", "The connection was lost before the answer came");
  });
  const { io, conversation } = setup;
  io.type("x");
  await io.until(() => io.screen.cursorRow === "lobby> x", "what was typed");
  assertEquals(reads(setup), []);
  fails = false;
  conversation.ready({ account: "m1", device: "d1", room: "lobby", rooms: [lobby], chats: [] });
  await io.expect("Connected again as me.");
  await io.expect("---- lobby: 4 new ----");
  await io.expect("<Ann> number 9");
  await io.until(() => reads(setup).length === 1, "the mark");
});

Deno.test("whoever signs out without a connection is told that it was not done", async () => {
  using setup = await online(
    { room: "lobby", rooms: [room("lobby")] },
    ({ type }) =>
      type === "logout"
        ? new RequestError("offline", "There is no connection at the moment")
        : undefined,
  );
  setup.conversation.lose();
  await setup.io.expect("The connection was lost");
  setup.io.type("/logout\r");
  await setup.io.expect("There is no connection at the moment");
});

Deno.test("who signs out this device has left, also by the device's id; who is signed out has not", async () => {
  const lost = new RequestError("offline", "The connection was lost before the answer came");
  const over = {
    type: "status",
    status: "ended",
    cause: "dismissed",
    code: "signed-out",
    text: "This device was signed out.",
  } as const;
  for (const [line, code] of [["/logout", 0], ["/logout d1", 0], ["/logout d2", 4]] as const) {
    using setup = await online({ room: "lobby", rooms: [room("lobby")] }, (request) => {
      if (request.type !== "logout") return undefined;
      return request.device === "d2" ? { type: "devices", devices: [] } : lost;
    });
    setup.io.type(`${line}\r`);
    await setup.io.until(() => setup.sent.at(-1)?.type === "logout", "the request");
    if (code !== 0) await setup.io.expect("-- That device is signed out");
    setup.conversation.tell(over);
    assertEquals(await setup.code, code, line);
  }
});

Deno.test("who signs out everywhere else is told that, and not what is left", async () => {
  const [at, door] = ["2026-01-02T03:04:05.000Z", "event"];
  const device = { device: "d1", label: "desk", door, since: at, seen: at, here: true } as const;
  using setup = await online(
    { room: "lobby", rooms: [room("lobby")] },
    ({ type }) =>
      type === "logout" ? { type: "devices", devices: [{ ...device, this: true }] } : undefined,
  );
  setup.io.type("/logout --others\r");
  await setup.io.expect("-- You are signed out everywhere else.");
  assertEquals(setup.io.screen.text.includes("desk"), false);
});
