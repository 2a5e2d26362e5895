/** The settings of one run: read once, changed while it runs, and saved if possible. */

import { altered, type Conversation, type LinkEvent } from "../client/conversation.ts";
import {
  DEFAULT_SETTINGS,
  loadSettings,
  mergeSettings,
  saveSettings,
  type Settings,
  SettingsError,
} from "../client/settings.ts";
import type { Event } from "../wire/events.ts";

/** A person's settings, and where they are kept. */
export class Remembered {
  /** Where they are kept; `undefined`: nowhere. */
  readonly dir: string | undefined;
  readonly #complain: (line: string) => void;
  #settings = DEFAULT_SETTINGS;
  #broken = false;

  /**
   * Loads the settings from `dir`; `undefined`: there are none. `complain` is called at most once, with
   * a line about what is wrong with them.
   */
  constructor(dir: string | undefined, complain: (line: string) => void) {
    this.dir = dir;
    this.#complain = complain;
    if (dir === undefined) return;
    const { settings, problem } = loadSettings(dir);
    this.#settings = settings;
    if (problem !== undefined) this.#giveUp(problem);
  }

  get settings(): Settings {
    return this.#settings;
  }

  /**
   * Changes the settings and saves them. What another chatroom has saved meanwhile stays, except the
   * values and list entries that `change` changes.
   */
  update(change: Partial<Settings>): void {
    const known = this.#settings;
    const changed = { ...known, ...change };
    if (JSON.stringify(changed) === JSON.stringify(known)) return;
    this.#settings = changed;
    if (this.dir === undefined || this.#broken) return;
    try {
      const { settings, problem } = loadSettings(this.dir);
      if (problem !== undefined) return this.#giveUp(problem);
      saveSettings(this.dir, mergeSettings(settings, known, changed));
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      this.#giveUp(error.message);
    }
  }

  #giveUp(problem: string): void {
    this.#broken = true;
    this.#complain(problem);
  }
}

/** What is remembered of a conversation. */
interface Meeting {
  /** The server as it is shown. */
  readonly server: string;
  /** Whether the name is remembered even if it is not reserved for the person. */
  readonly keepsName: boolean;
}

/** Wraps `conversation` so that the server is remembered, and the name that the person was last there. */
export function remembering(
  conversation: Conversation,
  remembered: Remembered,
  { server, keepsName }: Meeting,
): Conversation {
  let keeps = keepsName;
  const note = (event: Event): void => {
    const { name } = conversation;
    keeps ||= event.type === "ready" ? event.account !== undefined : event.type === "account";
    const names = { ...remembered.settings.names, [server]: name };
    remembered.update(keeps ? { name, names, server } : { server });
  };
  async function* events(): AsyncGenerator<LinkEvent> {
    for await (const event of conversation.events) {
      if (event.type === "ready") note(event);
      yield event;
    }
  }
  const send: Conversation["send"] = async (request) => {
    const answer = await conversation.send(request);
    if (answer.type === "renamed" || answer.type === "account") note(answer);
    return answer;
  };
  return altered(conversation, { events: events(), send });
}
