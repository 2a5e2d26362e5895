/** Every command, by its name. */

import { ABOUT } from "./about.ts";
import { ACCOUNT_REGISTRATION } from "./account_registration.ts";
import type { Command, Commands } from "./command.ts";
import { helpWith } from "./help.ts";
import { HISTORY } from "./history.ts";
import { MARK_READ } from "./mark_read.ts";
import { MODES } from "./mode.ts";
import { MONITOR } from "./monitor.ts";
import { MULTILINES } from "./multiline.ts";
import { PEOPLE } from "./people.ts";
import { REGISTERING } from "./registering.ts";
import { ROOM_GUESTS } from "./room_guests.ts";
import { ROOMS } from "./rooms.ts";
import { SASL } from "./sasl.ts";
import { SERVER_INFO } from "./server_info.ts";
import { SERVICE_COMMANDS } from "./services.ts";
import { TALK } from "./talk.ts";
import { WHO } from "./who.ts";

/** All commands. */
export const IRC_COMMANDS: ReadonlyMap<string, Command> = new Map(
  [
    ...[
      REGISTERING,
      SASL,
      SERVER_INFO,
      ROOMS,
      ROOM_GUESTS,
      MODES,
      TALK,
      MULTILINES,
      ABOUT,
      MARK_READ,
    ] as const,
    ...[PEOPLE, WHO, MONITOR, HISTORY, SERVICE_COMMANDS, ACCOUNT_REGISTRATION] as const,
    helpWith((name) => IRC_COMMANDS.has(name)),
  ].flatMap((commands: Commands) => Object.entries(commands)),
);
