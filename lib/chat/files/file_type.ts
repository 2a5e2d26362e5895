/** What a file is, by how its name ends. */

/** What a file is of which nothing is known. */
export const UNKNOWN_TYPE = "application/octet-stream";

/** The types of files that people send each other, and the endings of their names. */
const ENDINGS: ReadonlyArray<readonly [type: string, endings: string]> = [
  ["text/plain", "txt log conf ini toml patch diff"],
  ["text/markdown", "md markdown"],
  ["text/csv", "csv"],
  ["text/html", "html htm"],
  ["text/css", "css"],
  ["text/javascript", "js mjs"],
  ["application/json", "json geojson"],
  ["application/x-ndjson", "jsonl ndjson"],
  ["application/xml", "xml"],
  ["application/yaml", "yaml yml"],
  ["application/pdf", "pdf"],
  ["application/rtf", "rtf"],
  ["application/epub+zip", "epub"],
  ["application/msword", "doc"],
  ["application/vnd.ms-excel", "xls"],
  ["application/vnd.ms-powerpoint", "ppt"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"],
  ["application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"],
  ["application/vnd.oasis.opendocument.text", "odt"],
  ["application/vnd.oasis.opendocument.spreadsheet", "ods"],
  ["application/vnd.oasis.opendocument.presentation", "odp"],
  ["application/zip", "zip"],
  ["application/gzip", "gz tgz"],
  ["application/x-tar", "tar"],
  ["application/x-xz", "xz"],
  ["application/x-bzip2", "bz2"],
  ["application/zstd", "zst"],
  ["application/x-7z-compressed", "7z"],
  ["application/wasm", "wasm"],
  ["audio/mpeg", "mp3"],
  ["audio/mp4", "m4a"],
  ["audio/ogg", "ogg oga opus"],
  ["audio/flac", "flac"],
  ["audio/wav", "wav"],
  ["video/mp4", "mp4 m4v"],
  ["video/webm", "webm"],
  ["video/quicktime", "mov"],
  ["video/x-matroska", "mkv"],
];

const TYPES: ReadonlyMap<string, string> = new Map(
  ENDINGS.flatMap(([type, endings]) => endings.split(" ").map((ending) => [ending, type] as const)),
);

/**
 * The type of a file by how its name ends. It is never that of a picture, which only the first bytes of
 * a file tell: so what has the type of a picture is one.
 */
export function typeOfName(name: string): string {
  const dot = name.lastIndexOf(".");
  const type = dot === -1 ? undefined : TYPES.get(name.slice(dot + 1).toLowerCase());
  return type ?? UNKNOWN_TYPE;
}
