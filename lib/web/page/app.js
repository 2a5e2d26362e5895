// @ts-check
/// <reference lib="dom" />
/** The page: joins, shows what the chat knows, and hands on what the person does. */

import { Chat } from "./chat.js";
import { byId } from "./dom.js";
import { sameName } from "./names.js";
import { forgetSession, preference, savedSession, setPreference } from "./saved.js";
import { Window } from "./window.js";

/** @typedef {import("./connection.js").Status} Status */
/** @typedef {import("./store.js").Saved} Saved */

const join = byId("join", HTMLElement);
const form = byId("join-form", HTMLFormElement);
const nameInput = byId("join-name", HTMLInputElement);
const secret = byId("join-secret", HTMLElement);
const passwordInput = byId("join-password", HTMLInputElement);
const login = byId("join-login", HTMLElement);
const loginInput = byId("join-login-password", HTMLInputElement);
const problem = byId("join-error", HTMLElement);
const joinButton = byId("join-button", HTMLButtonElement);
/** Refusals that a password may undo: they do not end a session. */
const SECRET_CODES = new Set([
  ...["password-needed", "bad-password", "name-reserved", "bad-login", "try-later"],
]);

/** @type {import("./commands.js").CommandTable} */
const table = { commands: [], defaultHistory: 20, maxHistory: 200 };
await loadTable();
const view = new Window(table, {
  takeOver: () => begin(savedSession()),
});
/** @type {Chat | undefined} */
let chat;
let joined = false;
/** Somebody else took the name of this session while it was away. */
let renames = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (nameInput.value.trim() === "") {
    problem.textContent = "Write a name first; any will do.";
    return nameInput.focus();
  }
  const held = savedSession();
  const name = nameInput.value.trim();
  // Whose name was taken meanwhile goes on under another one.
  const goesOn = held !== undefined && (renames || sameName(held.name, name));
  begin(goesOn ? { ...held, name } : undefined, true);
});
nameInput.addEventListener("input", () => {
  problem.textContent = "";
  // The password is that of the name that was there.
  loginInput.value = "";
  login.hidden = true;
});

// Where the keyboard of a phone lies over the page (iOS), the page is as high as what can be seen.
visualViewport?.addEventListener("resize", () => {
  const { height = innerHeight, scale = 1 } = visualViewport ?? {};
  const covered = scale < 1.01 && height < innerHeight - 1;
  document.documentElement.style.setProperty("--height", covered ? `${height}px` : "");
  if (covered) scrollTo(0, 0);
});

addEventListener("pagehide", () => chat?.save());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") chat?.save();
  else chat?.wake();
  view.update();
});
addEventListener("online", () => chat?.wake());
addEventListener("offline", () => chat?.probe());
addEventListener("focus", () => view.update());
addEventListener("hashchange", () => {
  const room = wantedRoom();
  if (room !== undefined && joined) chat?.enter(room);
});

const saved = savedSession();
try {
  if (saved === undefined) showJoin("");
  else begin(saved);
} catch {
  // Kept by another version of the page, in another form.
  forgetSession();
  showJoin("");
}

/** The server's commands; without them the page knows their names and nothing of what they are for. */
async function loadTable(waitMs = 1_000) {
  try {
    const answer = await fetch(new URL("./commands.json", import.meta.url));
    if (!answer.ok) throw new Error(`The server answered ${answer.status}`);
    Object.assign(table, await answer.json());
  } catch {
    setTimeout(() => loadTable(Math.min(2 * waitMs, 60_000)), waitMs);
  }
}

/**
 * Connects: as who we were, or with the name in the form.
 * @param {Saved | undefined} session
 * @param {boolean} [asked] from the form, which then stays until the server has let us in
 */
function begin(session, asked = false) {
  const password = passwordInput.value;
  const name = nameInput.value.trim() || session?.name || "";
  const shown = loginInput.value;
  const room = wantedRoom();
  joined = renames = false;
  joinButton.disabled = true;
  joinButton.textContent = "Joining…";
  problem.textContent = "";
  chat = new Chat(
    {
      open: () => new WebSocket(socketUrl()),
      table,
      changed: () => view.update(),
      status: takeStatus,
      heard: (heard) => view.hear(heard),
      asked: (asked) => view.show(asked),
    },
    {
      name,
      ...(room === undefined ? {} : { room }),
      ...(password === "" ? {} : { password }),
      ...(shown === "" ? {} : { login: { name, password: shown } }),
    },
    session,
  );
  view.use(chat);
  if (session !== undefined && !asked) showChat();
  chat.connect();
}

/** @param {Status} status */
function takeStatus(status) {
  view.setStatus(status);
  if (status.kind === "online") {
    const first = !joined;
    joined = true;
    setPreference("name", chat?.store.me);
    forgetPasswords();
    chat?.save();
    showChat();
    const room = wantedRoom();
    // Only on arrival: a connection that comes back must not lead away from what is read.
    if (first && room !== undefined && chat?.store.room(room) === undefined) chat?.enter(room);
  }
  // A session that is kept goes on trying, and the chat shows that.
  if (status.kind === "waiting") showChat();
  if (status.kind !== "ended" || status.code === "replaced") return;
  const left = status.cause === "left";
  if (left || status.cause === "dismissed") forgetSession();
  const { code = "" } = status;
  // A session that the server will not take up is of no more use than none.
  renames = code === "name-taken" && savedSession() !== undefined;
  if (status.cause === "refused" && !SECRET_CODES.has(code) && !renames) forgetSession();
  if (left || status.cause === "dismissed") forgetPasswords();
  secret.hidden = !(chat?.needsPassword ?? !secret.hidden);
  showJoin(
    left ? "" : code === "password-needed" ? "This server asks for a password." : status.text,
  );
  askAgain(code);
  // Or what was forgotten would be kept again when the page goes.
  if (savedSession() === undefined) chat = undefined;
}

/**
 * Leads to the password that a server has refused, or misses.
 * @param {string} code
 */
function askAgain(code) {
  if (code === "password-needed" || code === "bad-password") {
    passwordInput.value = "";
    passwordInput.focus();
  } else if (code === "name-reserved" || code === "bad-login") {
    login.hidden = false;
    loginInput.value = "";
    loginInput.focus();
  } else if (code === "try-later") joinButton.focus();
}

function forgetPasswords() {
  passwordInput.value = loginInput.value = "";
  login.hidden = true;
}

/** @param {string} text */
function showJoin(text) {
  view.hide();
  join.hidden = false;
  joinButton.disabled = false;
  joinButton.textContent = "Join";
  problem.textContent = text;
  if (nameInput.value === "") nameInput.value = chat?.store.me || preference("name") || "";
  document.title = "Join · chatroom";
  nameInput.focus();
  nameInput.select();
}

function showChat() {
  if (join.hidden && view.shown) return;
  join.hidden = true;
  view.reveal();
}

/** A link to a room ends in `#room`. */
function wantedRoom() {
  try {
    return decodeURIComponent(location.hash.slice(1)) || undefined;
  } catch {
    return undefined;
  }
}

function socketUrl() {
  const url = new URL("ws", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  return url;
}
