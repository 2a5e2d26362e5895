// @ts-check
/// <reference lib="dom" />
/** The page: joins, shows what the chat knows, and hands on what the person does. */

import { addressIn } from "./place.js";
import { Chat } from "./chat.js";
import { JoinForm } from "./join.js";
import { sameName } from "../../words/names.js";
import {
  forgetLast,
  forgetSession,
  lastSession,
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

const form = new JoinForm({ join: joinAs, takeBack: () => begin(lastSession(), { asked: true }) });
const view = new Window({ takeOver: () => begin(savedSession()) });
/** @type {Chat | undefined} */
let chat;
let joined = false;
/** Somebody else took the name of this session while it was away. */
let renames = false;
/** Why the room that the address leads to can't be had. */
let noRoom = "";

// Where the keyboard of a phone lies over the page (iOS), the page is as high as what can be seen.
visualViewport?.addEventListener("resize", () => {
  const { height = innerHeight, scale = 1 } = visualViewport ?? {};
  const covered = scale < 1.01 && height < innerHeight - 1;
  document.documentElement.style.setProperty("--height", covered ? `${height}px` : "");
  if (covered) scrollTo(0, 0);
});

addEventListener("pagehide", () => keep());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keep();
  else chat?.link.wake();
  view.update();
});
addEventListener("online", () => chat?.link.wake());
addEventListener("offline", () => chat?.link.probe());
addEventListener("focus", () => view.update());
setInterval(() => chat?.online && rememberSession(chat.store.save()), REMEMBER_MS);

const saved = savedSession();
try {
  if (saved === undefined) showJoin("");
  else begin(saved);
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
  begin(goesOn ? { ...held, name } : undefined, { asked: true });
}

/**
 * Connects: as who we were, or with the name in the form. `asked`: from the form, which then stays
 * until the server has let us in. `refused`: why it does not let us into the room of the address.
 * @param {Saved | undefined} session @param {{ asked?: boolean, refused?: string }} [how]
 */
function begin(session, { asked = false, refused = "" } = {}) {
  const { password, login } = form;
  const name = session?.name ?? form.name;
  const address = addressIn(location.hash);
  const room = refused === "" && address?.kind === "room" ? address.name : undefined;
  joined = renames = false;
  noRoom = refused;
  form.wait();
  chat = new Chat(
    {
      open: () => new WebSocket(socketUrl()),
      changed: () => view.update(),
      status: takeStatus,
      heard: (heard) => view.hear(heard),
      asked: (asked) => view.show(asked),
    },
    {
      name,
      ...(room === undefined ? {} : { room }),
      ...(password === "" ? {} : { password }),
      ...(login === "" ? {} : { login: { name, password: login } }),
    },
    session,
  );
  view.use(chat);
  if (session !== undefined && !asked) showChat();
  chat.link.connect();
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
  const leads = addressIn(location.hash)?.kind === "room" && noRoom === "";
  if (cause === "refused" && leads && !NAME_CODES.has(code)) {
    // It may be the room that can't be had, and that is no reason to stay out.
    return begin(savedSession(), { asked: form.isShown, refused: text });
  }
  const ends = cause === "left" || cause === "dismissed";
  const isTaken = code === "name-taken";
  renames = isTaken && savedSession() !== undefined;
  // A session that the server will not take up is of no more use than none.
  if (ends || (cause === "refused" && !SECRET_CODES.has(code) && !renames)) forgetSession();
  if (ends) {
    forgetLast();
    form.forgetPasswords();
  }
  const me = chat?.store.me ?? "";
  const told = code === "password-needed" ? "This server asks for a password." : text;
  showJoin(cause === "left" ? "" : told, chat?.needsPassword);
  form.askAgain(code);
  const last = lastSession();
  if (isTaken) form.proposeName(text, last !== undefined && sameName(last.name, form.name || me));
  // Or what was forgotten would be kept again when the page goes.
  if (savedSession() === undefined) chat = undefined;
}

/** The server has let us in, or let us in again. */
function arrive() {
  const isFirst = !joined;
  joined = true;
  setPreference("name", chat?.store.me);
  form.forgetPasswords();
  keep();
  showChat();
  if (noRoom !== "") chat?.store.note(noRoom, "error");
  // Only on arrival: a connection that comes back must not lead away from what is read.
  if (isFirst) void view.arrive(noRoom === "");
  noRoom = "";
}

/** Keeps what a reload, or another tab of this browser, needs to go on. */
function keep() {
  chat?.save();
  if (chat?.online) rememberSession(chat.store.save());
}

/** @param {string} text @param {boolean} [asksPassword] */
function showJoin(text, asksPassword) {
  view.hide();
  form.show(text, chat?.store.me ?? "", asksPassword);
  document.title = "Join · chatroom";
}

function showChat() {
  if (!form.isShown && view.shown) return;
  form.hide();
  view.reveal();
}

function socketUrl() {
  const url = new URL("ws", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  return url;
}
