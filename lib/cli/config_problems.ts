/**
 * All that is wrong with what a server is asked for: in its configuration file, and in the files that are named
 * there, as its certificate.
 */

import { isPlainFile } from "./plain_file.ts";
import { isClustered, natsPlaceFrom } from "./cluster_flags.ts";
import { configPath } from "./config_flag.ts";
import { inOrder, readConfig } from "./config_file.ts";
import { type ConfigFile, flagsIn, placed, withFile } from "./config_values.ts";
import { type Invocation, UsageError } from "./flags.ts";
import { givenPassword } from "./password.ts";
import { SERVE_FLAGS } from "./serve_flags.ts";
import { type Wanted, wantedBy } from "./serve_wanted.ts";
import { canBeReadAgain, tlsPlan } from "./tls_flags.ts";

/** What came of looking at it. */
export interface Looked {
  /** The file; `undefined`: there is none. */
  readonly file: ConfigFile | undefined;
  /** Each in a line, in the order of the lines that they are about. */
  readonly problems: readonly string[];
  /** What is asked for; there if nothing is wrong. */
  readonly wanted?: Wanted;
  /** The end of the certificate in the files, if there is one. */
  readonly certificateEnds?: Date;
}

/**
 * Looks at all of it, and opens nothing. `passwordOf` reads the server's password. Throws a
 * {@linkcode UsageError} if there is a file, and it can't be read at all.
 */
export async function lookAtConfig(
  base: Invocation,
  passwordOf = givenPassword,
): Promise<Looked> {
  const path = configPath(base);
  const file = path === undefined ? undefined : readConfig(path, SERVE_FLAGS);
  const values = new Map(file?.values);
  const invocation = (): Invocation =>
    file === undefined ? base : withFile(base, { path: file.path, values });
  const problems = [...file?.problems ?? []];
  const wrong = new Set(file?.wrong);
  let wanted: Wanted | undefined;
  for (;;) {
    const tried = await tryOut(invocation(), (whole) => wantedBy(whole, passwordOf));
    if (typeof tried !== "string") {
      wanted = tried;
      break;
    }
    const named = namedIn(tried);
    // What is about something that is wrong may come of that alone.
    if (!named.some((flag) => wrong.has(flag))) problems.push(tried);
    const left = named.filter((flag) => values.delete(flag));
    for (const flag of left) wrong.add(flag);
    if (left.length === 0) break;
  }
  const nats = await tryOut(invocation(), clusterFiles);
  if (typeof nats === "string") problems.push(nats);
  const ends = await tryOut(invocation(), certificateEnd);
  if (typeof ends === "string") problems.push(ends);
  return {
    file,
    problems: inOrder(path ?? "", [...new Set(problems)]),
    ...problems.length > 0 || wanted === undefined ? {} : { wanted },
    ...ends instanceof Date ? { certificateEnds: ends } : {},
  };
}

/** The flags that a problem is about. Only what can't be read as a password names none. */
function namedIn(problem: string): string[] {
  const named = flagsIn(problem);
  return named.length === 0 ? ["password-file"] : named;
}

/** What comes of it, or what is wrong, in a line with its place. */
async function tryOut<T>(
  whole: Invocation,
  look: (whole: Invocation) => Promise<T>,
): Promise<T | string> {
  try {
    return await look(whole);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

async function clusterFiles(whole: Invocation): Promise<void> {
  const files = ["cluster-ca", "cluster-credentials"].flatMap((flag) => whole.get(flag) ?? []);
  if (!isClustered(whole) || !files.every(isPlainFile)) return;
  await natsPlaceFrom(whole).catch((error) => {
    throw placed(whole, error, "cluster");
  });
}

/** Reads the certificate and its key, as a server would, and says when it ends; `undefined`: there is none. */
async function certificateEnd(whole: Invocation): Promise<Date | undefined> {
  const plan = planOf(whole);
  if (plan === undefined || plan === "own" || !canBeReadAgain(plan)) return undefined;
  const { CertificateError, Identity, readKeyPair } = await import("../tls/identity.ts");
  try {
    return new Identity(readKeyPair(plan)).validTo;
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    const flag = `tls-${error.about ?? "cert"}`;
    throw placed(whole, new UsageError(error.message), flag);
  }
}

/** What is wrong about it is told by whoever looks at all that is wanted. */
function planOf(whole: Invocation): ReturnType<typeof tlsPlan> {
  try {
    return tlsPlan(whole);
  } catch {
    return undefined;
  }
}
