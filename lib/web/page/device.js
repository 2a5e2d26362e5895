// @ts-check
/** What this browser is called in the list of an account's devices. Pure. */

/** Those that call themselves others too come first. */
const BROWSERS = /** @type {const} */ ([
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|Chromium|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
]);
const SYSTEMS = /** @type {const} */ ([
  [/\bAndroid\b/, "Android"],
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
]);

/** @type {(browser: { readonly userAgent: string, readonly maxTouchPoints?: number }) => string} */
export function deviceLabel({ userAgent, maxTouchPoints = 0 }) {
  const browser = BROWSERS.find(([sign]) => sign.test(userAgent))?.[1] ?? "Browser";
  const system = SYSTEMS.find(([sign]) => sign.test(userAgent))?.[1];
  if (system === undefined) return browser;
  // An iPad says that it is a Mac, which has no screen to touch.
  return `${browser} on ${system === "macOS" && maxTouchPoints > 1 ? "iPad" : system}`;
}
