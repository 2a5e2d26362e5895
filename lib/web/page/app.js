// @ts-check
/// <reference lib="dom" />
/** The page: joins, shows what the chat knows, and hands on what the person does. */

import { Chat } from "./chat.js";
import { byId } from "./dom.js";
import { preference, savedSession, saveSession, setPreference } from "./saved.js";
import { Window } from "./window.js";

/** @typedef {import("./connection.js").Status} Status */
/** @typedef {import("./store.js").Saved} Saved */

const join = byId("join", HTMLElement);
const form = byId("join-form", HTMLFormElement);
const nameInput = byId("join-name", HTMLInputElement);
const secret = byId("join-secret", HTMLElement);
const passwordInput = byId("join-password", HTMLInputElement);
const problem = byId("join-error", HTMLElement);
const joinButton = byId("join-button", HTMLButtonElement);

/** @type {import("./commands.js").CommandTable} */
const table = await fetch(new URL("commands.json", document.baseURI)).then((r) => r.json()).catch(
  () => ({ commands: [], defaultHistory: 20, maxHistory: 200 }),
);
const view = new Window(table, {
  takeOver: () => begin(savedSession()),
});
/** @type {Chat | undefined} */
let chat;
let joined = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (nameInput.value.trim() === "") {
    problem.textContent = "Write a name first; any will do.";
    return nameInput.focus();
  }
  begin(undefined);
});
nameInput.addEventListener("input", () => problem.textContent = "");

addEventListener("pagehide", () => chat?.save());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") chat?.save();
  else chat?.wake();
  view.update();
});
addEventListener("online", () => chat?.wake());
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
  saveSession(undefined);
  showJoin("");
}

/**
 * Connects: as who we were, or with the name in the form.
 * @param {Saved | undefined} session
 */
function begin(session) {
  const password = passwordInput.value;
  const name = nameInput.value.trim() || session?.name || "";
  const room = wantedRoom();
  joined = false;
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
    { name, ...(room === undefined ? {} : { room }), ...(password === "" ? {} : { password }) },
    session,
  );
  view.use(chat);
  if (session !== undefined) showChat();
  chat.connect();
}

/** @param {Status} status */
function takeStatus(status) {
  view.setStatus(status);
  if (status.kind === "online") {
    const first = !joined;
    joined = true;
    setPreference("name", chat?.store.me);
    passwordInput.value = "";
    chat?.save();
    showChat();
    const room = wantedRoom();
    // Only on arrival: a connection that comes back must not lead away from what is read.
    if (first && room !== undefined && chat?.store.room(room) === undefined) chat?.enter(room);
  }
  if (status.kind !== "ended" || status.code === "replaced") return;
  const left = status.cause === "left";
  if (left || status.cause === "dismissed") saveSession(undefined);
  // A session that the server will not take up is of no more use than none.
  if (status.cause === "refused") saveSession(undefined);
  const asks = chat?.needsPassword ?? false;
  const first = asks && secret.hidden;
  secret.hidden = !asks;
  showJoin(left ? "" : first ? "This server asks for a password." : status.text);
  if (asks) passwordInput.focus();
}

/** @param {string} text */
function showJoin(text) {
  view.hide();
  join.hidden = false;
  joinButton.disabled = false;
  joinButton.textContent = "Join";
  problem.textContent = text;
  if (nameInput.value === "") nameInput.value = preference("name") ?? "";
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
