/** What events tell of files, as tables of fields; see events.ts. */

import {
  bytes,
  count,
  type Fields,
  object,
  optional,
  required,
  string,
  trueFlag,
} from "./fields.ts";

/** A file that a message brings. */
export const FILE = {
  id: required(string, "what `get` names"),
  name: required(string, "safe to show and to save under"),
  size: required(count, "in bytes"),
  type: required(string, "a media type; that of a picture only for PNG, JPEG, GIF and WebP"),
  sha256: required(string, "in hexadecimal"),
  width: optional(count, "of a picture, in pixels"),
  height: optional(count),
};

/** What `welcome` says of files. */
export const FILE_LIMITS = {
  file: optional(count, "the largest file, in bytes; this and the next with `files`"),
  chunk: optional(count, "the best size of a `chunk`, in bytes; 32,768 at most"),
  raw: optional(count, "the largest raw `chunk`, in bytes; with `bytes`"),
  senders: optional(string, "`registered`: only people with a reserved name may send files"),
};

/** What `error` says of files. */
export const FILE_REFUSAL = {
  offset: optional(count, "to `bad-offset`: where to go on"),
  used: optional(count, "to `quota`: how many bytes are taken up"),
  limit: optional(count, "to `quota` and `file-too-large`: how many bytes may be"),
  scope: optional(string, "whose `limit` it is: `file`, `person`, `address`, `guests`, `server`"),
  frees: optional(count, "to `quota`: bytes of `used` that `cancel` of unfinished uploads frees"),
};

/** The events that answer requests about files. */
export const FILE_EVENTS = {
  slot: {
    file: required(string, "the upload, which this person alone can name"),
    offset: required(count, "how many bytes are there already: where to go on"),
  },
  taken: { file: string, offset: required(count, "how many bytes are there now") },
  data: {
    file: string,
    offset: count,
    data: required(bytes, "base64; raw with `bytes`"),
    last: optional(trueFlag, "`true`: the file ends with it"),
    about: optional(object(FILE), "with the first after a `get`: which file it is"),
  },
  cancelled: { file: string },
  link: {
    file: string,
    path: required(string, "from the root of the page's host on"),
    url: optional(string, "the whole, where the server knows its own address"),
    until: string,
  },
} satisfies Readonly<Record<string, Fields>>;
