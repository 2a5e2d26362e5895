/**
 * Runs a property on random cases for as long as there is time. `FUZZ_SECONDS` says how long all
 * properties take together, `FUZZ_SEED` and `FUZZ_CASE` bring a failure back. What a case chooses
 * follows from its seed; in sessions over sockets the timing does not.
 *
 * `deno task test:fuzz` has one seed for ever, so that a change is judged by what it changed and not
 * by luck; `deno task fuzz` takes another one each time and is what finds something new.
 */

import { Random } from "./random.ts";

const DEFAULT_SECONDS = 600;
const MAX_SECONDS = 86_400;

const seconds = readSeconds();
const seed = Deno.env.get("FUZZ_SEED") ?? String(crypto.getRandomValues(new Uint32Array(1))[0]);
const only = Deno.env.get("FUZZ_CASE");

/**
 * Registers a test that runs `property` again and again, with other choices each time. `share` is
 * its part of the whole time.
 */
export function fuzz(
  name: string,
  share: number,
  property: (random: Random) => void | Promise<void>,
): void {
  Deno.test(name, async () => {
    const end = performance.now() + seconds * share * 1_000;
    let n = only === undefined ? 0 : Number(only);
    do {
      try {
        await property(new Random(`${seed} ${n} ${name}`));
      } catch (cause) {
        const again = `FUZZ_SEED=${seed} FUZZ_CASE=${n} deno task fuzz --filter ${quote(name)}`;
        throw new Error(`Case ${n} failed; to see it again: ${again}`, { cause });
      }
      n++;
    } while (performance.now() < end && only === undefined);
  });
}

function quote(name: string): string {
  return `'${name.replaceAll("'", String.raw`'\''`)}'`;
}

function readSeconds(): number {
  const at = Deno.args.indexOf("--seconds");
  const text = Deno.env.get("FUZZ_SECONDS") ?? (at < 0 ? undefined : Deno.args[at + 1]);
  const value = Number(text ?? DEFAULT_SECONDS);
  if (value > 0 && value <= MAX_SECONDS) return value;
  throw new Error(`FUZZ_SECONDS is a number up to ${MAX_SECONDS}, not ${text}`);
}
