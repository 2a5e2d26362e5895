/**
 * Opens the link of a person at a terminal, whose device the server knows again: the session of a
 * reserved name is kept on this machine, so that the next time needs no password.
 */

import { fileIn } from "../client/config_files.ts";
import { altered, type Conversation, type LinkEvent } from "../client/conversation.ts";
import { KeptSession } from "../client/kept_sessions.ts";
import type { Settings } from "../client/settings.ts";
import type { Event } from "../wire/events.ts";
import type { Invocation } from "./flags.ts";
import { hostName } from "./machine.ts";
import { openLink, type OpenLinkOptions } from "./peer_link.ts";
import type { Addresses } from "./addresses.ts";

/** The longest label of a device, in UTF-16 code units. */
const MAX_LABEL = 64;

/** The session that is kept in the folder of the settings, for the servers as each is shown. */
export function keptSession(
  dir: string,
  servers: readonly string[],
  complain: (line: string) => void,
): KeptSession {
  return new KeptSession(fileIn(dir, "sessions"), servers, complain);
}

/** Whether an earlier run has reached a server, as it is shown: what has let somebody in is remembered. */
export function wasReached({ server, names }: Settings, shown: string): boolean {
  return server === shown || names?.[shown] !== undefined;
}

/** Opens a link as {@linkcode openLink} does; `kept` has the session, if any may be kept. */
export async function openPersonLink(
  invocation: Invocation,
  addresses: Addresses,
  name: string,
  options: OpenLinkOptions,
  kept: KeptSession | undefined,
): Promise<Conversation> {
  const host = hostName();
  const label = (host === undefined ? "terminal" : `terminal on ${host}`).slice(0, MAX_LABEL);
  const earlier = await kept?.find(name);
  const link = openLink(invocation, addresses, name, {
    ...options,
    person: true,
    label: label.toWellFormed(),
    ...(earlier === undefined ? {} : { earlier }),
  });
  return kept === undefined ? link : keeping(link, kept);
}

/** Wraps a conversation so that its session is kept while its name is a reserved one. */
function keeping(conversation: Conversation, kept: KeptSession): Conversation {
  let session = "";
  const note = (event: LinkEvent): Promise<void> | void => {
    switch (event.type) {
      case "ready":
        session = event.session;
        return event.account === undefined ? kept.forget() : kept.keep(event.name, session);
      case "account":
        return event.action === "unregister" ? kept.forget() : kept.keep(event.name, session);
      case "status":
        if (event.status === "ended" && isOver(event.code)) kept.forget();
    }
  };
  async function* events(): AsyncGenerator<LinkEvent> {
    for await (const event of conversation.events) {
      await note(event);
      yield event;
    }
  }
  return altered(conversation, {
    events: events(),
    send: async (request): Promise<Event> => {
      const answer = await conversation.send(request);
      await note(answer);
      return answer;
    },
  });
}

/** Whether a link has ended because its session lets nobody in any more. */
function isOver(code: string | undefined): boolean {
  return code === "signed-out" || code === "name-reserved";
}
