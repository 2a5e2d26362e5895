/** What the body of a webhook says, by its media type: as text for a room. */

import { isTooDeep } from "../../wire/depth.ts";
import { isObject } from "../../wire/fields.ts";
import { decodeText } from "../../wire/text.ts";
import type { HttpRefusal } from "../http_refusal.ts";
import { alertsText, oldGrafanaText } from "./alerts_text.ts";
import { textField } from "../../foreign/fields.ts";
import { slackMessageText } from "./slack_message.ts";

const FORM = "application/x-www-form-urlencoded";
const TAKEN = `application/json, text/plain and ${FORM}`;

/** The headers that say what a body is. */
interface BodyHeaders {
  readonly "content-type"?: string | undefined;
  readonly "content-encoding"?: string | undefined;
}

/** The text of a body, or why it is refused. */
export async function hookText(
  headers: BodyHeaders,
  body: Uint8Array,
): Promise<{ readonly text: string } | HttpRefusal> {
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = headers;
  if (!/^identity$/i.test(encoding.trim())) {
    return { status: 415, text: "A body that is compressed is not taken; send it as it is." };
  }
  const [media = "", ...parameters] = type.toLowerCase().split(";").map((part) => part.trim());
  const charset = parameters.find((each) => each.startsWith("charset="))?.slice(8)
    .replaceAll('"', "") ?? "utf-8";
  if (!/^(?:utf-?8|us-ascii)$/.test(charset)) {
    return { status: 415, text: "A text is taken as UTF-8 only." };
  }
  const text = decodeText(body)?.replace(/^\ufeff/, "");
  if (text === undefined) return bad("The body is not UTF-8.");
  const isJson = /^application\/(?:[\w.+-]+\+)?json$/.test(media);
  // Much is sent by `curl -d`, which says that all is a form.
  const isUntold = (media === "" || media === FORM) && /^\s*\{/.test(text);
  if (isJson || isUntold) return await jsonText(text);
  if (media === "text/plain" || media === "") return said(text);
  if (media === FORM) return await formText(text);
  return { status: 415, text: `A webhook takes ${TAKEN}.` };
}

async function formText(form: string): Promise<{ readonly text: string } | HttpRefusal> {
  const fields = new URLSearchParams(form);
  const payload = fields.get("payload");
  if (payload !== null) return await jsonText(payload);
  if (fields.has("text")) return said(await slackMessageText(Object.fromEntries(fields)));
  return bad("A form needs a field payload, or text; plain text is sent as text/plain.");
}

async function jsonText(json: string): Promise<{ readonly text: string } | HttpRefusal> {
  if (isTooDeep(json)) return bad("The JSON is nested too deep.");
  let body: unknown;
  try {
    body = JSON.parse(json);
  } catch {
    return bad("The body is no JSON.");
  }
  if (!isObject(body)) return bad("The JSON is no object.");
  if (Array.isArray(body["alerts"]) && body["alerts"].length > 0) return said(alertsText(body));
  const text = await slackMessageText(body);
  if (text.trim() !== "") return said(text);
  if (textField(body, "title") + textField(body, "message") !== "") {
    return said(oldGrafanaText(body));
  }
  return bad("The JSON has no text: it needs text, attachments, blocks or alerts.");
}

/** A text, in which there are no halves of characters: JSON can express them, and nothing else. */
function said(text: string): { readonly text: string } | HttpRefusal {
  return text.trim() === "" ? bad("There is no text.") : { text: text.toWellFormed() };
}

function bad(text: string): HttpRefusal {
  return { status: 400, text };
}
