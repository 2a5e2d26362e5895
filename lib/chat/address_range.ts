/** Ranges of addresses, which people may type where one address is wanted. */

/**
 * What is wrong with `text` as the target of an action, if it is a range such as `192.0.2.0/24`,
 * `192.0.2.*` or `192.0.2.1-192.0.2.9`. `addressKey` reads a single address.
 */
export function rangeProblem(
  text: string,
  addressKey: (text: string) => string | undefined,
): string | undefined {
  const whole = text.trim();
  const first = whole.replace(/\/\d*$/, "").replace(/\s*-\s*[\da-f.:]*$/i, "").replaceAll("*", "0");
  if (first === whole || addressKey(first) === undefined) return undefined;
  return `${whole} is a range of addresses; name a single address, of which one of IPv6 stands for ` +
    "its /64 network";
}
