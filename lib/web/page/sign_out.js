// @ts-check
/** Signing out in this browser: in all its tabs, also those that are closed and may be brought back. */

import { allDevicesHere, keepDevices, tellSignedOut } from "./saved.js";

/** @import { Chat } from "./chat.js" */

/** @param {Chat} chat */
export async function signOutHere(chat) {
  const { id } = chat.store.account;
  tellSignedOut(id);
  if (chat.online) await endOthers(chat).catch(() => {});
  chat.signOut();
}

/** Ends what other tabs had; those that are open do it as well, and one of the two is refused. @param {Chat} chat */
async function endOthers({ link, store: { account: { id } } }) {
  const event = await link.ask({ type: "devices" });
  const devices = event.type === "devices" ? event.devices : [];
  const had = new Set(devicesHere(id));
  const others = devices.filter((device) => device.this !== true && had.has(device.device));
  await Promise.allSettled(others.map(({ device }) => link.ask({ type: "logout", device })));
  forgetDevices(id);
}

/** The devices of an account that tabs of this browser are, or were. @type {(account: string) => string[]} */
export function devicesHere(account) {
  return allDevicesHere().filter(([whose]) => whose === account).map(([, device = ""]) => device);
}

/** An account has signed out in this browser. @param {string} account */
export function forgetDevices(account) {
  keepDevices(allDevicesHere().filter(([whose]) => whose !== account));
}
