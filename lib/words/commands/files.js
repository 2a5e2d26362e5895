// @ts-check
/**
 * The commands for files. How a file is read and saved is a matter of the door: what it has instead of
 * these `parse` takes their place there.
 */

import { ask, countIn, wrong } from "../command.js";

/** @import { RequestOf } from "../../wire/requests.ts" */
/** @import { Command, Parsed, Place } from "../command.js" */

const DEFAULT_FILES = 20;
const MAX_FILES = 200;

/** @type {readonly Command[]} */
export const FILE_COMMANDS = [
  {
    name: "send",
    usage: "PATH… [TEXT]",
    summary: "send files: /send plan.pdf see page 2",
    topic: "files",
    first: 3,
    takes: "paths",
    beyondClassic: true,
    parse: () => wrong("/send is for a program that can read your files; this one can't"),
  },
  {
    name: "get",
    aliases: ["save"],
    usage: "NUMBER [PATH]",
    summary: "save a file by its message's number: /get 41",
    topic: "files",
    first: 4,
    takes: "file",
    beyondClassic: true,
    parse: () => wrong("/get is for a program that can write files; this one can't"),
  },
  {
    name: "files",
    usage: "[COUNT]",
    summary: `list the last files that were sent here, ${DEFAULT_FILES} unless told`,
    topic: "files",
    parse: parseFiles,
  },
];

/** @type {(rest: string, place: Place) => Parsed} */
function parseFiles(rest, { room, conversation }) {
  const limit = rest === "" ? DEFAULT_FILES : countIn(rest, MAX_FILES);
  if (limit === undefined) {
    return wrong(`/files takes a number from 1 to ${MAX_FILES}, not ${rest}`);
  }
  const how = { limit, files: true };
  if (conversation === undefined) return ask({ type: "history", room, ...how });
  return "chat" in conversation
    ? ask({ type: "history", ...conversation, ...how })
    : wrong(`No file was sent between you and ${conversation.to} yet`);
}

/**
 * What is told where nothing was found of what `/files` asks for; `title`: what the place is called.
 * @type {(request: Pick<RequestOf<"history">, "before">, title: string) => string}
 */
export function noFilesText({ before }, title) {
  return before === undefined
    ? `No files were sent in ${title}.`
    : `No other files were sent in ${title} before.`;
}
