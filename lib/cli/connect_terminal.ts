/** `chatroom connect` on a terminal. */

import { arriving, type Conversation } from "../client/conversation.ts";
import { askingForPasswords } from "../client/opening.ts";
import { fileIn } from "../client/config_files.ts";
import type { KeptPlaces, KeptPlacesOptions } from "../client/kept_places.ts";
import type { KeptSession } from "../client/kept_sessions.ts";
import type { KeptTransfers } from "../client/kept_transfers.ts";
import type { Settings } from "../client/settings.ts";
import { askLine, endQuiet } from "../client/terminal/ask.ts";
import { LineEditor } from "../client/terminal/editor.ts";
import { HeldLines } from "../client/terminal/held_lines.ts";
import { depthOf } from "../client/terminal/palette.ts";
import { runTerminal } from "../client/terminal/terminal.ts";
import type { TerminalOptions } from "../client/terminal/terminal_options.ts";
import { denoTerminal } from "../client/terminal/tty.ts";
import { askPassword } from "./ask_password.ts";
import { type Contact, makeContact, shownServers } from "./contact.ts";
import { type Invocation, readEnv } from "./flags.ts";
import { wrapWords } from "./help.ts";
import { configDir } from "./machine.ts";
import { lateEditor } from "./editor_shell.ts";
import { complain } from "./output.ts";
import { givenRooms, givenSecrets, onceName } from "./peer.ts";
import type { OpenLinkOptions } from "./peer_link.ts";
import { Remembered, remembering } from "./remembered.ts";

/** Talks at the terminal until the person leaves. Resolves with the exit code. */
export async function connectOnTerminal(invocation: Invocation): Promise<number> {
  // Whatever a server says, all that can be started is the person's editor.
  const { openEditor, settle } = lateEditor();
  // Problems with the settings are printed after the chat: they must not disturb its screen.
  let late: string[] | undefined;
  const tell = (line: string): void => late === undefined ? complain(line) : void late.push(line);
  const remembered = rememberedFor(invocation, tell);
  const { settings } = remembered;
  // Deno task, npm and npx set INIT_CWD.
  const io = denoTerminal(readEnv("INIT_CWD") !== undefined);
  const plain = invocation.has("plain") || readEnv("TERM") === "dumb";
  const contact = await makeContact(invocation, settings, { io, plain, settle });
  if (typeof contact === "number") return contact;
  const { name, stream, usual } = contact;
  // Keep what was typed before a password was asked for: it is in the editor, or found by Up.
  const editor = new LineEditor();
  const held = new HeldLines(editor);
  const shown = shownServers(contact);
  const look = { io, openEditor, plain, ...beginning(invocation), editor, held, tell, ...shown };
  // A name that was given for this run, or because the usual one is in use, is not remembered.
  const isUsual = usual === undefined || name === usual || onceName(invocation) === undefined;
  const dir = contact.isStranger ? undefined : remembered.dir;
  const openLink = personLinks(invocation, contact, { dir, ...shown, tell, settle, settings });
  let asked = name;
  const over = Promise.withResolvers<number>();
  const asking = askingForPasswords({
    open: ({ name, ...secrets }, stream) => {
      asked = name;
      return openLink(name, { stream, secrets });
    },
    stream,
    given: contact.isStranger ? {} : givenSecrets(invocation),
    ask: (question, secret) =>
      (secret ? askPassword : askLine)(io, question, { plain, fresh: true, quiet: over.resolve }),
    complain: (line) => complain(wrapWords(line, io.size().columns - 1).join("\n")),
    name,
    talk: async (conversation) => {
      late = [];
      const keepsName = isUsual && (usual === undefined || asked === name);
      const code = await talkOnTerminal({ ...look, conversation, remembered, keepsName });
      for (const line of late.splice(0)) complain(line);
      late = undefined;
      return code;
    },
  });
  return await Promise.race([asking, over.promise]).finally(() => endQuiet(io));
}

/** The room that is entered first, as far as that is known, and whether the person has said where to begin. */
function beginning(invocation: Invocation): { readonly room: string; readonly isGiven: boolean } {
  const [given] = givenRooms(invocation);
  const isGiven = given !== undefined || invocation.get("invite") !== undefined;
  return { room: given ?? "lobby", isGiven };
}

/** What is remembered of earlier runs, and by this one. */
function rememberedFor(invocation: Invocation, tell: (line: string) => void): Remembered {
  const remembered = new Remembered(
    invocation.has("no-settings") ? undefined : configDir(),
    tell,
  );
  if (invocation.has("view")) remembered.update({ view: true });
  return remembered;
}

/** Where the session of this device is kept, and who is told if it can't be. */
interface Keeping {
  /** `undefined`: nowhere. */
  readonly dir: string | undefined;
  /** The servers, each as it is shown. */
  readonly servers: readonly string[];
  readonly tell: (line: string) => void;
  readonly settle: () => void;
  readonly server: string;
  readonly settings: Settings;
}

/** Returns a function that opens a link; from one to the next this device stays the same. */
function personLinks(
  invocation: Invocation,
  { addresses, wish }: Contact,
  { dir, servers, server, tell, settle, settings }: Keeping,
): (name: string, options: OpenLinkOptions) => Conversation {
  let kept: KeptSession | undefined;
  return (name, options) => {
    // The prompt is drawn before this code is loaded.
    const link = import("./person_link.ts").then(({ keptSession, openPersonLink, wasReached }) => {
      settle();
      if (dir !== undefined) kept ??= keptSession(dir, servers, tell);
      const how = { ...options, wish, wasReached: wasReached(settings, server) };
      return openPersonLink(invocation, addresses, name, how, kept);
    });
    return arriving(link, name);
  };
}

/** What {@linkcode talkOnTerminal} needs. */
type Talk =
  & Pick<
    TerminalOptions,
    "openEditor" | "conversation" | "io" | "plain" | "room" | "editor" | "held" | "server"
  >
  & {
    readonly remembered: Remembered;
    /** The servers, each as it is shown. */
    readonly servers: readonly string[];
    /** Whether the person has said where to begin. */
    readonly isGiven: boolean;
    /** Whether to remember the name for the next run, even if it is not reserved for the person. */
    readonly keepsName: boolean;
    /** Is told what can't be kept. */
    readonly tell: (line: string) => void;
  };

/** Runs the chat with the settings, and saves changes to them. Resolves with the exit code. */
async function talkOnTerminal(
  { conversation, remembered, servers, isGiven, keepsName, tell, ...options }: Talk,
): Promise<number> {
  const { server } = options;
  const { dir } = remembered;
  const home = readEnv("HOME");
  // Before one is in nothing of it is needed.
  const openKept = async (): Promise<KeptTransfers> => {
    const { KeptTransfers } = await import("../client/kept_transfers.ts");
    return new KeptTransfers(fileIn(dir ?? "", "transfers"), servers, tell);
  };
  return await runTerminal({
    ...options,
    conversation: remembering(conversation, remembered, { server, keepsName }),
    color: readEnv("NO_COLOR") === undefined,
    depth: depthOf(readEnv("TERM"), readEnv("COLORTERM")),
    files: {
      ...home === undefined ? {} : { home },
      ...dir === undefined ? {} : { openKept },
    },
    ...dir === undefined ? {} : {
      openPlaces: () => openPlaces({ dir, servers, isGiven, complain: tell }),
      openDrafts: async () => {
        const { KeptDrafts } = await import("../client/kept_drafts.ts");
        return new KeptDrafts({ dir, servers, complain: tell });
      },
    },
    settings: remembered.settings,
    save: ({ name: _, server: __, ...rest }) => remembered.update(rest),
  });
}

/** What is kept of where the person was, which only the view needs. */
async function openPlaces(options: KeptPlacesOptions): Promise<KeptPlaces> {
  return new (await import("../client/kept_places.ts")).KeptPlaces(options);
}
