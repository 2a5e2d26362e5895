/** A browser as a device of somebody: tabs beside one another, what it is called, and what it has read. */

import { assert, assertEquals } from "@std/assert";
import { deviceLabel } from "../lib/web/page/device.js";
import { helloOf } from "../lib/web/page/hello.js";
import { ReadMarks } from "../lib/web/page/marks.js";
import {
  addressIn,
  fragmentOf,
  leadsTo,
  newPlace,
  placeAddress,
  tokenIn,
} from "../lib/web/page/place.js";
import {
  claimLast,
  draft,
  forgetLast,
  forgetTraces,
  isSignOut,
  lastSession,
  noteVisit,
  preference,
  rememberSession,
  saveDraft,
  setPreference,
  tellSignedOut,
  visitedRooms,
} from "../lib/web/page/saved.js";
import { type Saved, Store } from "../lib/web/page/store.js";
import { Travel } from "../lib/web/page/travel.js";
import type { MessageList } from "../lib/web/page/list.js";
import type { EventOf } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { until } from "./helpers.ts";

const LAST = "chatroom.last";

function session(more: Partial<Saved> = {}): Saved {
  return {
    name: "ann",
    session: "secret",
    epoch: "e1",
    direct: 2,
    waiting: [{
      place: "room dev",
      post: { type: "say", id: "a", room: "dev", text: "mine" },
      at: 0,
    }],
    active: "room dev",
    rooms: [{ name: "dev", topic: "", seen: 5, past: 0, unread: 0, mentions: 0 }],
    directs: [],
    ...more,
  };
}

/** Makes what is remembered older. */
function age(days: number): void {
  const kept = JSON.parse(localStorage.getItem(LAST) ?? "{}");
  localStorage.setItem(LAST, JSON.stringify({ ...kept, at: kept.at - days * 86_400_000 }));
}

Deno.test("the session of an account is kept for 90 days, that of a guest for 7, and nothing unsent", () => {
  try {
    rememberSession(session({ account: "a0" }));
    const { saved, isInUse } = lastSession() ?? {};
    assertEquals([saved?.name, saved?.session, saved?.account, isInUse], [
      "ann",
      "secret",
      "a0",
      true,
    ]);
    // Rooms, and where one is in them, are the account's.
    assertEquals([saved?.rooms, saved?.waiting, saved?.epoch], [[], [], ""]);
    age(1);
    assertEquals(lastSession()?.isInUse, false);
    age(88);
    assert(lastSession() !== undefined);
    age(2);
    assertEquals(lastSession(), undefined);
    rememberSession(session());
    assertEquals(lastSession()?.saved.rooms.length, 1);
    assertEquals(lastSession()?.saved.waiting, []);
    age(6);
    assert(lastSession() !== undefined);
    age(2);
    assertEquals(lastSession(), undefined);
  } finally {
    forgetLast();
  }
});

Deno.test("a tab that closes leaves its session to the next one", () => {
  try {
    rememberSession(session({ account: "a0" }), true);
    assertEquals([lastSession()?.isInUse, lastSession()?.saved.session], [false, "secret"]);
    rememberSession(session({ account: "a0", session: "another" }));
    assertEquals([lastSession()?.isInUse, lastSession()?.saved.session], [true, "another"]);
    // Of two tabs that come at once only the first takes up what is free.
    rememberSession(session({ account: "a0" }), true);
    claimLast();
    assertEquals([lastSession()?.isInUse, lastSession()?.saved.session], [true, "secret"]);
  } finally {
    forgetLast();
  }
  assertEquals(lastSession(), undefined);
});

Deno.test("a second tab comes beside the first, with nothing of its own to resume", () => {
  const nothing = { me: "", session: "", hasAccount: false, epoch: "", direct: 0, places: [] };
  const wish = { name: "ann", label: "Firefox on Linux", beside: "secret" };
  assertEquals(helloOf(wish, nothing), {
    type: "hello",
    name: "ann",
    features: ["people", "life", "ask"],
    label: "Firefox on Linux",
    session: "secret",
    beside: true,
  });
  // One that another tab took over goes on with what it has.
  const known = { ...nothing, me: "ann", session: "secret", epoch: "e1", direct: 3 };
  assertEquals(helloOf(wish, known), {
    ...helloOf(wish, nothing),
    resume: { epoch: "e1", seq: {}, direct: 3 },
  });
  const invited = { name: "eve", invite: "token" };
  assertEquals(helloOf(invited, nothing), {
    type: "hello",
    name: "eve",
    features: ["people", "life", "ask"],
    invite: "token",
  });
});

Deno.test("a browser is called by what it is and what it runs on", () => {
  const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0";
  const safari = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1";
  const mac = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${safari} Safari/605.1.15`;
  const labels: Array<[string, string, number?]> = [
    ["Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"],
    ["Chrome on Windows", `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`],
    ["Edge on Windows", `Mozilla/5.0 (Windows NT 10.0) ${chrome} Safari/537.36 Edg/131.0.0.0`],
    ["Chrome on Android", `Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`],
    [
      "Samsung Internet on Android",
      `Mozilla/5.0 (Linux; Android 13) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
    ],
    ["Safari on macOS", mac],
    ["Safari on iPad", mac, 5],
    [
      "Safari on iPhone",
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${safari} Mobile/15E148 Safari/604.1`,
    ],
    ["Chrome on ChromeOS", `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chrome} Safari/537.36`],
    ["Browser", "Lynx/2.9.0"],
  ];
  for (const [label, userAgent, maxTouchPoints = 0] of labels) {
    assertEquals(deviceLabel({ userAgent, maxTouchPoints }), label);
  }
});

function ready(account: string): EventOf<"ready"> {
  const more = account === "" ? {} : { account, rooms: [] };
  return { type: "ready", name: "ann", session: "s", room: "lobby", seq: 0, direct: 0, ...more };
}

/** A store in a room with some messages, and marks whose requests the test sees. */
function marked({ account = "a0", paceMs = 1 } = {}): {
  store: Store;
  marks: ReadMarks;
  asked: Request[];
} {
  const store = new Store();
  const asked: Request[] = [];
  store.take(ready(account));
  store.take({ type: "joined", room: "dev", name: "ann", seq: 10, last: 10 });
  store.take({ type: "read", room: "dev", seq: 10, unread: 0, mentions: 0 });
  const marks = new ReadMarks(store, (request) => {
    asked.push(request);
    return Promise.resolve();
  }, paceMs);
  return { store, marks, asked };
}

Deno.test("what somebody has read is told at once, and what follows a while later", async () => {
  const { store, marks, asked } = marked();
  store.activate("room dev");
  for (const seq of [8, 11, 12, 12, 11, 14]) marks.look(seq);
  assertEquals(asked, [{ type: "read", room: "dev", seq: 11 }]);
  await until("The last of them", () => asked.length === 2);
  assertEquals(asked[1], { type: "read", room: "dev", seq: 14 });
  assertEquals(store.active?.read, 14);
  marks.forget();
});

Deno.test("what somebody has read is told when they look elsewhere, and by a guest never", () => {
  const { store, marks, asked } = marked({ paceMs: 60_000 });
  store.activate("room dev");
  marks.look(11);
  marks.look(12);
  marks.look(0);
  assertEquals(asked.map((request) => request.type === "read" && request.seq), [11, 12]);
  marks.forget();
  const guest = marked({ account: "" });
  guest.store.activate("room dev");
  guest.marks.look(12);
  assertEquals(guest.asked, []);
});

Deno.test("what somebody counts as unread again stays so where it is looked at, until there is more", () => {
  const { store, marks, asked } = marked({ paceMs: 60_000 });
  store.activate("room dev");
  store.take({ type: "read", room: "dev", seq: 8, unread: 2, mentions: 0 });
  marks.look(10);
  assertEquals(asked, []);
  const from = { from: "bob", at: "2026-11-23T12:00:00Z", text: "hi" };
  store.take({ type: "message", room: "dev", seq: 11, ...from });
  marks.look(11);
  assertEquals(asked, [{ type: "read", room: "dev", seq: 11 }]);
  marks.forget();
});

Deno.test("what is read and not told yet does not undo that it counts as unread again", () => {
  const { store, marks, asked } = marked({ paceMs: 60_000 });
  store.activate("room dev");
  for (const seq of [11, 13]) marks.look(seq);
  const place = store.active;
  assert(place !== undefined);
  marks.drop(place);
  // It is less than was read here, though no more than the server knew.
  store.take({ type: "read", room: "dev", seq: 11, unread: 2, mentions: 0 });
  store.watch(true);
  marks.look(0);
  assertEquals(asked, [{ type: "read", room: "dev", seq: 11 }]);
  assertEquals([place.unread, place.mark], [2, 11]);
  marks.forget();
});

Deno.test("all that is unread is marked as read: rooms, and conversations by their keys", () => {
  const { store, marks, asked } = marked({ paceMs: 60_000 });
  store.watch(false);
  const from = { from: "bob", at: "2026-11-23T12:00:00Z", text: "hi" };
  store.take({ type: "message", room: "dev", seq: 11, ...from });
  store.take({ type: "direct", chat: "c1", with: "bob", to: "ann", seq: 3, ...from });
  // Somebody to whom nobody has written has no log.
  store.converse("eve");
  marks.all();
  assertEquals(asked, [
    { type: "read", room: "dev", seq: 11 },
    { type: "read", chat: "c1", seq: 3 },
  ]);
  marks.forget();
});

Deno.test("a link that invites is no address, and somebody who is gone has one of their own", () => {
  assertEquals([tokenIn("#invite=Ab-9_z"), addressIn("#invite=Ab-9_z")], ["Ab-9_z", undefined]);
  assertEquals([tokenIn("#invite"), tokenIn("#invite=a/b"), tokenIn("#dev")], ["", "", ""]);
  const room = newPlace("room", "invite=x", 0);
  assertEquals(addressIn(fragmentOf(placeAddress(room))), { kind: "room", name: "invite=x" });
  const here = { ...newPlace("direct", "bob", 0), chat: "c2" };
  const gone = { ...newPlace("direct", "bob", 0), chat: "c1", gone: true };
  assertEquals([here, gone].map((place) => fragmentOf(placeAddress(place))), [
    "#@bob",
    "#@bob/~c1",
  ]);
  for (const place of [here, gone]) {
    const address = addressIn(fragmentOf(placeAddress(place)));
    assertEquals([here, gone].filter((each) => address && leadsTo(address, each)), [place]);
  }
});

Deno.test("who signs out takes along their tabs alone, and what they were writing", () => {
  localStorage.clear();
  sessionStorage.clear();
  const change = (): { key: string; newValue: string | null } => {
    const key = "chatroom.signed-out";
    return { key, newValue: localStorage.getItem(key) };
  };
  tellSignedOut("a1");
  assertEquals(["a1", "b1", ""].map((account) => isSignOut(change(), account)), [
    true,
    false,
    false,
  ]);
  assertEquals(isSignOut({ ...change(), key: "chatroom.last" }, "a1"), false);
  noteVisit("secret plans");
  saveDraft("room lobby", "to be said");
  saveDraft("direct bob", "between us");
  setPreference("theme", "dark");
  forgetTraces();
  assertEquals([visitedRooms(), draft("room lobby"), draft("direct bob")], [[], "", ""]);
  assertEquals(preference("theme"), "dark");
});

/** Does something on a page with this address, of which the fragment alone is known. */
async function atAddress(
  hash: string,
  act: (location: { hash: string }) => void | Promise<void>,
): Promise<void> {
  const location = { hash };
  const was = { location: globalThis.location, history: globalThis.history };
  const go = (_state: unknown, _unused: string, url: string): void => {
    location.hash = url === "#" ? "" : url;
  };
  const put = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  };
  try {
    put("location", location);
    put("history", { pushState: go, replaceState: go });
    await act(location);
  } finally {
    for (const [name, value] of Object.entries(was)) put(name, value);
  }
}

const nothing = (): undefined => undefined;

function travelOf(
  chat: () => unknown = nothing,
  list: { show(): void } = { show: nothing },
): Travel {
  const actions = { chat: chat as () => undefined, paint: nothing, update: nothing };
  return new Travel(list as unknown as MessageList, { open: false, close: nothing }, actions);
}

Deno.test("where somebody was who has signed out is not in the address any more", async () => {
  await atAddress("#secret%20plans", (location) => {
    const shown: string[] = ["what was said"];
    const travel = travelOf(nothing, { show: () => void shown.pop() });
    travel.expect();
    travel.leave();
    assertEquals([location.hash, shown], ["", []]);
    // Whoever comes next goes where they are, and not where the address led.
    travel.arrive(newPlace("room", "lobby", 0));
    assertEquals(location.hash, "#lobby");
  });
});

Deno.test("an invitation stays in the address until it has let somebody in, whatever is shown meanwhile", async () => {
  await atAddress("#invite=one", (location) => {
    const travel = travelOf();
    travel.expect();
    travel.arrive(newPlace("room", "lobby", 0));
    assertEquals(location.hash, "#invite=one");
    travel.useUp("one");
    assertEquals(location.hash, "");
    travel.arrive(newPlace("room", "den", 0));
    assertEquals(location.hash, "#den");
    // Another one, for which the page is about to come anew.
    location.hash = "#invite=two";
    travel.useUp("one");
    travel.arrive(newPlace("room", "den", 0));
    assertEquals(location.hash, "#invite=two");
  });
});

Deno.test("who follows a link to a room without a connection is there when it is back", async () => {
  await atAddress("#lobby", async (location) => {
    const entered: string[] = [];
    const chat = {
      online: false,
      store: { active: newPlace("room", "lobby", 0), places: [], room: nothing },
      enter: (name: string): void => void entered.push(name),
    };
    const travel = travelOf(() => chat);
    travel.arrive(chat.store.active);
    location.hash = "#ops";
    globalThis.dispatchEvent(new Event("popstate"));
    travel.arrive(chat.store.active);
    assertEquals([location.hash, entered], ["#ops", []]);
    chat.online = true;
    await travel.goOn();
    assertEquals([location.hash, entered], ["#ops", ["ops"]]);
    // Or not, where somebody has chosen another place.
    chat.online = false;
    location.hash = "#dev";
    globalThis.dispatchEvent(new Event("popstate"));
    travel.forget();
    await travel.goOn();
    assertEquals(entered, ["ops"]);
  });
});
