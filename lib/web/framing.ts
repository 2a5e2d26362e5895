/**
 * Refuses requests of which it is not plain where they end. A proxy before us and we might see it at two places,
 * and then somebody's request would begin within another's ("request smuggling"). The HTTP server refuses
 * most of them by itself; this is about what it takes, or might take some day.
 */

import type { IncomingMessage } from "node:http";
import type { HttpRefusal } from "./http_refusal.ts";

const LENGTH = "content-length";
const CODING = "transfer-encoding";

/** Why a request is refused; `undefined`: there is one place where it ends. */
export function refusesFraming(
  { headers, rawHeaders }: Pick<IncomingMessage, "headers" | "rawHeaders">,
): HttpRefusal | undefined {
  // Those that come twice are one in `headers`, or the second is not there.
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  const told = names.filter((name) => name === LENGTH || name === CODING);
  if (told.length === 0) return undefined;
  if (told.length > 1) {
    return bad(
      "The request says more than once how long it is (Content-Length, Transfer-Encoding).",
    );
  }
  const coding = headers[CODING];
  if (coding === undefined || coding.trim().toLowerCase() === "chunked") return undefined;
  return bad("The request has a Transfer-Encoding other than chunked, which is not taken.");
}

/** Why a request to go on with another protocol is refused that has a body, which would be taken for that. */
export function refusesBodyOfUpgrade(hasBody: boolean): HttpRefusal | undefined {
  return hasBody ? bad("A request for a WebSocket has no body.") : undefined;
}

function bad(text: string): HttpRefusal {
  return { status: 400, text };
}
