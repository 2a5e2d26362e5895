/** The settings of one run: read once, changed while it runs, and saved if possible. */

import { configDir } from "../client/config_dir.ts";
import {
  DEFAULT_SETTINGS,
  loadSettings,
  mergeSettings,
  saveSettings,
  type Settings,
  SettingsError,
} from "../client/settings.ts";
import { readEnv } from "./flags.ts";

/** Options of {@linkcode Remembered.open}. */
export interface RememberedOptions {
  /** The folder of the settings; the usual one by default, `false` for no settings. */
  readonly dir?: string | false;
  /** Called at most once, with a line about what is wrong with the settings. */
  readonly complain: (line: string) => void;
}

/** A person's settings, and where they are kept. */
export class Remembered {
  readonly #dir: string | undefined;
  readonly #complain: (line: string) => void;
  #settings: Settings;
  #broken = false;

  private constructor(dir: string | undefined, complain: (line: string) => void) {
    this.#dir = dir;
    this.#complain = complain;
    const { settings, problem } = dir === undefined
      ? { settings: DEFAULT_SETTINGS, problem: undefined }
      : loadSettings(dir);
    this.#settings = settings;
    if (problem !== undefined) this.#giveUp(problem);
  }

  /** Loads the settings. */
  static open({ dir, complain }: RememberedOptions): Remembered {
    const usual = (): string | undefined => configDir({ os: Deno.build.os, env: readEnv });
    return new Remembered(dir === false ? undefined : dir ?? usual(), complain);
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
    if (this.#dir === undefined || this.#broken) return;
    try {
      const { settings, problem } = loadSettings(this.#dir);
      if (problem !== undefined) return this.#giveUp(problem);
      saveSettings(this.#dir, mergeSettings(settings, known, changed));
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
