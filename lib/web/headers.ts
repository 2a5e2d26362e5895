/** Response headers that restrict what a browser does with an answer, and what a request's headers say of its body. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { originOf, type Visit } from "./gatekeeper.ts";

/** Headers for the parts of the page, which are no secret and do nothing by themselves. */
export const PART_HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
};

/**
 * Headers for an answer to `visit`, or to an unknown client. `pages` are those of other nodes of a
 * cluster, to whose WebSockets this page may go. There is no `Strict-Transport-Security`
 * over TLS: it holds for the host and not for the port, so it would break plain HTTP of other servers
 * on this machine.
 */
export function securityHeaders(
  visit?: Visit,
  pages: readonly string[] = [],
): Record<string, string> {
  return {
    ...PART_HEADERS,
    "Content-Security-Policy": policy(visit, pages),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
  };
}

/** Gives an answer these headers. */
export function setHeaders(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Whether a request has a body. */
export function hasBody({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

function policy(visit: Visit | undefined, pages: readonly string[]): string {
  // In Safari before 15.4, 'self' does not include WebSockets.
  const own = visit === undefined ? [] : [originOf(visit)];
  const origins = [...own, ...pages.map((page) => new URL(page).origin)];
  const sockets = [...new Set(origins)].map((each) => ` ${each.replace(/^http/, "ws")}`).join("");
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "manifest-src 'self'",
    `connect-src 'self'${sockets}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
