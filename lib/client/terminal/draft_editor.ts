/** A draft in a file, which another program edits. */

import { decodeText, reasonOf, utf8Length } from "../../wire/text.ts";
import { isSecret } from "../../words/secret.js";
import { type LineEditor, MAX_LINE_BYTES } from "./editor.ts";
import type { View } from "./view.ts";

/** How the program has ended, or why it was not started. */
export type EditorEnd = { readonly code: number } | { readonly problem: string };

/** Opens a file in the person's editor; resolves when that has ended. */
export type OpenEditor = (path: string) => Promise<EditorEnd>;

/** What comes of it: the text as it is now, or what to tell the person; then the draft stays as it was. */
export type EditedDraft = { readonly text: string } | { readonly problem: string };

/** What an editor has left, or why that is not taken. */
type ReadDraft = { readonly text: string } | { readonly lack: string };

/** Options of {@linkcode editedDraft}. */
export interface DraftEditorOptions {
  readonly open: OpenEditor;
  /** Whether the chat has ended meanwhile, so that the text has no place to go. */
  readonly isOver: () => boolean;
}

/** Options of {@linkcode composeLine}. */
export interface ComposeOptions extends DraftEditorOptions {
  readonly editor: LineEditor;
  readonly view: View;
}

const ELSEWHERE =
  "You are elsewhere now; what you wrote in the editor is above the line: Up finds it.";
const SECRET = "That line may have a password, which is not to stand in a file.";
const TOO_LONG = `That is longer than the ${MAX_LINE_BYTES} bytes of a line.`;
/** The most bytes of a file that are read: newlines of two bytes and those at its end are no part of the line. */
const MAX_FILE_BYTES = 4 * MAX_LINE_BYTES;
/** What shells answer where there is no such program. */
const NO_PROGRAM_CODE = 127;

/** Lets the person edit a text, which comes into the row then; resolves with what they are told, if they are. */
export async function composeLine(
  text: string,
  { editor, view, ...options }: ComposeOptions,
): Promise<string | undefined> {
  const { from = 0 } = editor.draft;
  using meantFor = view.known.conversations.follow(view.room);
  const edited = await editedDraft(text, options);
  if ("problem" in edited) return edited.problem;
  if (view.room !== meantFor.place) {
    // What was written for a room that is not looked at any more must not be said in another one.
    const { draft } = editor;
    editor.show({ text: edited.text, cursor: 0 });
    editor.remember();
    editor.show(draft);
    return ELSEWHERE;
  }
  if (edited.text === editor.text) return undefined;
  editor.remember();
  // The words of a command that is edited stay out of reach only where they still are.
  const keeps = editor.text.slice(0, from) === edited.text.slice(0, from);
  editor.show({ text: "", cursor: 0 });
  editor.insert(edited.text);
  editor.show({ text: editor.text, cursor: editor.text.length, from: keeps ? from : 0 });
  return undefined;
}

/** Lets the person edit a text elsewhere. The file is theirs alone; it stays where what they wrote has not come back. */
export async function editedDraft(
  text: string,
  { open, isOver }: DraftEditorOptions,
): Promise<EditedDraft> {
  if (isSecret(text)) return { problem: SECRET };
  let dir: string | undefined;
  let keeps = false;
  try {
    dir = await Deno.makeTempDir({ prefix: "chatroom-" });
    const path = `${dir}/draft.md`;
    await Deno.writeTextFile(path, text === "" ? "" : `${text}\n`, { mode: 0o600 });
    const end = await open(path);
    const edited = await readDraft(path);
    const lack = "lack" in edited ? edited.lack : undefined;
    const why = lackOf(end) ?? (isOver() ? "The chat has ended." : lack);
    if (why === undefined && "text" in edited) return edited;
    keeps = !("text" in edited) || edited.text !== text || await hasMore(dir);
    return {
      problem: `${why} ${keeps ? `What you wrote is in ${path}.` : "The draft is as it was."}`,
    };
  } catch (error) {
    return { problem: `The draft can't go to an editor: ${reasonOf(error)}` };
  } finally {
    if (dir !== undefined && !keeps) {
      await Deno.remove(dir, { recursive: true }).catch(() => {});
    }
  }
}

/**
 * What was written, without the newlines at its end, or why it can't be had. What the editor has left may be a pipe or
 * a link to what has no end, and who reads that hears no key: a plain file is read, and not more of it than fits.
 */
async function readDraft(path: string): Promise<ReadDraft> {
  const { isFile } = await Deno.lstat(path);
  if (!isFile) return { lack: "What the editor has left is no plain file." };
  using file = await Deno.open(path);
  const bytes = new Uint8Array(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  if (length > MAX_FILE_BYTES) return { lack: TOO_LONG };
  const text = decodeText(bytes.subarray(0, length))?.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n")
    .replace(/\n+$/, "");
  if (text === undefined) return { lack: "That is not UTF-8." };
  return utf8Length(text) <= MAX_LINE_BYTES ? { text } : { lack: TOO_LONG };
}

/** Whether there is more than the draft: what editors that were ended leave to be saved by. */
async function hasMore(dir: string): Promise<boolean> {
  let count = 0;
  for await (const _ of Deno.readDir(dir)) count++;
  return count > 1;
}

/** Why what was written is not taken, by how the editor has ended. */
function lackOf(end: EditorEnd): string | undefined {
  if ("problem" in end) return end.problem;
  if (end.code === 0) return undefined;
  return end.code === NO_PROGRAM_CODE
    ? "There is no such editor as $VISUAL or $EDITOR says."
    : `The editor ended with ${end.code}.`;
}
