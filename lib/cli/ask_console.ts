/**
 * Answers a request of the operator: asks the server that runs on a data directory, or, if none runs,
 * works on its database. While a server runs, nothing else writes into the database.
 */

import { type ConsoleAnswer, judgeConsole } from "../chat/judge/judge_console.ts";
import { ID_BYTES, idFrom } from "../chat/people/account_id.ts";
import { checkName } from "../chat/names/check_name.ts";
import type {
  ConsoleRequest,
  ConsoleRequestOf,
  JudgedRequest,
} from "../chat/people/console_request.ts";
import { deviceAs } from "../chat/people/device_as.ts";
import { Lists } from "../chat/people/lists.ts";
import { People } from "../chat/people/people.ts";
import { RoomRecords } from "../chat/rooms/room_records.ts";
import { writtenAddress } from "../server/address.ts";
import { readControl } from "../store/control_file.ts";
import { InUseError, type Opened, openWriter } from "../store/directory.ts";
import { StoreError } from "../store/faults.ts";
import { changePeople, readPeople } from "../store/people.ts";
import { devicesOf } from "../store/sessions.ts";
import { inertLine } from "../words/inert.js";
import { callControl, NoServerError } from "./call_control.ts";
import { complain } from "./output.ts";

/**
 * How long to wait for a directory that is locked by a process that can't be asked, in ms: another
 * command, or a server that is just starting or ending.
 */
const PATIENCE_MS = 5_000;
const AGAIN_MS = 50;

/**
 * Resolves with the answer when the change, if any, holds. Rejects with a `Refusal`, or with a
 * {@linkcode StoreError} if the request can't be answered.
 */
export async function askConsole(
  directory: string,
  request: ConsoleRequest,
): Promise<ConsoleAnswer> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    let inUse: InUseError;
    try {
      using opened = await openWriter(directory, (text) => complain(inertLine(text)));
      return request.type === "devices"
        ? devicesAlone(opened, request)
        : answerAlone(opened, request);
    } catch (error) {
      if (!(error instanceof InUseError)) throw error;
      inUse = error;
    }
    try {
      const place = readControl(directory);
      if (place !== undefined) return await callControl(place, request);
    } catch (error) {
      if (!(error instanceof NoServerError)) throw error;
    }
    if (performance.now() > giveUpAt) throw unreachable(directory, inUse);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

function devicesAlone({ db }: Opened, { name }: ConsoleRequestOf<"devices">): ConsoleAnswer {
  const account = new People(Date.now, readPeople(db)).account(checkName(name));
  if (account === undefined) return {};
  return { devices: devicesOf(db, account.id).map((device) => deviceAs(device, false)) };
}

function answerAlone({ db }: Opened, request: JudgedRequest): ConsoleAnswer {
  let answer: ConsoleAnswer = {};
  changePeople(db, (kept) => {
    const people = new People(Date.now, kept);
    const state = { people, rooms: new RoomRecords(kept), lists: new Lists(() => 0, kept) };
    const judged = judgeConsole(state, request, {
      addressKey: writtenAddress,
      at: people.now,
      account: idFrom(crypto.getRandomValues(new Uint8Array(ID_BYTES))),
    });
    answer = judged.answer;
    return judged.changes;
  });
  return answer;
}

function unreachable(directory: string, inUse: InUseError): StoreError {
  return new StoreError(
    `${inUse.message}. If it is a server, it can't be asked either: it is of another version, is ` +
      `just starting, does not answer, or can't write ${directory}/control (its log says so)`,
  );
}
