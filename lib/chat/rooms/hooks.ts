/** The webhooks of all rooms. Those that are kept are all that there are. */

import type { Hook, HookChange } from "../people/hook_record.ts";

/** Hooks, by what they are asked for. */
export class Hooks {
  /** By their ids, in the order in which they were made. */
  readonly #hooks = new Map<string, Hook>();
  readonly #byHash = new Map<string, Hook>();

  /** Knows hooks that were kept, or known before. */
  load(hooks: readonly Hook[]): void {
    for (const hook of hooks) this.#add(hook);
  }

  /** All of them, in the order in which they were made. */
  get all(): Hook[] {
    return [...this.#hooks.values()];
  }

  /** The hook with that id. */
  of(id: string): Hook | undefined {
    return this.#hooks.get(id);
  }

  /** The hook whose token has that hash. */
  ofHash(hash: string): Hook | undefined {
    return this.#byHash.get(hash);
  }

  /** The hooks of the room with that key. */
  in(room: string): Hook[] {
    return this.#hooks.size === 0 ? [] : this.all.filter((hook) => hook.room === room);
  }

  /** Makes a change hold from now on. */
  apply(change: HookChange): void {
    if (change.type === "hook") this.#add(change.hook);
    else this.#delete(change.id);
  }

  /** A room is no more. */
  leave(room: string): void {
    for (const { id } of this.in(room)) this.#delete(id);
  }

  #add(hook: Hook): void {
    this.#hooks.set(hook.id, hook);
    this.#byHash.set(hook.hash, hook);
  }

  #delete(id: string): void {
    const known = this.#hooks.get(id);
    if (known === undefined) return;
    this.#hooks.delete(id);
    this.#byHash.delete(known.hash);
  }
}

/** What a hook goes by in its room. Nobody else may have a name that reads so, see check_name.ts. */
export function shownName({ name }: Pick<Hook, "name">): string {
  return `${name} (hook)`;
}
