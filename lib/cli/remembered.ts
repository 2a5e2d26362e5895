/** The settings of one run: read once, changed while it runs, saved as far as that is possible. */

import { configDir } from "../client/config_dir.ts";
import {
  DEFAULT_SETTINGS,
  loadSettings,
  saveSettings,
  type Settings,
  SettingsError,
} from "../client/settings.ts";
import { mergeSettings } from "../client/settings_merge.ts";
import { readEnv } from "./flags.ts";

/** What {@linkcode Remembered.open} is told. */
export interface RememberedOptions {
  /** The folder of the settings; the system's unless told, and `false` for no settings at all. */
  readonly dir?: string | false;
  /** Takes what is wrong with the settings, one line; called once at most. */
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

  /** Reads the settings. */
  static open({ dir, complain }: RememberedOptions): Remembered {
    const usual = (): string | undefined => configDir({ os: Deno.build.os, env: readEnv });
    return new Remembered(dir === false ? undefined : dir ?? usual(), complain);
  }

  get settings(): Settings {
    return this.#settings;
  }

  /**
   * Takes `change` over and saves it. What another chatroom has saved in the meantime stays,
   * but for the values and the entries of lists that are different in `change`.
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
