/** How rooms are set, as modes of channels, and what has changed in them since a client was told. */

import type { ViewedRoom } from "../../chat/answers/viewed_room.ts";
import type { EventOf } from "../../wire/events.ts";
import type { IrcClient, RoomSettings } from "../client.ts";
import type { IrcServer } from "../irc_server.ts";
import { MOST_MODES } from "../isupport.ts";
import { channelOfRoom, nickOf } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";
import { isRanked, rankedIn } from "./ranks.ts";

/** The modes of a room without hosts, as letters; `n`: only members say something, which holds everywhere. */
export function modesOf({ access, quiet, topicLocked }: {
  readonly access: string;
  readonly quiet?: boolean | undefined;
  readonly topicLocked?: boolean | undefined;
}): string {
  const letters = [
    access === "invite" ? "i" : "",
    quiet ? "m" : "",
    "n",
    access === "unlisted" ? "s" : "",
    topicLocked ? "t" : "",
  ];
  return letters.join("");
}

/** Of how many rooms the settings are remembered as they were told last; of others clients share none. */
export const MOST_SHARED = 10_000;

/** The settings of the rooms of a server: one object for all clients that were told the same. */
class RoomModes {
  readonly #server: IrcServer;
  readonly #latest = new Map<string, RoomSettings>();
  readonly #now = new WeakMap<EventOf<"room">, RoomSettings>();
  readonly #lines = new WeakMap<RoomSettings, WeakMap<RoomSettings, readonly IrcLine[]>>();

  constructor(server: IrcServer) {
    this.#server = server;
  }

  /** Of how many rooms settings are remembered to be shared. */
  get size(): number {
    return this.#latest.size;
  }

  /** Remembers how a room is that a client has come into. */
  note({ rooms }: IrcClient, room: ViewedRoom): void {
    const { name } = room;
    rooms.set(name, this.#shared(name, modesOf(room), rankedIn(this.#server, name)));
  }

  /** The lines that tell a client how a room is set now, and who acts in it. */
  changes({ rooms }: IrcClient, event: EventOf<"room">): readonly IrcLine[] {
    const { room, removed } = event;
    const before = rooms.get(room);
    if (removed) this.#latest.delete(room);
    if (before === undefined || removed) return [];
    let now = this.#now.get(event);
    if (now === undefined) {
      now = this.#shared(room, modesOf(event), rankedIn(this.#server, room));
      this.#now.set(event, now);
    }
    return this.#change(rooms, room, now);
  }

  /** The lines that tell a client what somebody may do now in the rooms that both are in. */
  ranked({ rooms }: IrcClient, name: string): readonly IrcLine[] {
    return [...rooms].flatMap(([room, before]) => {
      const is = isRanked(this.#server, room, name);
      return is === before.ops.has(name)
        ? []
        : this.#change(rooms, room, this.#with(room, before, name, is));
    });
  }

  /** A client is told otherwise that somebody may act in a room, or does so no more. */
  setOperator({ rooms }: IrcClient, room: string, name: string, is: boolean): void {
    const before = rooms.get(room);
    if (before === undefined || before.ops.has(name) === is) return;
    rooms.set(room, this.#with(room, before, name, is));
  }

  /** A client is told that somebody has another name, and may do what they might. */
  renamed(client: IrcClient, from: string, to: string): void {
    if (from === to) return;
    for (const [room, { ops }] of client.rooms) {
      if (!ops.has(from)) continue;
      this.setOperator(client, room, from, false);
      this.setOperator(client, room, to, true);
    }
  }

  #change(rooms: IrcClient["rooms"], room: string, now: RoomSettings): readonly IrcLine[] {
    const before = rooms.get(room);
    rooms.set(room, now);
    if (before === undefined || now === before) return [];
    let made = this.#lines.get(before);
    if (made === undefined) this.#lines.set(before, made = new WeakMap());
    let lines = made.get(now);
    if (lines === undefined) made.set(now, lines = linesFor(this.#server, room, before, now));
    return lines;
  }

  #with(room: string, { modes, ops }: RoomSettings, name: string, is: boolean): RoomSettings {
    const others = [...ops].filter((each) => each !== name);
    return this.#shared(room, modes, new Set(is ? [...others, name] : others));
  }

  #shared(room: string, modes: string, ops: ReadonlySet<string>): RoomSettings {
    const latest = this.#latest.get(room);
    const isSame = latest?.modes === modes && latest.ops.size === ops.size &&
      [...ops].every((name) => latest.ops.has(name));
    if (latest !== undefined && isSame) return latest;
    const settings = { modes, ops };
    this.#latest.delete(room);
    this.#latest.set(room, settings);
    if (this.#latest.size > MOST_SHARED) {
      this.#latest.delete(this.#latest.keys().next().value ?? "");
    }
    return settings;
  }
}

const ofServers = new WeakMap<IrcServer, RoomModes>();

/** What the clients of a server know of its rooms. */
export function roomModes(server: IrcServer): RoomModes {
  let modes = ofServers.get(server);
  if (modes === undefined) ofServers.set(server, modes = new RoomModes(server));
  return modes;
}

/** A mode that is given or taken. */
type Change = readonly [sign: "+" | "-", letter: string, param?: string];

function linesFor(
  server: IrcServer,
  room: string,
  before: RoomSettings,
  now: RoomSettings,
): readonly IrcLine[] {
  const ops = (sign: "+" | "-", from: RoomSettings, without: RoomSettings): Change[] =>
    [...from.ops].filter((name) => !without.ops.has(name))
      .map((name) => [sign, "o", nickOf(name)]);
  return modeLines(server.name, room, [
    ...letterChanges(before.modes, now.modes),
    ...ops("-", before, now),
    ...ops("+", now, before),
  ]);
}

/** The lines for modes of a room that have changed, as letters before and after that. */
export function changedLines(
  { name }: IrcServer,
  room: string,
  before: string,
  now: string,
): readonly IrcLine[] {
  return modeLines(name, room, letterChanges(before, now));
}

function letterChanges(before: string, now: string): Change[] {
  const letters = (sign: "+" | "-", from: string, without: string): Change[] =>
    [...from].filter((letter) => !without.includes(letter)).map((letter) => [sign, letter]);
  return [...letters("-", before, now), ...letters("+", now, before)];
}

function modeLines(source: string, room: string, changes: readonly Change[]): readonly IrcLine[] {
  const lines: IrcLine[] = [];
  for (let at = 0; at < changes.length; at += MOST_MODES) {
    const some = changes.slice(at, at + MOST_MODES);
    const letters = some.map(([sign, letter], index) =>
      some[index - 1]?.[0] === sign ? letter : sign + letter
    );
    const params = some.flatMap(([, , param]) => param ?? []);
    lines.push({
      source,
      command: "MODE",
      params: [channelOfRoom(room), letters.join(""), ...params],
    });
  }
  return lines;
}
