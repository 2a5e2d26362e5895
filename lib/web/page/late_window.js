// @ts-check
/// <reference lib="dom" />
/**
 * What the window is not made of until somebody joins: keys, what opens over it, and the rest. It is shown
 * when that has come: a key that is pressed before would be lost, or do what somebody else is told by it.
 */

import { el } from "./head.js";
import { Late, lateCopy, lateStyles } from "./late.js";
import { lateCommands } from "./late_commands.js";
import { lateText } from "./late_text.js";

/** @import { Asked } from "./asked.js" */
/** @import { Opener } from "./controls.js" */
/** @import { MemberList } from "./member_list.js" */
/** @import { Done } from "./notify.js" */
/** @import { Place } from "./place.js" */
/** @import { RowLife } from "./row_view.js" */
/** @import { Places } from "./side.js" */
/** @import { LateFiles } from "./late_files.js" */
/** @import { LifeDesk, LifeDeskOptions } from "./life/desk.js" */
/** @import { Teller } from "./teller.js" */
/** @typedef {Extract<Asked, { kind: "edit" | "remove" | "again" }>} AskedOfMessage what is done where one writes, or about a message */
/** @typedef {Parameters<typeof import("./document_events.js").bindKeys>[0]} KeyActions */

const NOT_HERE = "This can't be shown: the server did not send that part of the page. " +
  "Load the page anew when it is there again.";

/** How long a chat is not shown because a part of it has not come, in ms. */
const LONGEST_MS = 10_000;

export class LateWindow {
  #openers;
  #events;
  /** @type {Late<LifeDesk>} */
  #life;
  /** @type {Late<{ places: Places, members: MemberList } & typeof import("./start.js")>} */
  #around;
  /** @type {Late<Teller>} */
  #teller;
  #chat;
  #write;
  #complain;
  #changed;

  /**
   * @param {object} parts
   * @param {() => Opener | undefined} parts.opener what there is now; nothing before a chat
   * @param {LateFiles} parts.files
   * @param {KeyActions} parts.keys
   * @param {Omit<LifeDeskOptions, "tell">} parts.life
   * @param {(text: string) => void} parts.write puts a text where one writes
   * @param {(text: string) => void} parts.complain
   * @param {() => void} parts.changed something has come
   */
  constructor({ opener, files, keys, life, write, complain, changed }) {
    this.#chat = life.chat;
    this.#write = write;
    this.#complain = complain;
    this.#changed = changed;
    this.#openers = new Late(async () => {
      const { Openers } = await import("./openers.js");
      return new Openers(opener, NOT_HERE);
    });
    this.#events = new Late(async () => {
      const { bindFiles, bindKeys } = await import("./document_events.js");
      bindFiles(el.chat, files);
      bindKeys(keys);
    });
    this.#around = new Late(async () => {
      const [{ Places }, { MemberList }, start] = await Promise.all([
        import("./side.js"),
        import("./member_list.js"),
        import("./start.js"),
      ]);
      const places = new Places(keys.go, (room) => opener()?.enter(room));
      return { ...start, places, members: new MemberList((name) => opener()?.write(name)) };
    });
    this.#life = new Late(async () => {
      const { LifeDesk } = await import("./life/desk.js");
      return new LifeDesk({ ...life, tell: (text) => this.#teller.here?.tell(text) });
    });
    this.#teller = new Late(async () => {
      const { Teller } = await import("./teller.js");
      return new Teller(life.list, life.say);
    });
  }

  /** What can be done about messages; nothing where the server knows none of it, and until it has come. */
  get #desk() {
    return this.#chat()?.welcome?.features?.includes("life") ? this.#life.here : undefined;
  }

  /** @returns {RowLife | undefined} */
  get rowLife() {
    return this.#desk?.parts;
  }

  /** What rows depend on of this: when it changes they are made anew. */
  get came() {
    return `${lateText.here !== undefined} ${this.#desk !== undefined}`;
  }

  /** Something was done about a message. @param {Done} done */
  hear(done) {
    this.#desk?.hear(done);
  }

  /** What stands around the messages. */
  get around() {
    return this.#around.here;
  }

  /** What is shown has changed. */
  painted() {
    this.#desk?.painted();
    const chat = this.#chat();
    if (chat !== undefined) this.#teller.here?.painted(chat);
  }

  /**
   * By what the draft of a place is known, and what the empty field says, where what is written there is
   * not something new.
   * @param {Place} place
   */
  draftOf(place) {
    return this.#desk?.writing.draftOf(place);
  }

  /** Does what a typed line is for. @param {string} typed */
  async submit(typed) {
    const place = this.#chat()?.store.active;
    const finished = lateCommands.here?.finish(typed) ?? typed;
    const line = typeof finished === "string" ? finished : await finished;
    // It is not said elsewhere.
    if (this.#chat()?.store.active !== place) return false;
    return await (this.#desk?.writing.submit(line) ?? this.#chat()?.submit(line)) ?? false;
  }

  /** Lets somebody edit what waits or was refused. @param {string} id */
  again(id) {
    const desk = this.#desk;
    if (desk !== undefined) return desk.writing.again(id);
    const post = this.#chat()?.withdraw(id);
    // What was being written stays behind it.
    if (post && "text" in post) this.#write([post.text, el.input.value].join("\n").trim());
  }

  /** Settles when all of it is here, could not come, or takes too long to wait for. */
  async whole() {
    const late = new Promise((resolve) => setTimeout(resolve, LONGEST_MS));
    await Promise.race([this.come(), late]);
  }

  /** Brings it, and settles when it is here or could not come; that is tried again with each connection. */
  async come() {
    const own = [this.#around, this.#events, this.#openers, this.#teller, this.#life];
    await Promise.all([lateText, lateStyles, lateCopy, lateCommands, ...own].map(async (late) => {
      if (late.here === undefined) await late.come().then(this.#changed);
    }));
  }

  /** Opens what somebody asks for. @param {Parameters<import("./openers.js").Openers["show"]>[0] | AskedOfMessage} asked */
  async show(asked) {
    const place = this.#chat()?.store.active;
    switch (asked.kind) {
      case "edit":
        return place && this.#desk?.writing.edit(place, asked.seq);
      case "remove":
        return this.#desk?.remove(asked.seq);
      case "again":
        return this.again(asked.id);
    }
    const openers = await this.#openers.come();
    if (openers === undefined) this.#complain(NOT_HERE);
    else openers.show(asked);
  }
}
