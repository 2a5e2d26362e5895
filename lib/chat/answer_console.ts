/** Answers requests from the server's machine while a server runs. */

import type { AuditLine } from "../wire/events.ts";
import { type ConsoleAnswer, judgeConsole } from "./console.ts";
import type { ConsoleRequest } from "./console_request.ts";
import type { HouseParts } from "./house_parts.ts";
import { putPeople } from "./put_people.ts";
import type { Change } from "./records.ts";

/** Answers a request; what changes holds when this settles. Rejects with a {@linkcode Refusal}. */
export async function answerConsole(
  house: HouseParts,
  request: ConsoleRequest,
): Promise<ConsoleAnswer> {
  const { people, rules } = house.state;
  if (request.type === "account") {
    return judgeConsole(people, request, rules.addressKey, people.now).answer;
  }
  const { changes } = await putPeople(house, { kind: "console", request });
  const lines = linesOf(changes);
  lines.forEach(house.onModerated);
  return request.type === "lift" ? { lifted: lines } : {};
}

function linesOf(changes: readonly Change[]): AuditLine[] {
  return changes.flatMap((change) => change.type === "audit" ? change.line : []);
}
