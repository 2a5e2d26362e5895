// @ts-check
/** What the commands are sorted by where somebody asks for help: the same at the terminal and on the page. */

/** @import { Topic } from "../command.js" */

/** What stands above the commands of each. @type {Readonly<Record<Topic, string>>} */
export const HELP_HEADINGS = {
  talk: "talk",
  messages: "what becomes of a message",
  files: "files",
  rooms: "rooms",
  people: "people",
  alerts: "what you are told",
  names: "your name",
  moderation: "who may do what",
  rest: "the rest",
};

/** What `/help` takes, besides the name of a command. @type {readonly string[]} */
export const HELP_TOPICS = [...Object.keys(HELP_HEADINGS), "keys", "all"];

/** What is told of what is neither. @type {(topic: string) => string} */
export function noHelp(topic) {
  return `There is no help about ${topic}; /help takes ${HELP_TOPICS.join(", ")} or a command`;
}
