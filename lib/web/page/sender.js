// @ts-check
/// <reference lib="dom" />
/** Sends what is written: kept before it is sent and until it is acked, whatever becomes of the page. */

import { quoteText } from "../../words/fold.js";
import { postOf } from "./mail.js";
import { RequestFault } from "./request_fault.js";
import { saveSession } from "./saved.js";

/** @import { Request, RequestOf } from "../../wire/requests.ts" */
/** @import { Parsed } from "../../words/command.js" */
/** @import { PageConnection } from "./connection.js" */
/** @import { SayHow } from "./mail.js" */
/** @import { Post } from "./pending.js" */
/** @import { Place } from "./place.js" */
/** @import { Store } from "./store.js" */

const NO_SPACE = "This browser has no room left to keep what is not sent yet: " +
  "it is lost if this tab is closed or loaded anew before it is sent.";

export class Sender {
  #store;
  #connection;
  #isKept = true;

  /** @param {Store} store @param {PageConnection} connection */
  constructor(store, connection) {
    this.#store = store;
    this.#connection = connection;
  }

  /**
   * Says what was typed; to a person, if there is one who is called that. Throws a {@link RequestFault} for what
   * can't be sent.
   * @param {RequestOf<"say" | "direct">} request
   * @param {Place | undefined} place where it was typed
   * @param {SayHow} [how]
   */
  async say(request, place, { re, instead } = {}) {
    const { placeList } = this.#store;
    const to = request.type === "direct" ? request.to : undefined;
    const where = request.type === "say"
      ? place
      : placeList.at(request) ?? placeList.with(to ?? "");
    const answer = re === undefined || where !== place ? {} : { re };
    // Only what begins a conversation waits for that: what is typed keeps its order.
    const isNew = to !== undefined && where === undefined && this.#connection.online;
    const named = isNew ? { to: await this.nameOf(to) } : {};
    const said = { ...answer, ...request, ...named };
    this.send(postOf(said, where, this.#connection.nextId()), instead);
  }

  /**
   * How the name is written of whoever is meant by one. Throws a {@link RequestFault} where nobody is.
   * @param {string} name
   */
  async nameOf(name) {
    const known = this.#store.placeList.with(name);
    const found = known ?? await this.#connection.ask({ type: "whois", name });
    return "name" in found && found.name || name;
  }

  /**
   * Throws a {@link RequestFault} for what is larger than the server takes.
   * @param {Post} post
   * @param {string} [instead] the id of something that waits, in whose place it comes
   */
  send(post, instead) {
    this.#check(post);
    const place = this.#store.post(post, Date.now(), this.#connection.online, instead);
    if (post.type === "direct" && place !== undefined) this.#store.activate(place.key);
    // Kept before it is sent: a page can be gone at any time.
    this.save();
    this.#connection.post(post);
  }

  /**
   * Does something about a message. `isTyped`: it may be about one that is not in sight, and a removal can't
   * be taken back.
   * @param {RequestOf<"revise" | "remove" | "react" | "pin" | "answer">} request @param {boolean} isTyped
   */
  change(request, isTyped) {
    const said = this.#store.placeList.at(request)?.timeline.said(request.re);
    this.send({ ...request, id: this.#connection.nextId() });
    if (!isTyped || request.type !== "remove" || said === undefined) return;
    this.#store.note(`Removed: ${quoteText(said.text)}`);
  }

  /** Takes back something that waits or was refused. @param {string} id */
  withdraw(id) {
    const post = this.#store.outgoing.withdraw(id)?.post;
    this.save();
    return post;
  }

  /**
   * Keeps something from being sent while somebody writes another text for it, and lets it go on after that.
   * @param {string} id @param {boolean} isEdited
   */
  edit(id, isEdited) {
    const { outgoing, unsent } = this.#store;
    outgoing.edit(id, isEdited);
    const post = outgoing.unsent.find((each) => each.id === id);
    if (this.#connection.online && post !== undefined && !unsent.includes(post)) {
      this.#connection.post(post);
      outgoing.transmitted();
    }
    this.save();
  }

  /**
   * Takes back what waits.
   * @param {Extract<Parsed, { kind: "withdraw" }>} asked
   * @returns {{ kind: "request", request: Request } | { kind: "again", id: string }
   *   | { kind: "told", text: string }} what is to be done then
   */
  takeBack({ id, instead, edits }) {
    if (edits) return { kind: "again", id };
    const post = this.withdraw(id);
    if (instead !== undefined) return { kind: "request", request: instead };
    const text = post !== undefined && "text" in post ? quoteText(post.text) : "";
    return { kind: "told", text: `Taken back, and not sent: ${text}` };
  }

  /** Sends a message that may have arrived once more, as another one. @param {string} id */
  resend(id) {
    const waiting = this.#store.waiting.find(({ post }) => post.id === id);
    if (waiting === undefined) return;
    // What can't be sent stays where it is.
    this.send({ ...waiting.post, id: this.#connection.nextId() }, id);
  }

  /** @param {Post} post */
  #check(post) {
    if ("room" in post && post.room === "") {
      throw new RequestFault("no-room", "You are in no room; /join ROOM enters one");
    }
    const excess = this.#connection.excess(post);
    if (excess !== undefined) throw new RequestFault("too-long", excess);
  }

  /** What waits may be more than this server takes: that fails, and keeps nothing else back. */
  checkUnsent() {
    for (const post of this.#store.unsent) {
      const excess = this.#connection.excess(post);
      if (excess !== undefined) this.#store.outgoing.fail(post.id, excess);
    }
  }

  save() {
    if (this.#store.session === "") return;
    const wasKept = this.#isKept;
    this.#isKept = saveSession(this.#store.save());
    if (wasKept && !this.#isKept) this.#store.note(NO_SPACE, "error");
  }
}
