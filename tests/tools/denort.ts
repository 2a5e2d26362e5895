/**
 * Gets a runtime for `deno compile` where dl.deno.land does not answer:
 *
 *     deno run --allow-read --allow-write tests/tools/denort.ts PROGRAM DENORT
 *
 * A program that was made with `deno compile` on Linux is the runtime itself with the program's
 * files behind it. This cuts PROGRAM where the ELF file ends and writes DENORT, if it is the one
 * file that is expected: the runtime of Deno 2.7.11 for x86_64, as in npm's
 * `@stdy/cli-linux-x64@0.22.2`.
 */

const SIZE = 97_076_048;
const SHA256 = "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6";

if (import.meta.main) {
  const [program, denort] = Deno.args;
  if (program === undefined || denort === undefined) fail("PROGRAM and DENORT are expected", 2);
  const runtime = cutElf(await Deno.readFile(program));
  const hash = toHex(await crypto.subtle.digest("SHA-256", runtime));
  if (runtime.length !== SIZE || hash !== SHA256) {
    fail(
      `"${program}" holds ${runtime.length} bytes with SHA-256 ${hash}; ` +
        `${SIZE} bytes with ${SHA256} are expected`,
      1,
    );
  }
  await Deno.writeFile(denort, runtime, { mode: 0o755 });
}

/** The part of a 64-bit little-endian ELF file that its header accounts for. */
function cutElf(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const elf64LittleEndian = 0x7f454c46_0201n;
  if (file.length < 64 || view.getBigUint64(0) >> 16n !== elf64LittleEndian) {
    fail(`${file.length} bytes that are no ELF file for x86_64`, 1);
  }
  // The section headers come last: e_shoff + e_shentsize * e_shnum.
  const end = Number(view.getBigUint64(0x28, true)) +
    view.getUint16(0x3a, true) * view.getUint16(0x3c, true);
  return file.subarray(0, end);
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fail(text: string, code: number): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`denort: ${text}\n`));
  Deno.exit(code);
}
