/** A message as Slack and Mattermost take it by webhooks: text, blocks, attachments, and who says it. */

import { slackText } from "../../foreign/slack_text.ts";
import { shortLink, withNamedEmoji } from "./links_and_emoji.ts";
import { listField, textField } from "../../foreign/fields.ts";
import { oneLine, shownLines } from "./shown_line.ts";
import { blocksText } from "./slack_blocks.ts";

/** The longest name that a message may say it is by, in characters. */
const MOST_NAME = 64;

/**
 * The text of a message; empty where it has none. Blocks are shown in the place of the text, as Slack does it. Who it
 * says it is by stands in the text, in brackets: what it goes by is the hook's name.
 */
export async function slackMessageText(message: unknown): Promise<string> {
  const main = blocksText(listField(message, "blocks")) || slackText(textField(message, "text"));
  const attached = listField(message, "attachments").map(attachmentText);
  const text = await withNamedEmoji(shownLines(main, ...attached));
  const by = oneLine(textField(message, "username"), MOST_NAME);
  return by === "" || text === "" ? text : `[${by}] ${text}`;
}

function attachmentText(attachment: unknown): string {
  const field = (name: string): string => slackText(textField(attachment, name));
  const link = (name: string, where: string): string => {
    const url = field(where);
    return url === "" ? field(name) : shortLink(url, field(name));
  };
  const fields = listField(attachment, "fields").map((each) => {
    const [title, value] = [textField(each, "title"), textField(each, "value")].map((text) =>
      slackText(text)
    );
    return title && value ? `${oneLine(title)}: ${value}` : title || value || "";
  });
  const shown = shownLines(
    field("pretext"),
    link("author_name", "author_link"),
    link("title", "title_link"),
    blocksText(listField(attachment, "blocks")),
    field("text"),
    ...fields,
    field("image_url"),
    field("footer"),
  );
  return shown || field("fallback");
}
