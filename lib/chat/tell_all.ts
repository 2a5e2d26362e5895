/** Tells everybody here something of the server itself, that no room and no person has said. */

import type { HouseState } from "./house_state.ts";

/** Tells all sessions that have a peer in this house, each once, whatever rooms they are in. */
export function tellAll({ registry }: Pick<HouseState, "registry">, text: string): void {
  for (const session of registry.sessions.present) session.deliver({ type: "notice", text });
}
