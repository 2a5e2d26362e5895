/** Which NATS servers keep what they acknowledge. */

/** The first version that does. Those before lose acknowledged messages when a leader is held up. */
export const LEAST_NATS = "2.10.27";

/** Whether a server of this version, as its greeting says it, can be relied on. */
export function isFitNats(version: string): boolean {
  const least = LEAST_NATS.split(".").map(Number);
  const parts = /^v?(\d+)\.(\d+)\.(\d+)(-)?/.exec(version);
  if (parts === null) return false;
  const [major = 0, minor = 0, patch = 0] = parts.slice(1, 4).map(Number);
  const [wantedMajor = 0, wantedMinor = 0, wantedPatch = 0] = least;
  const order = major - wantedMajor || minor - wantedMinor || patch - wantedPatch;
  // What comes before a release, as 2.10.27-RC.1 does, is not that release.
  return order > 0 || order === 0 && parts[4] === undefined;
}
