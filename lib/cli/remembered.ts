/** The settings of one run: read once, changed while it runs, and saved if possible. */

import {
  DEFAULT_SETTINGS,
  loadSettings,
  mergeSettings,
  saveSettings,
  type Settings,
  SettingsError,
} from "../client/settings.ts";

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
