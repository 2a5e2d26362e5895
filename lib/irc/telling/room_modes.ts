/** How rooms are set, as modes of channels, and what has changed in them since a client was told. */

import type { ViewedRoom } from "../../chat/answers/viewed_room.ts";
import type { EventOf } from "../../wire/events.ts";
import type { IrcClient, RoomSettings } from "../client.ts";
import type { IrcServer } from "../irc_server.ts";
import { MOST_MODES } from "../isupport.ts";
import { channelOfRoom, nickOf } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";

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

/** The settings of the rooms of a server: one object for all clients that were told the same. */
class RoomModes {
  readonly #latest = new Map<string, RoomSettings>();
  readonly #lines = new WeakMap<RoomSettings, WeakMap<RoomSettings, readonly IrcLine[]>>();

  /** Remembers how a room is that a client has come into. */
  note(client: IrcClient, room: ViewedRoom): void {
    const hosts = room.members().filter(({ roomRole }) => roomRole !== "member");
    const names = hosts.map(({ name }) => name);
    client.rooms.set(room.name, this.#shared(room.name, modesOf(room), names));
  }

  /** The lines that tell a client how a room is set now. */
  changes(client: IrcClient, event: EventOf<"room">): readonly IrcLine[] {
    const { room } = event;
    const before = client.rooms.get(room);
    if (event.removed) this.#latest.delete(room);
    if (before === undefined || event.removed) return [];
    const now = this.#shared(room, modesOf(event), event.hosts);
    client.rooms.set(room, now);
    if (now === before) return [];
    let made = this.#lines.get(before);
    if (made === undefined) this.#lines.set(before, made = new WeakMap());
    let lines = made.get(now);
    if (lines === undefined) made.set(now, lines = linesFor(client.server, room, before, now));
    return lines;
  }

  /** A client has made somebody a host, or a host no more, and is told so otherwise. */
  setHost({ rooms }: IrcClient, room: string, name: string, on: boolean): void {
    const before = rooms.get(room);
    if (before === undefined) return;
    const hosts = [...before.hosts].filter((host) => host !== name);
    rooms.set(room, this.#shared(room, before.modes, on ? [...hosts, name] : hosts));
  }

  #shared(room: string, modes: string, hosts: readonly string[]): RoomSettings {
    const latest = this.#latest.get(room);
    const isSame = latest?.modes === modes && latest.hosts.size === hosts.length &&
      hosts.every((host) => latest.hosts.has(host));
    if (latest !== undefined && isSame) return latest;
    const settings = { modes, hosts: new Set(hosts) };
    this.#latest.set(room, settings);
    return settings;
  }
}

const ofServers = new WeakMap<IrcServer, RoomModes>();

/** What the clients of a server know of its rooms. */
export function roomModes(server: IrcServer): RoomModes {
  let modes = ofServers.get(server);
  if (modes === undefined) ofServers.set(server, modes = new RoomModes());
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
  const letters = (sign: "+" | "-", from: string, without: string): Change[] =>
    [...from].filter((letter) => !without.includes(letter)).map((letter) => [sign, letter]);
  const hosts = (sign: "+" | "-", from: RoomSettings, without: RoomSettings): Change[] =>
    [...from.hosts].filter((host) => !without.hosts.has(host))
      .map((host) => [sign, "o", nickOf(host)]);
  return modeLines(server.name, room, [
    ...letters("-", before.modes, now.modes),
    ...letters("+", now.modes, before.modes),
    ...hosts("-", before, now),
    ...hosts("+", now, before),
  ]);
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
