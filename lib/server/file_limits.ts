/** The limits of a server for files, as rows of its table of limits. */

import { type Limit, limit } from "./limit.ts";

/** Every limit for files by its name. */
export const FILE_LIMIT_ROWS = {
  fileBytes: limit(
    "largest file that is taken",
    { flag: "max-file", unit: "bytes", default: 104_857_600, tells: "file-too-large" },
  ),
  filesPerUser: limit(
    "bytes of files that one account has sent and that are kept",
    { flag: "max-files-per-user", unit: "bytes", default: 1_073_741_824, tells: "quota" },
  ),
  filesPerAddress: limit(
    "bytes of files that guests from one address have sent and that are kept",
    { flag: "max-files-per-address", unit: "bytes", default: 268_435_456, tells: "quota" },
  ),
  filesTotal: limit(
    "bytes of files that are kept in all; a quarter of it for all guests together",
    { flag: "max-files", unit: "bytes", default: 10_737_418_240, tells: "quota" },
  ),
  fileBytesPerSecond: limit(
    "bytes of files per second from and to one client, further ones wait; as many at once",
    { flag: "file-rate", unit: "bytes", default: 1_073_741_824, least: 1_024 },
  ),
  transfers: limit(
    "files that one client sends at once, and as many that it fetches",
    { flag: "max-transfers", unit: "count", default: 4, tells: "too-many-transfers" },
  ),
  unfinishedUploads: limit(
    "uploads of one account, or of guests from one address, that are not finished",
    { flag: "max-uploads", unit: "count", default: 16, tells: "too-many-transfers" },
  ),
} satisfies Readonly<Record<string, Limit>>;
