/** Slack's blocks as plain text: what there is to read of them, from top to bottom. */

import { slackText } from "../../foreign/slack_text.ts";
import { shortLink } from "./links_and_emoji.ts";
import { isObject } from "../../wire/fields.ts";
import { listField, numberField, textField } from "../../foreign/fields.ts";
import { oneLine, shownLines } from "./shown_line.ts";

/** Lists within lists are indented so far at most. */
const MOST_INDENT = 8;

/** The text of blocks; empty for those that have nothing to read. */
export function blocksText(blocks: readonly unknown[]): string {
  return shownLines(...blocks.map(blockText));
}

function blockText(block: unknown): string {
  const elements = listField(block, "elements");
  switch (textField(block, "type")) {
    case "divider":
      return "";
    case "image":
    case "video":
      return imageText(block);
    case "context":
      return elements.map((each) => elementText(each)).filter((text) => text !== "").join(" ");
    case "actions":
      return shownLines(...elements.map(elementText));
    case "rich_text":
      return shownLines(...elements.map(richText));
    case "markdown":
      return textField(block, "text");
    default: {
      const accessory = isObject(block) ? elementText(block["accessory"]) : "";
      const fields = listField(block, "fields").map(composed);
      return shownLines(textOf(block), ...fields, accessory);
    }
  }
}

/** An element of a block: a text, a picture, or a button that leads somewhere. */
function elementText(element: unknown): string {
  const type = textField(element, "type");
  if (type === "image") return imageText(element);
  if (type === "mrkdwn" || type === "plain_text") return composed(element);
  const url = textField(element, "url");
  return url === "" ? "" : shortLink(url, textOf(element));
}

function imageText(image: unknown): string {
  const title = isObject(image) ? composed(image["title"]) : "";
  const name = title || textField(image, "alt_text");
  const url = textField(image, "image_url") || textField(image, "title_url") ||
    textField(image, "video_url");
  return url === "" ? oneLine(name) : shortLink(url, name);
}

/** The `text` of something, be it an object or a text by itself. */
function textOf(source: unknown): string {
  const text = isObject(source) ? source["text"] : undefined;
  return typeof text === "string" ? slackText(text) : composed(text);
}

/** A text object; one that is plain has no links, only escapes. */
function composed(text: unknown): string {
  return slackText(textField(text, "text"));
}

/** A part of a rich text: a section, a list, a quote or code. */
function richText(part: unknown): string {
  const elements = listField(part, "elements");
  switch (textField(part, "type")) {
    case "rich_text_list": {
      const indent = "  ".repeat(Math.min(numberField(part, "indent"), MOST_INDENT));
      const isOrdered = textField(part, "style") === "ordered";
      const first = numberField(part, "offset");
      return shownLines(
        ...elements.map((each, n) =>
          `${indent}${isOrdered ? `${first + n + 1}.` : "•"} ${richText(each)}`
        ),
      );
    }
    case "rich_text_quote":
      return elements.map(inlineText).join("").split("\n").map((line) => `> ${line}`).join("\n");
    default:
      return elements.map(inlineText).join("");
  }
}

/** One piece of a rich text. */
function inlineText(piece: unknown): string {
  const field = (name: string): string => textField(piece, name);
  switch (field("type")) {
    case "link":
      return shortLink(field("url"), field("text"));
    case "emoji":
      return emojiOf(field("unicode")) ?? `:${field("name")}:`;
    case "user":
      return `@${field("user_id")}`;
    case "usergroup":
      return `@${field("usergroup_id")}`;
    case "channel":
      return `#${field("channel_id")}`;
    case "broadcast":
      return `@${field("range")}`;
    case "date":
      return field("fallback");
    default:
      return field("text");
  }
}

/** An emoji that is given by the numbers of its characters, as `1f44b-1f3fd`. */
function emojiOf(unicode: string): string | undefined {
  if (!/^[0-9a-f]{2,5}(?:-[0-9a-f]{2,5}){0,9}$/.test(unicode)) return undefined;
  return String.fromCodePoint(...unicode.split("-").map((hex) => parseInt(hex, 16)));
}
