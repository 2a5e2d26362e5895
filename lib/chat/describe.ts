/**
 * Events as sentences for a person: what the classic door says under the name `server`, and what
 * the terminal shows between the messages.
 */

import { accountText, auditText, banLine, modText } from "./describe_people.ts";
import type { Event, EventOf, Message } from "../wire/events.ts";

/** What somebody said, on one line where the text has one: `ann: hi`, or `* ann waves`. */
export function describeMessage(message: Pick<Message, "from" | "text" | "action">): string {
  return message.action === true
    ? `* ${message.from} ${message.text}`
    : `${message.from}: ${message.text}`;
}

/**
 * The sentences that tell `event`, or `undefined` for one that is not for people (`ack`, `ping` …)
 * or that has a form of its own (`message`, `direct`).
 */
export function describe(event: Event): string[] | undefined {
  switch (event.type) {
    case "joined":
      return event.id === undefined
        ? [`${event.name} joined ${event.room}.`]
        : [`You are in ${event.room} now.`, ...topicLine(event.room, event.topic)];
    case "left":
      return event.id === undefined
        ? [`${event.name} left ${event.room}${inBrackets(whyLeft(event))}.`]
        : [`You left ${event.room}.`];
    case "renamed":
      return event.id === undefined
        ? [`${event.from} is now ${event.to}.`]
        : [`You are ${event.to} now.`];
    case "topic":
      if (event.from !== undefined) return [`${event.from} set the topic: ${event.text}`];
      return event.text === ""
        ? [`${event.room} has no topic; /topic TEXT sets one.`]
        : topicLine(event.room, event.text);
    case "members":
      return [
        `${count(event.total, "person", "people")} in ${event.room}: ` +
        event.members.join(", "),
        ...(event.visitors === undefined ? [] : [`Visitors: ${event.visitors.join(", ")}`]),
      ];
    case "rooms":
      return [
        ...event.rooms.map(({ room, members, topic }) =>
          `${room} (${members})${topic ? `: ${topic}` : ""}`
        ),
        ...event.more ? ["There are more rooms, with fewer people."] : [],
      ];
    case "page":
      // A search in all rooms names none, and what it found is of several.
      if (event.messages.length === 0) {
        return [
          event.room === "" ? "Nothing was found." : `${event.room} has no earlier messages.`,
        ];
      }
      return event.messages.map((m) =>
        `[${m.at.slice(0, 16).replace("T", " ")}Z] ` +
        (event.room === "" ? `#${m.room} ` : "") + describeMessage(m)
      );
    case "gap":
      return [
        event.to === null
          ? `Messages in ${event.room} after number ${event.from - 1} may be missing: ` +
            "the server has begun a new history."
          : `Messages ${event.from} to ${event.to} in ${event.room} can no longer be had.`,
      ];
    case "account":
      return [accountText(event)];
    case "mod":
      return [modText(event)];
    case "bans":
      if (event.bans.length === 0) return ["Nobody is banned or muted."];
      return [...event.bans.map(banLine), ...event.more ? ["There are more."] : []];
    case "audit":
      if (event.entries.length === 0) return ["Nothing was done yet."];
      return event.entries.map(auditText);
    case "notice":
    case "error":
    case "bye":
      return [event.text];
    default:
      return undefined;
  }
}

/** Why somebody left, and who sent them away: `kicked by ann: spam`; empty where nothing is told. */
export function whyLeft({ reason = "", by, why }: EventOf<"left">): string {
  const who = by === undefined ? "" : ` by ${by}`;
  return reason + who + (why === undefined ? "" : `: ${why}`);
}

function inBrackets(text: string): string {
  return text === "" ? "" : ` (${text})`;
}

function topicLine(room: string, topic: string | undefined): string[] {
  return topic === undefined || topic === "" ? [] : [`The topic of ${room}: ${topic}`];
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
