// @ts-check
/// <reference lib="dom" />
/** The page: joins, shows what the chat knows, and hands on what the person does. */

import { addressIn, tokenIn } from "./place.js";
import { Chat } from "./chat.js";
import { deviceLabel } from "./device.js";
import { JoinForm } from "./join.js";
import { lateWays } from "./late.js";
import { sameName } from "../../words/names.js";
import {
  claimLast,
  forgetLast,
  forgetSession,
  forgetTraces,
  isSignOut,
  lastSession,
  noteDevice,
  rememberSession,
  savedSession,
  setPreference,
} from "./saved.js";
import { Window } from "./window.js";

/** @import { Status } from "./connection.js" */
/** @import { Saved } from "./store.js" */

/** Refusals that a password may undo: they do not end a session. */
const SECRET_CODES = new Set(["password-needed", "bad-password", "name-reserved", "bad-login"]);
/** Refusals that another room would not change. */
const NAME_CODES = new Set([...SECRET_CODES, "name-taken", "bad-name"]);
/** Another tab of this browser can take up a session that was in use so lately. */
const REMEMBER_MS = 60_000;

const form = new JoinForm({
  join: joinAs,
  takeBack: () => begin(lastSession()?.saved, { asked: true }),
});
const view = new Window({
  takeOver: () => {
    const session = savedSession();
    begin(session, { beside: session?.session });
  },
});
/** @type {Chat | undefined} */
let chat;
let joined = false;
/** The chat is to be shown as soon as it can be. */
let shows = false;
/** The tab is closed, or shows another page. */
let isGone = false;
/** As whom we came last. @type {{ session?: Saved | undefined, beside?: string | undefined, name?: string }} */
let began = {};
/** Somebody else took the name of this session while it was away. */
let renames = false;
/** Why the room that the address leads to can't be had, or why a link does not invite any more. */
let noRoom = "";
/** The token of the link that led here: another one has the page come anew. */
const led = tokenIn(location.hash);
/** The same, until it has let somebody in. */
let invite = led;

// Where the keyboard of a phone lies over the page (iOS), the page is as high as what can be seen.
visualViewport?.addEventListener("resize", () => {
  const { height = innerHeight, scale = 1 } = visualViewport ?? {};
  const covered = scale < 1.01 && height < innerHeight - 1;
  document.documentElement.style.setProperty("--height", covered ? `${height}px` : "");
  if (covered) scrollTo(0, 0);
});

for (const type of ["pagehide", "pageshow"]) {
  addEventListener(type, () => {
    // Whoever closes a tab hides it after that, too.
    isGone = type === "pagehide";
    keep();
  });
}
addEventListener("hashchange", () => tokenIn(location.hash) !== "" && location.reload());
// Whoever signs out does so in all tabs.
addEventListener("storage", (event) => {
  const change = /** @type {StorageEvent} */ (event);
  if (isSignOut(change, chat?.store.account.id ?? "")) chat?.signOut();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keep();
  else chat?.link.wake();
  view.update();
});
addEventListener("online", () => chat?.link.wake());
addEventListener("offline", () => chat?.link.probe());
// Whoever types a name is about to join.
addEventListener("input", () => void view.whole(), { once: true });
for (const type of ["focus", "blur"]) addEventListener(type, () => view.update());
setInterval(() => chat?.online && rememberSession(chat.store.save(), isGone), REMEMBER_MS);
atMidnight(() => view.update());

const saved = savedSession();
const last = lastSession();
try {
  if (saved !== undefined) begin(saved);
  else if (last?.saved.account === undefined) showJoin("");
  else if (last.isInUse) begin(undefined, { beside: last.saved.session, name: last.saved.name });
  else {
    claimLast();
    begin(last.saved);
  }
} catch {
  // Kept by another version of the page, in another form.
  forgetSession();
  showJoin("");
}

/** @param {string} name that is in the form */
function joinAs(name) {
  const held = savedSession();
  // Whose name was taken meanwhile goes on under another one.
  const goesOn = held !== undefined && (renames || sameName(held.name, name));
  // Somebody else, who is not to see what was written under the name before.
  if (held !== undefined && !goesOn) forgetTraces();
  begin(goesOn ? { ...held, name } : undefined, { asked: true });
}

/**
 * Connects: as who we were, or with the name in the form. `asked`: from the form, which then stays
 * until the server has let us in. `refused`: why it does not let us into the room of the address.
 * `beside`: a session that another tab has, of the same person.
 * @param {Saved | undefined} session
 * @param {{ asked?: boolean, refused?: string, beside?: string | undefined, name?: string }} [how]
 */
function begin(session, { asked = false, refused = "", beside, name: known = form.name } = {}) {
  const { password, login } = form;
  const name = session?.name ?? known;
  const room = refused === "" ? ledRoom() : undefined;
  joined = renames = false;
  began = { session, beside, name };
  noRoom = refused;
  if (refused !== "") invite = "";
  form.wait();
  const before = chat;
  const others = before?.link.servers;
  /** @type {Chat} */
  const mine = new Chat(
    {
      open: (live) =>
        lateWays.here?.openWay(socketUrl(), mine.link.servers ?? others, live) ??
          new WebSocket(socketUrl()),
      isOther: (epoch, known) =>
        lateWays.here?.isOther(epoch, known || before?.store.save().epoch || ""),
      changed: () => view.update(),
      // Of an attempt that was given up for this one nobody needs to hear.
      status: (status) => mine === chat && takeStatus(status),
      heard: (heard) => view.hear(heard),
      asked: (asked) => view.show(asked),
    },
    {
      name,
      label: deviceLabel(navigator),
      ...(beside === undefined ? {} : { beside }),
      ...(invite === "" ? {} : { invite }),
      ...(room === undefined ? {} : { room }),
      ...(password === "" ? {} : { password }),
      ...(login === "" ? {} : { login: { name, password: login } }),
    },
    session,
  );
  chat = mine;
  before?.close();
  view.use(chat);
  if (session !== undefined && !asked) void showChat();
  chat.link.connect();
}

/** The room to come into by the address. To a message it leads in a room that there is, and makes none. */
function ledRoom() {
  const address = addressIn(location.hash);
  return address?.kind === "room" && address.seq === undefined ? address.name : undefined;
}

/** @param {Status} status */
function takeStatus(status) {
  view.setStatus(status);
  if (status.kind === "online") return arrive();
  // A session that is kept goes on trying, and the chat shows that.
  if (status.kind === "waiting") {
    return status.code === "try-later" && form.isShown ? form.stay(status.text) : showChat();
  }
  if (status.kind !== "ended" || status.code === "replaced") return;
  const { cause, code = "", text } = status;
  const leads = (ledRoom() !== undefined || invite !== "") && noRoom === "";
  // Nobody who came by a link that is over comes in without it unasked.
  const isOver = code === "bad-invite" && form.isShown && savedSession() === undefined;
  if (isOver) invite = "";
  if (cause === "refused" && leads && !isOver && !NAME_CODES.has(code)) {
    // It may be the room, or the link, that can't be had, and that is no reason to stay out.
    const { session, ...how } = began;
    return begin(savedSession() ?? session, { ...how, asked: form.isShown, refused: text });
  }
  const ends = cause === "left" || cause === "dismissed";
  const isTaken = code === "name-taken";
  renames = isTaken && savedSession() !== undefined;
  // A session that the server will not take up is of no more use than none.
  if (ends || (cause === "refused" && !SECRET_CODES.has(code) && !renames)) forgetSession();
  // Whoever leaves with a reserved name has signed out of nothing, and may come back as it.
  const stays = cause === "left" && chat?.store.account.id ? chat.store.save() : undefined;
  if (stays !== undefined) rememberSession(stays, true);
  // What the browser has kept is of no use where the name needs its password all the same.
  else if (ends || (code === "name-reserved" && savedSession() === undefined)) forgetLast();
  if (ends) form.forgetPasswords();
  if (code === "signed-out") {
    view.hide(true);
    forgetTraces();
  }
  const me = chat?.store.me ?? "";
  const needs = code === "password-needed" ? "This server asks for a password." : text;
  const told = `${noRoom} ${needs}${isOver ? " Or join without it." : ""}`.trim();
  showJoin(cause === "left" ? "" : told, chat?.welcome?.needs.includes("password"));
  form.askAgain(code);
  const last = lastSession()?.saved;
  if (stays !== undefined) form.offerReturn(me);
  if (cause === "dismissed") form.interrupt();
  if (isTaken) form.proposeName(text, last !== undefined && sameName(last.name, form.name || me));
  // Or what was forgotten would be kept again when the page goes.
  if (savedSession() === undefined) chat = undefined;
}

/** The server has let us in, or let us in again. */
async function arrive() {
  const isFirst = !joined;
  joined = true;
  if (chat?.link.servers) void lateWays.come();
  setPreference("name", chat?.store.me);
  const { id = "", device = "" } = chat?.store.account ?? {};
  if (id !== "" && device !== "") noteDevice(id, device);
  form.forgetPasswords();
  keep();
  const why = noRoom;
  noRoom = invite = "";
  if (why !== "") chat?.store.note(why, "error");
  await showChat();
  if (view.shown) void view.arrive(why === "", isFirst ? led : "");
}

/** Keeps what a reload, or another tab of this browser, needs to go on. */
function keep() {
  chat?.sender.save();
  if (chat?.online) rememberSession(chat.store.save(), isGone);
}

/** Does something whenever another day begins here. @param {() => void} act */
function atMidnight(act) {
  setTimeout(() => {
    act();
    atMidnight(act);
  }, new Date().setHours(24, 0, 0, 0) - Date.now());
}

/** @param {string} text @param {boolean} [asksPassword] */
function showJoin(text, asksPassword) {
  shows = false;
  view.hide();
  form.show(text, chat?.store.me ?? "", asksPassword);
  form.invite(invite !== "");
  document.title = "Join · chatroom";
}

async function showChat() {
  if (!form.isShown && view.shown) return;
  shows = true;
  await view.whole();
  if (!shows) return;
  shows = false;
  form.hide();
  view.reveal();
}

function socketUrl() {
  const url = new URL("ws", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  return url;
}
