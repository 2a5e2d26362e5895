/** The door for IRC clients: lines in, requests to the house; events in, lines out. */

import type { Batch } from "../chat/sessions/batch.ts";
import type { Later } from "../chat/later.ts";
import type { ClientSays, Traits } from "../chat/sessions/peer.ts";
import { bye } from "../server/bye.ts";
import { closeAfterAnswers, type Door, type DoorPeer, type Taken } from "../server/door.ts";
import type { Socket } from "../server/tcp_transport.ts";
import type { Event, EventOf } from "../wire/events.ts";
import { joinBytes } from "../wire/join_bytes.ts";
import { IrcClient } from "./client.ts";
import { rememberClient } from "./clients.ts";
import { isInBatch, spoilBatch } from "./commands/multiline.ts";
import { IRC_COMMANDS } from "./commands/table.ts";
import { toldIn } from "./commands/unread.ts";
import type { IrcServer } from "./irc_server.ts";
import { type LineCarrier, type LineReader, PlainReader, writePlain } from "./lines/carrier.ts";
import { isBlank } from "./lines/line_decoder.ts";
import { type ParsedLine, parseIrcLine } from "./lines/parse.ts";
import { renderLine } from "./lines/write.ts";
import { labelIn, Reply } from "./reply.ts";
import { ircWords } from "./telling/advice.ts";
import { type EncodeNews, encodingFor } from "./telling/encoding.ts";
import { newsLines } from "./telling/news.ts";
import { isToldAlike, noteOf, takeNote } from "./telling/notes.ts";
import { tellCalled, tellOwn } from "./telling/own.ts";
import { isReplayed } from "./telling/replays.ts";

/** What IRC clients can do. */
export const IRC_TRAITS: Traits = {
  resumes: false,
  manyRooms: true,
  scrollback: true,
  numbered: false,
  ordered: true,
  roomless: true,
  accounts: true,
};

/** What is read less than that many ms after what came before was answered, for longer than that, had come meanwhile. */
const REST_MS = 0.2;
const BUSY_MS = 10;

const NOTHING = new Uint8Array();
/** How requests of HTTP begin: a page that a browser shows must not act as an IRC client. */
const HTTP = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|PRI) /i;

/** The name of the door in the metrics. */
export const IRC_KIND = "irc";

/** How a client has come. */
export interface IrcDoorOptions {
  /** What it sends can't be read on its way. */
  readonly isPrivate: boolean;
  readonly socket?: Pick<Socket, "lacksTls">;
  /** How its lines travel; by default as they are. */
  readonly carrier?: LineCarrier;
}

/** One IRC client on a connection. */
export class IrcDoor implements Door {
  readonly kind = IRC_KIND;
  readonly traits = IRC_TRAITS;
  readonly awaits = "registration";
  readonly words = ircWords;
  readonly ping: Uint8Array;
  whole = 0;
  readonly #client: IrcClient;
  readonly #reader: LineReader;
  readonly #socket: Pick<Socket, "lacksTls">;
  /** How events are encoded, and for which capabilities: that is asked for at each batch. */
  #known: EncodeNews | undefined;
  #encodesFor = "";
  /** When all that had come was answered. */
  #restedAt = -Infinity;

  constructor(
    server: IrcServer,
    peer: DoorPeer,
    { isPrivate, socket = {}, carrier }: IrcDoorOptions,
  ) {
    const { reader, write } = carrier ?? { reader: new PlainReader(), write: writePlain };
    this.#socket = socket;
    this.#reader = reader;
    this.#client = new IrcClient(server, peer, { isPrivate, toBytes: write });
    this.ping = write(renderLine({ command: "PING", params: [server.name] }));
    rememberClient(this.#client);
  }

  get pending(): number {
    return this.#reader.pending;
  }

  get says(): ClientSays {
    const { presented: { user = "" }, realName } = this.#client;
    return { user, realName };
  }

  named(name: string): void {
    this.#client.called = name;
  }

  toldIn(room: string): number | undefined {
    return toldIn(this.#client, { room }) || undefined;
  }

  isUnheard(now: number): boolean {
    return this.#client.told?.isUnheard(now) ?? false;
  }

  begin(): void {
    // The client speaks first.
  }

  take(chunk: Uint8Array): void {
    const [client, now] = [this.#client, performance.now()];
    const hasWaited = this.#restedAt - client.heardAt > BUSY_MS && now - this.#restedAt < REST_MS;
    if (!hasWaited) client.heardAt = now;
    this.#reader.take(chunk);
  }

  next(): Taken | undefined {
    const line = this.#reader.next();
    if (line !== undefined) {
      if (isBlank(line)) return { bytes: line.length, waits: undefined };
      this.whole++;
      const { server, told } = this.#client;
      told?.heard();
      server.same.heard(this.#client);
      const parsed = parseIrcLine(line);
      const count = IRC_COMMANDS.get(parsed.command)?.count?.(parsed);
      const waits = this.#answer(parsed, line);
      return { bytes: line.length, ...(count === undefined ? {} : { count }), waits };
    }
    this.#restedAt = performance.now();
    const { fault } = this.#reader;
    return fault === undefined ? undefined : { bytes: 0, waits: this.#close(fault) };
  }

  ended(reason: string | undefined, isBroken: boolean): void {
    const { server, told } = this.#client;
    server.same.left(this.#client);
    // It may have vanished: who gets the goodbye ends its side, too.
    if (reason === "shutdown") return told?.close();
    // One that is there no more may end in good order as well, by what stands between: it has said nothing.
    told?.end(!isBroken && (reason === "quit" || told.isClosing), told.isClosing);
  }

  encode(batch: Batch): Uint8Array {
    const bytes = this.#bytesOf(batch);
    const { told, replays } = this.#client;
    // What was said before is told as a whole, when it is there.
    told?.take(batch, (key) => replays.has(key));
    return bytes;
  }

  #bytesOf(batch: Batch): Uint8Array {
    const client = this.#client;
    tellCalled(client, batch.events);
    const encode = this.#encoding();
    const { variant } = batch;
    if (variant === undefined) {
      const { texts, bytes, notes } = batch.once(encode);
      const isAlike = notes.length === 0 || notes.every((note) => isToldAlike(client, note));
      if (bytes !== undefined && isAlike && client.replays.size === 0) {
        for (const note of notes) takeNote(client, note);
        return joined(client.unwritten(), bytes);
      }
      batch.events.forEach((event, at) => this.#tell(event, texts[at]));
    } else {
      const { events } = variant.shared;
      const { texts } = variant.shared.once(encode);
      const changes = new Map(variant.changes.map(({ index, event }) => [index, event]));
      events.forEach((event, at) => {
        if (!changes.has(at)) return this.#tell(event, texts[at]);
        const instead = changes.get(at);
        if (instead !== undefined) this.#tell(instead, undefined);
      });
    }
    return client.unwritten() ?? NOTHING;
  }

  lastWords({ reason, text }: EventOf<"bye">): Uint8Array {
    const client = this.#client;
    const why = reason === "quit"
      ? client.lastWords === "" ? "Quit" : `Quit: ${client.lastWords}`
      : reason === "slow"
      ? "slow"
      : text;
    const line = { command: "ERROR", params: [`Closing Link: ${client.shownNick} (${why})`] };
    return joined(client.unwritten(), client.toBytes(renderLine(line)));
  }

  /** How events are encoded for the capabilities that the client has now. */
  #encoding(): EncodeNews {
    const { server, caps, toBytes } = this.#client;
    const { telling } = caps;
    if (this.#known === undefined || this.#encodesFor !== telling) {
      this.#known = encodingFor(server, caps, toBytes);
      this.#encodesFor = telling;
    }
    return this.#known;
  }

  /** Tells the client of an event, whose lines may have been made for all. */
  #tell(event: Event, text: string | undefined): void {
    const client = this.#client;
    if (event.id !== undefined) {
      // A client that has no echo of what it says shows it at once.
      const shows = event.type === "ack" && !client.caps.has("echo-message");
      if (shows && event.seq !== undefined) client.told?.said(event, event.seq);
      if (client.answered(event) || event.type !== "ready") return;
    }
    if (client.replays.size > 0 && isReplayed(client, event)) return;
    const note = noteOf(client.server, event);
    if (note !== undefined) {
      if (!isToldAlike(client, note)) return tellOwn(client, event);
      takeNote(client, note);
    }
    if (text !== undefined) return client.writeText(text);
    const isOwnRoom = event.type === "joined" && event.name === client.name;
    const lines = isOwnRoom ? undefined : newsLines(client.server, client.caps, event);
    if (lines === undefined) return tellOwn(client, event);
    for (const line of lines) client.write(line);
  }

  /** Answers a line. A promise means that the next one should wait. */
  #answer(parsed: ParsedLine, line: Uint8Array): Later<void> {
    const client = this.#client;
    if (this.whole === 1 && HTTP.test(new TextDecoder().decode(line.subarray(0, 10)))) {
      return client.peer.close(bye("bad-frame", "This is a port for IRC, and not for HTTP."));
    }
    if (this.#socket.lacksTls) {
      return client.peer.close(bye("needs-tls", "This port speaks TLS; connect with TLS."));
    }
    const reply = new Reply(client, labelIn(client, parsed));
    const waits = this.#run(parsed, reply);
    if (!(waits instanceof Promise)) return reply.release();
    return waits.then(() => reply.release());
  }

  #run(parsed: ParsedLine, reply: Reply): Later<void> {
    const client = this.#client;
    const { command, params, wrong } = parsed;
    if (wrong === "empty") return;
    if (wrong !== undefined) spoilBatch(client, parsed);
    if (wrong === "too-long") {
      return refuse(reply, "too-large", "417", "That line is too long");
    }
    if (wrong === "bad-utf8") return refuseText(client, command, reply);
    if (isInBatch(client, parsed, reply)) return;
    const row = IRC_COMMANDS.get(command);
    if (client.state !== "in" && !row?.isEarly) {
      return row === undefined && client.state === "new"
        ? refuse(reply, "unknown-type", "421", command, "There is no such command")
        : refuse(reply, "not-ready", "451", "You are not in yet");
    }
    if (row === undefined) {
      return refuse(reply, "unknown-type", "421", command, "There is no such command");
    }
    if (params.length < (row.least ?? 0)) {
      return refuse(reply, "bad-field", "461", command, "Some parameters are missing");
    }
    const settled = row.isSaid ? undefined : client.settled();
    if (settled instanceof Promise) return settled.then(() => row.run(client, parsed, reply));
    return row.run(client, parsed, reply);
  }

  #close(last: EventOf<"bye">): void | Promise<void> {
    const { server: { shared }, peer } = this.#client;
    return closeAfterAnswers(shared, peer, last);
  }
}

/** Refuses a line by its number, and counts it under the code that other doors have for the same. */
function refuse(reply: Reply, code: string, number: string, ...params: readonly string[]): void {
  reply.client.server.shared.metrics.refused(code);
  reply.numeric(number, ...params);
}

/** What is not UTF-8 is refused in these words, whether the client knows the form or not. */
function refuseText(client: IrcClient, command: string, reply: Reply): void {
  client.server.shared.metrics.refused("bad-utf8");
  reply.add({
    source: client.server.name,
    command: "FAIL",
    params: [command || "*", "INVALID_UTF8", "That is not UTF-8, which is all that is spoken here"],
  });
}

function joined(first: Uint8Array | undefined, second: Uint8Array): Uint8Array {
  return first === undefined ? second : joinBytes([first, second]);
}
