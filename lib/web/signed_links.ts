/**
 * Links to files that hold for a while, for one person on one device. Each is signed with a secret of the server, so
 * that nobody makes one, or reads on when its time is over; whether that person may still read the file,
 * and is signed in on that device, is asked when the link is followed.
 */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import type { FileLink, FileReader, LinkedFile, LinkOwner } from "../chat/sessions/file_link.ts";
import type { FileLinks } from "../server/file_links.ts";
import type { CameBy } from "../server/transport.ts";

/** Where files are, below the base of the web door. */
export const FILE_PATH = "/file/";

const SECRET_BYTES = 32;

/**
 * The times at which links end are so many to the time for which one holds: links that are asked for one
 * soon after the other are the same, and a browser has what it fetched by the first.
 */
const ENDS = 12;

/** The id is all of a path that says anything; the name after it is for people. */
const LINK = /^\/file\/([\w-]{1,64})\/[^/]*$/;
const DEVICE = /^[0-9a-f]{0,64}$/;
const READER = /^(?:account|guest|room) /;

/** Options of {@linkcode SignedLinks}. */
export interface SignedLinkOptions {
  /** The path of the page. */
  readonly base: string;
  /** How long a link holds, in ms; asked for each. */
  readonly linkMs: () => number;
  /** The clock that people go by, in ms since 1970. */
  readonly date: () => number;
  /** The origin by which a client reaches the web door. */
  readonly origin: (came: CameBy | undefined) => string | undefined;
  /** What links are signed with; by default a secret that ends with the process. */
  readonly secret?: Uint8Array | undefined;
}

/** What a link asks for. */
export interface FollowedLink extends LinkOwner {
  readonly id: string;
}

/** Makes links, and knows those that it has made. */
export class SignedLinks implements FileLinks {
  readonly #options: SignedLinkOptions;
  readonly #secret: Uint8Array;

  constructor(options: SignedLinkOptions) {
    this.#options = options;
    this.#secret = options.secret ?? randomBytes(SECRET_BYTES);
  }

  link({ id, name }: LinkedFile, { reader, device }: LinkOwner, came?: CameBy): FileLink {
    const { base, date, origin } = this.#options;
    const linkMs = this.#options.linkMs();
    const step = Math.max(1, Math.floor(linkMs / ENDS));
    const until = Math.floor((date() + linkMs) / step) * step;
    const query = new URLSearchParams({
      for: Buffer.from(reader).toString("base64url"),
      ...(device === undefined ? {} : { by: device }),
      until: String(until),
      key: this.#sign({ id, reader, device }, until).toString("base64url"),
    });
    const path = `${base}${FILE_PATH}${id}/${encodeURIComponent(name.toWellFormed())}?${query}`;
    const host = origin(came);
    return { path, ...(host === undefined ? {} : { url: `${host}${path}` }), until };
  }

  page(came?: CameBy): string | undefined {
    const { base, origin } = this.#options;
    const host = origin(came);
    return host === undefined ? undefined : `${host}${base}/`;
  }

  /** What a path below the base asks for; `undefined`: it is no link that we have made, or it is over. */
  follow(path: string, query: string): FollowedLink | undefined {
    const id = LINK.exec(path)?.[1];
    const given = new URLSearchParams(query);
    const [who, device, until, key] = ["for", "by", "until", "key"].map((name) =>
      given.get(name) ?? ""
    );
    const reader = Buffer.from(who ?? "", "base64url").toString();
    if (id === undefined || !isReader(reader) || !DEVICE.test(device ?? "")) return undefined;
    if (!/^\d{1,16}$/.test(until ?? "")) return undefined;
    const followed = device === "" ? { id, reader } : { id, reader, device };
    const right = this.#sign(followed, Number(until));
    const shown = Buffer.from(key ?? "", "base64url");
    if (shown.length !== right.length || !timingSafeEqual(shown, right)) return undefined;
    return Number(until) > this.#options.date() ? followed : undefined;
  }

  #sign({ id, reader, device = "" }: FollowedLink, until: number): Buffer {
    // Neither an id, a time nor a device has a line break in it, so two links never have the same text.
    return createHmac("sha256", this.#secret).update(`${id}\n${until}\n${device}\n${reader}`)
      .digest();
  }
}

function isReader(text: string): text is FileReader {
  return READER.test(text);
}
