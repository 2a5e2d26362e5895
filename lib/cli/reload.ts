/**
 * SIGHUP: reads again what a server is asked for, and goes by it where that can be done while it runs. All of it
 * is looked at first, and nothing changes if something is wrong. Loaded when the first SIGHUP comes.
 */

import { LIMITS, type Limits } from "../server/limits.ts";
import type { Logger } from "../server/log.ts";
import type { Server } from "../server/serve.ts";
import type { WebListener } from "../web/serve_web.ts";
import { reasonOf } from "../wire/text.ts";
import { configPath } from "./config_flag.ts";
import { lookAtConfig } from "./config_problems.ts";
import { placed, shownValue, whereSaid } from "./config_values.ts";
import { type Invocation, UsageError } from "./flags.ts";
import type { ServeFlag } from "./serve_flag.ts";
import { WEB_LIMIT_FLAGS } from "./limit_flags.ts";
import { givenPassword, readPasswordAgain } from "./password.ts";
import { isPlainFile } from "./plain_file.ts";
import { SERVE_FLAGS } from "./serve_flags.ts";
import { type Wanted, wantedBy } from "./serve_wanted.ts";
import { KEEP_FLAGS, type KeptData, retentionRules } from "./store_flags.ts";
import { type Tls, TLS_FLAGS } from "./tls_flags.ts";
import { WEB_FLAGS } from "./web_flags.ts";

/** A server that runs, and what it goes by. */
export interface Running {
  /** What flags and variables say, which win over the file. */
  readonly base: Invocation;
  /** What it was started with. */
  readonly wanted: Wanted;
  /** What the program itself goes by; changes in place. */
  readonly limits: Limits;
  readonly server: Pick<Server, "change">;
  readonly door: Pick<WebListener, "change"> | undefined;
  readonly tls: Pick<Tls, "prepare"> | undefined;
  readonly kept: Pick<KeptData, "change"> | undefined;
  /** The limits with those that are not this server's own to set. */
  readonly inCommon: (wanted: Wanted) => Limits;
  readonly log: Logger;
}

/** What a server is to go by, and what of it waits for a restart. */
interface Plan {
  readonly wanted: Wanted;
  readonly changed: readonly string[];
  readonly waiting: readonly ServeFlag[];
  /** What was asked for, also what waits. */
  readonly asked: Invocation;
}

/** Does it each time that it is told to, one time after the other. */
export class Reloading {
  readonly #running: Running;
  /** What is in force. */
  #wanted: Wanted;
  /** The files that could not be read again this time, each with its flag: what they said before holds. */
  readonly #unread = new Map<string, string>();
  #isBusy = false;
  #isDue = false;

  constructor(running: Running) {
    this.#running = running;
    this.#wanted = running.wanted;
  }

  /** Never rejects. When it is told to while it does it, it does it once more. */
  async again(): Promise<void> {
    this.#isDue = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#isDue) {
      this.#isDue = false;
      await this.#once();
    }
    this.#isBusy = false;
  }

  async #once(): Promise<void> {
    try {
      const found = await this.#look();
      if ("problems" in found) return this.#refuse(found.problems);
      const use = await this.#certificate(found.wanted);
      this.#apply(found, use);
    } catch (error) {
      this.#refuse([error instanceof UsageError ? error.message : reasonOf(error)]);
    }
  }

  /** Looks at all that is asked for. Rejects with a {@linkcode UsageError}. */
  async #look(): Promise<Plan | { readonly problems: readonly string[] }> {
    const { base } = this.#running;
    const now = this.#wanted;
    this.#unread.clear();
    if (now.configPath !== undefined && configPath(base) === undefined) {
      throw new UsageError(`${now.configPath} is gone; --config none goes without one`);
    }
    const passwordOf = (invocation: Invocation): string | undefined => this.#passwordOf(invocation);
    const { wanted: next, problems } = await lookAtConfig(base, passwordOf);
    if (next === undefined) return { problems };
    const differs = (flag: ServeFlag): boolean =>
      valueIn(now.invocation, flag) !== valueIn(next.invocation, flag);
    const isWaiting = (flag: ServeFlag): boolean => waits(flag, now, next);
    const waiting = new Set(SERVE_FLAGS.filter(isWaiting).map(({ name }) => name));
    const merged = joined(now.invocation, next.invocation, waiting);
    const wanted = { ...await wantedBy(merged, passwordOf), configPath: next.configPath };
    const changed = SERVE_FLAGS.filter((flag) =>
      !waiting.has(flag.name) && (differs(flag) || isAnother(flag, now, wanted))
    ).map(({ name }) => name);
    const asked = next.invocation;
    return {
      wanted,
      changed,
      asked,
      waiting: SERVE_FLAGS.filter((flag) => waiting.has(flag.name) && differs(flag)),
    };
  }

  /** A pipe is read at the start, and can't be read again: what came from the file before stays. */
  #passwordOf(invocation: Invocation): string | undefined {
    const file = invocation.get("password-file");
    if (file === undefined) return givenPassword(invocation);
    const isSame = file === this.#wanted.invocation.get("password-file");
    if (!isSame || isPlainFile(file)) return readPasswordAgain(file);
    this.#unread.set("password-file", file);
    return this.#wanted.password;
  }

  /** Looks at the certificate; what it resolves with uses it. Rejects with a {@linkcode UsageError}. */
  async #certificate({ plan, invocation }: Wanted): Promise<() => void> {
    if (plan === undefined) return () => {};
    const { cert, key } = plan === "own" ? { cert: undefined, key: undefined } : plan;
    for (const [flag, path] of [["tls-cert", cert], ["tls-key", key]] as const) {
      if (path !== undefined && !isPlainFile(path)) this.#unread.set(flag, path);
    }
    try {
      return await this.#running.tls?.prepare(plan) ?? (() => {});
    } catch (error) {
      if (!(error instanceof Error && error.name === "CertificateError")) throw error;
      throw placed(invocation, new UsageError(error.message), "tls-cert");
    }
  }

  /** From here on nothing can go wrong, and nothing waits. */
  #apply({ wanted, changed, waiting, asked }: Plan, useCertificate: () => void): void {
    const { server, door, kept, limits, log } = this.#running;
    const { invocation: before, password } = this.#wanted;
    Object.assign(limits, this.#running.inCommon(wanted));
    server.change({ limits, password: wanted.password, title: wanted.title.title });
    if (wanted.web !== undefined) door?.change(wanted.web);
    if (wanted.place !== undefined) kept?.change?.(wanted.place, limits);
    Object.assign(this.#running.wanted.style, wanted.style);
    useCertificate();
    this.#wanted = wanted;
    for (const flag of waiting) {
      const fields = {
        flag: `--${flag.name}`,
        now: shownValue(before, flag),
        asked: shownValue(asked, flag),
        ...whereSaid(asked, flag.name),
      };
      log({ level: "warning", kind: "reload", text: "This waits for a restart", fields });
    }
    for (const [flag, file] of this.#unread) {
      const text = "This is no plain file and was not read again; what it said before holds";
      log({ level: "warning", kind: "reload", text, fields: { flag: `--${flag}`, file } });
    }
    if (password !== undefined && wanted.password === undefined) {
      const text = "Nobody needs a password any more";
      log({ level: "warning", kind: "reload", text });
    }
    log({ level: "info", kind: "reload", ...told(wanted, changed, this.#unread.size > 0) });
  }

  #refuse(problems: readonly string[]): void {
    const text = "SIGHUP: nothing was taken over, since something is wrong";
    for (const error of problems) {
      this.#running.log({ level: "error", kind: "reload", text, fields: { error } });
    }
  }
}

/** What the log says when all is taken over. */
function told(
  { place }: Wanted,
  changed: readonly string[],
  isUnread: boolean,
): { readonly text: string; readonly fields?: Readonly<Record<string, string>> } {
  const what = `SIGHUP: all${isUnread ? " else" : ""} was read again, and`;
  if (changed.length === 0) return { text: `${what} nothing has changed` };
  const isKeeping = changed.some((name) => KEEP_FLAGS.some((flag) => flag.name === name));
  // Nobody should be surprised by what goes.
  const rules = isKeeping && place !== undefined ? retentionRules(place) : [];
  return {
    text: `${what} what has changed is in force`,
    fields: {
      changed: changed.map((name) => `--${name}`).join(" "),
      ...rules.length === 0 ? {} : { removed: rules.join(" and ") },
    },
  };
}

/** Whether another value of a flag has to wait until the server is started again. */
function waits(flag: ServeFlag, now: Wanted, next: Wanted): boolean {
  if (flag.reload === "restart") return true;
  const isOf = (flags: readonly ServeFlag[]): boolean =>
    flags.some(({ name }) => name === flag.name);
  // What is about something that is not there yet, or is to go.
  if (isOf(WEB_FLAGS) || isOf(WEB_LIMIT_FLAGS)) return now.web === undefined;
  if (isOf(TLS_FLAGS)) return now.plan === undefined || next.plan === undefined;
  if (isOf(KEEP_FLAGS)) {
    return now.place === undefined || now.node !== undefined || next.place === undefined;
  }
  // The log of a cluster was opened for messages of this size.
  return now.node !== undefined && flag.name === LIMITS.payloadBytes.flag;
}

/** Whether what a file holds is another, though it has the same name. */
function isAnother({ name }: ServeFlag, now: Wanted, next: Wanted): boolean {
  return name === "password-file" && now.password !== next.password;
}

function valueIn(invocation: Invocation, { name, value }: ServeFlag): string {
  return JSON.stringify(value === undefined ? invocation.has(name) : invocation.all(name));
}

/** What is asked for, but for the flags that wait: those are as they were. */
function joined(now: Invocation, next: Invocation, waiting: ReadonlySet<string>): Invocation {
  const of = (flag: string): Invocation => waiting.has(flag) ? now : next;
  return {
    ...next,
    has: (flag) => of(flag).has(flag),
    get: (flag) => of(flag).get(flag),
    all: (flag) => of(flag).all(flag),
    isSaid: (flag) => of(flag).isSaid(flag),
    source: (flag) => of(flag).source(flag),
  };
}
