/** Response headers that restrict what a browser does with an answer. */

import type { Visit } from "./gatekeeper.ts";

/** Headers for the parts of the page, which are no secret and do nothing by themselves. */
export const PART_HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
};

/**
 * Headers for an answer to `visit`, or to an unknown client. There is no `Strict-Transport-Security`
 * over TLS: it holds for the host and not for the port, so it would break plain HTTP of other servers
 * on this machine.
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
  // In Safari before 15.4, 'self' does not include WebSockets.
  const socket = visit === undefined
    ? ""
    : ` ${visit.scheme === "https" ? "wss" : "ws"}://${visit.host}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "manifest-src 'self'",
    `connect-src 'self'${socket}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
