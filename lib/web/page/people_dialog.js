// @ts-check
/// <reference lib="dom" />
/** Dialogs about people: to whom one writes, and who somebody is. They come when they are opened. */

import { attempt, isStillShown, moment, problemView, setting } from "./controls.js";
import { lineForm, openDialog, pickView } from "./dialogs.js";
import { button, h } from "./dom.js";
import { closeDialog } from "./drawers.js";
import { inertLine } from "../../words/inert.js";
import { whereText } from "./member_list.js";
import { personIn } from "../../words/command.js";
import { nameKey, sameName } from "../../words/names.js";
import { nameView } from "./row_view.js";

/** @import { EventOf } from "../../wire/events.ts" */
/** @import { Opener } from "./controls.js" */
/** @import { Place } from "./place.js" */
/**
 * Somebody to write to. `away`: why they say that they are; `guest`: whoever has this name later may be somebody else.
 * @typedef {{ readonly name: string, readonly here: boolean, readonly away: string | undefined,
 *   readonly guest: boolean }} FoundPerson
 * @typedef {{ readonly accounts: FoundPerson[], readonly guests: FoundPerson[] }} Known
 */

/** How long somebody pauses before what is typed is looked up, in ms. */
const PAUSE_MS = 200;
/** So many people are shown, ... */
const MOST_SHOWN = 20;
/** ... so many the server is asked for, ... */
const MOST_FOUND = 200;
/** ... and of so many rooms of a guest who is in them. */
const MOST_ROOMS = 5;

/** @param {Opener} opener */
export async function openWrite(opener) {
  const { chat, write } = opener;
  const list = h("ul", { id: "found-people" });
  const told = h("p", { class: "none", role: "status" });
  let typed = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  const look = async () => {
    const prefix = typed;
    const { people, more } = await peopleLike(opener, prefix);
    // What was typed meanwhile is looked up by itself.
    if (prefix !== typed) return;
    list.replaceChildren(...people.map((person) => personView(person, () => write(person.name))));
    told.textContent = more ? "There are more; write more of the name." : "";
  };
  const oninput = (/** @type {Event} */ { target }) => {
    typed = /** @type {HTMLInputElement} */ (target).value.trim();
    clearTimeout(pause);
    pause = setTimeout(() => void look(), PAUSE_MS);
  };
  const field = {
    "aria-label": "The name of somebody",
    placeholder: "A name",
    autocapitalize: "none",
    spellcheck: "false",
    autofocus: true,
    maxlength: 64,
  };
  const problem = problemView();
  const form = lineForm(field, "Write", (line) => void writeTo(line, opener, problem));
  form.addEventListener("input", oninput);
  const { id, name } = chat.store.account;
  const notes = id !== "" && button(
    {
      class: "plain",
      onclick: () => {
        closeDialog();
        write(name);
      },
    },
    "Notes to yourself",
  );
  openDialog("Write to somebody", form, problem, list, told, notes);
  await look();
}

/** Writes to whoever is called that, or says that nobody is. @type {(line: string, opener: Opener, problem: HTMLElement) => Promise<void>} */
async function writeTo(line, { chat, write }, problem) {
  if (line === "") return;
  await attempt(problem, async () => {
    const name = await chat.sender.nameOf(personIn(line));
    if (!isStillShown(problem)) return;
    closeDialog();
    write(name);
  });
}

/**
 * Those whose names begin so: of all who have an account, or for a guest of those who are in its rooms;
 * after them guests who are here, as one that is gone reads nothing any more.
 * @type {(opener: Opener, prefix: string) => Promise<{ people: readonly FoundPerson[], more: boolean }>}
 */
async function peopleLike({ chat }, prefix) {
  const { account, places } = chat.store;
  const rooms = places.filter(({ kind }) => kind === "room");
  const { accounts, guests } = account.id === ""
    ? await knownToGuest(chat, rooms.slice(0, MOST_ROOMS))
    : await knownToAccount(chat, rooms, prefix);
  const lower = prefix.toLowerCase();
  const people = [...accounts, ...guests].filter(({ name }) =>
    name.toLowerCase().startsWith(lower) && !sameName(name, account.name)
  );
  return { people: people.slice(0, MOST_SHOWN), more: people.length > MOST_SHOWN };
}

/** @type {(chat: Opener["chat"], rooms: readonly Place[], prefix: string) => Promise<Known>} */
async function knownToAccount(chat, rooms, prefix) {
  const found = await chat.ask({ type: "people", prefix, limit: MOST_FOUND }).catch(() =>
    undefined
  );
  if (found?.type !== "people") return { accounts: [], guests: [] };
  const accounts = found.people.map(({ name, here, away }) => ({ name, here, away, guest: false }));
  // Whoever is none of these has no account, unless there are accounts that were not told.
  const keys = new Set(accounts.map(({ name }) => nameKey(name)));
  const others = new Set(found.more ? [] : rooms.flatMap(({ members }) => members));
  const listed = rooms.flatMap(({ people }) => people);
  const guests = [...others].filter((name) => !keys.has(nameKey(name))).map((name) => {
    const { away } = listed.find((person) => sameName(person.name, name)) ?? {};
    return { name, here: true, away, guest: true };
  });
  return { accounts, guests: byName(guests) };
}

/** @type {(chat: Opener["chat"], rooms: readonly Place[]) => Promise<Known>} */
async function knownToGuest(chat, rooms) {
  const lists = await Promise.all(
    rooms.map(({ name }) => chat.ask({ type: "who", room: name }).catch(() => undefined)),
  );
  const listed = lists.flatMap((event) => event?.type === "members" ? event.people ?? [] : [])
    .filter(({ visitor }) => visitor !== true);
  const people = [...new Map(listed.map((each) => [nameKey(each.name), each])).values()]
    .map(({ name, here, away, account }) => ({ name, here, away, guest: account === undefined }));
  return {
    accounts: byName(people.filter(({ guest }) => !guest)),
    guests: byName(people.filter(({ guest, here }) => guest && here)),
  };
}

/** @type {(people: FoundPerson[]) => FoundPerson[]} */
function byName(people) {
  return people.sort((a, b) => a.name.localeCompare(b.name));
}

/** @type {(person: FoundPerson, go: () => void) => HTMLElement} */
function personView({ name, here, away, guest }, go) {
  const about = `${guest ? "guest, " : ""}${whereText({ here, away })}`;
  return pickView(go, nameView(name), " ", h("span", { class: "meta" }, about));
}

/**
 * @param {EventOf<"person">} person
 * @param {Opener | undefined} opener
 */
export function showPerson(person, opener) {
  if (opener === undefined) return;
  const { name, role, here, away, rooms, idleMs, seen } = person;
  const { chat, write, update } = opener;
  const problem = problemView();
  const isBlocked = chat.store.account.isBlocked({ from: name, by: person.account });
  const block = () =>
    void attempt(problem, async () => {
      await chat.ask({ type: isBlocked ? "unblock" : "block", name });
      update();
      if (isStillShown(problem)) showPerson(person, opener);
    });
  const state = here
    ? away === undefined ? "Here" : `Away: ${inertLine(away)}`
    : seen === undefined
    ? "Not here"
    : `Not here; here last ${moment.format(new Date(seen))}`;
  const idle = idleMs !== undefined && idleMs >= 60_000
    ? `, silent for ${Math.floor(idleMs / 60_000).toLocaleString("en")} min`
    : "";
  const writes = () => {
    closeDialog();
    write(name);
  };
  openDialog(
    inertLine(name),
    h("p", {}, state + idle),
    role !== undefined && role !== "member" &&
      h("p", {}, role === "owner" ? "Owner of this server" : "Operator of this server"),
    person.account === undefined &&
      h("p", {}, "A guest: whoever comes under this name later may be somebody else."),
    rooms.length > 0 && h("p", {}, `In your rooms ${rooms.map(inertLine).join(", ")}`),
    problem,
    setting("Write", "To this person alone.", button({ class: "plain", onclick: writes }, "Write")),
    chat.store.account.id !== "" && setting(
      isBlocked ? "Blocked" : "Block",
      "Nothing written to you comes, and what is said in rooms is folded.",
      button(
        { class: "plain", "aria-pressed": String(isBlocked), onclick: block },
        isBlocked ? "Unblock" : "Block",
      ),
    ),
  );
}
