/** The answers to `devices` and `logout`: what an account is signed in on, and no longer. */

import type { ListedDevice } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { ownAccount } from "../judge/judge_account.ts";
import { deviceAs } from "../people/device_as.ts";
import type { Device } from "../people/records.ts";
import { putPeople } from "../put_people.ts";
import { Refusal } from "../refusal.ts";
import { deviceOf, type Hash, type Session } from "../sessions/session.ts";

/** Lists the devices of the session's account. */
export async function devices(
  house: HouseParts,
  session: Session,
  request: RequestOf<"devices">,
): Promise<void> {
  const { id } = ownAccount(house.state, session);
  await tellDevices(house, session, request, await allDevices(house, id));
}

/** Signs out devices of the session's account; this one gets a goodbye. */
export async function logout(
  house: HouseParts,
  session: Session,
  request: RequestOf<"logout">,
): Promise<void> {
  const { id } = ownAccount(house.state, session);
  const { device, others = false } = request;
  if (others) await putPeople(house, { kind: "sign-out" }, session.hash);
  if (!others || device !== undefined) {
    const hash = await hashOf(house, session, id, device);
    await putPeople(house, { kind: "sign-out", device: hash }, session.hash);
    if (hash === session.hash) return;
  }
  await tellDevices(house, session, request, await allDevices(house, id));
}

/** The devices of an account that are kept, and those that are here, the one that was used last first. */
export async function allDevices(house: HouseParts, account: string): Promise<readonly Device[]> {
  const { index, state: { persons, people }, registry } = house;
  const kept = new Map((await index.devices(account)).map((device) => [device.hash, device]));
  for (const session of persons.ofAccount(account)?.sessions ?? []) {
    if (session.isVisitor || !registry.isPresent(session)) continue;
    const { hash, label, door, since } = session;
    kept.set(hash, { hash, account, label, door, since, used: people.now });
  }
  return [...kept.values()].sort((a, b) => b.used - a.used);
}

/** A device as its person is told of it. */
export function listedDevice({ registry }: HouseParts, device: Device): ListedDevice {
  const session = registry.session(device.hash);
  return deviceAs(device, session !== undefined && registry.isPresent(session));
}

async function tellDevices(
  house: HouseParts,
  session: Session,
  request: { readonly id?: string },
  devices: readonly Device[],
): Promise<void> {
  const listed = devices.map((device): ListedDevice => ({
    ...listedDevice(house, device),
    ...(device.hash === session.hash ? { this: true } : {}),
  }));
  session.deliver({ type: "devices", ...idOf(request), devices: listed });
  // As with every list, the next request waits until it has gone out.
  await session.peer?.drained();
}

/** The hash of the device that is meant. Rejects with a {@linkcode Refusal} if there is none. */
async function hashOf(
  house: HouseParts,
  session: Session,
  account: string,
  device: string | undefined,
): Promise<Hash> {
  if (device === undefined || device === session.device) return session.hash;
  const found = (await allDevices(house, account)).find(({ hash }) => deviceOf(hash) === device);
  if (found !== undefined) return found.hash;
  throw new Refusal(
    "no-such-device",
    `You are not signed in on a device ${device.slice(0, 40)}; /devices lists those that you are`,
  );
}
