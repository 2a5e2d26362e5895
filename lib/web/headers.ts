/** The headers of an answer that say what a browser may do with it, which is little. */

import type { Visit } from "./gatekeeper.ts";

/** Headers for the code of the page, which is no secret and does nothing by itself. */
export const PART_HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
};

/**
 * Headers for an answer to `visit`, or to somebody of whom nothing is known. Over TLS there is no
 * `Strict-Transport-Security`: it is of the host and not of the port, and would take plain HTTP from
 * whatever else runs on this machine.
 */
export function securityHeaders(visit?: Visit): Record<string, string> {
  return {
    ...PART_HEADERS,
    "Content-Security-Policy": policy(visit),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
  };
}

function policy(visit: Visit | undefined): string {
  // Safari before 15.4 does not take 'self' to mean WebSockets too.
  const socket = visit === undefined
    ? ""
    : ` ${visit.scheme === "https" ? "wss" : "ws"}://${visit.host}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    `connect-src 'self'${socket}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
