/** A bill of materials, made from the lock file: CycloneDX 1.6 as JSON. */

import config from "../../../deno.json" with { type: "json" };
import runtimes from "../../../lib/cli/packaging/runtimes.json" with { type: "json" };
import type { BundledPackage } from "./licences.ts";

/** A package as the lock file has it. */
interface Locked {
  readonly integrity?: string;
  readonly dependencies?: readonly string[];
}

const LOCK: {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, Locked>>;
} = JSON.parse(Deno.readTextFileSync(new URL("../../../deno.lock", import.meta.url)));

/**
 * What chatroom is made of. `bundled`: what is in it; other packages of the lock file are said to be
 * for tests and tools. `time`: seconds since 1970.
 */
export function billOfMaterials(bundled: readonly BundledPackage[], time: number): string {
  const self = `pkg:npm/${encoded(config.name)}@${config.version}`;
  const inside = new Map(bundled.map((each) => [`${each.name}@${each.version}`, each]));
  const packages = new Map(Object.entries(LOCK.npm).map(([key, locked]) => [nameOf(key), locked]));
  const missing = [...inside.keys()].find((each) => !packages.has(each));
  if (missing !== undefined) throw new Error(`${missing} is in the bundle, and not in deno.lock`);
  const deno = `pkg:npm/deno@${runtimes.deno}`;
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(time * 1000).toISOString().replace(/\.000Z$/, "Z"),
      component: {
        ...{ type: "application", "bom-ref": self, name: config.name, version: config.version },
        licenses: [{ license: { id: config.license } }],
        purl: self,
      },
    },
    components: [
      {
        ...{ type: "platform", "bom-ref": deno, name: "deno", version: runtimes.deno },
        ...{ scope: "required", licenses: [{ license: { id: "MIT" } }], purl: deno },
      },
      ...[...packages].sort(([a], [b]) => a < b ? -1 : 1)
        .map(([each, { integrity }]) => component(each, integrity, inside.get(each))),
    ],
    dependencies: [
      { ref: self, dependsOn: [deno, ...directOf().map(purlOf)].sort() },
      ...[...packages].sort(([a], [b]) => a < b ? -1 : 1).map(([each, { dependencies = [] }]) => ({
        ref: purlOf(each),
        dependsOn: [...new Set(dependencies.map((name) => purlOf(locked(name))))].sort(),
      })),
    ],
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

function component(
  each: string,
  integrity: string | undefined,
  bundled: BundledPackage | undefined,
): Readonly<Record<string, unknown>> {
  const [, group, name, version] = /^(?:(@[^/]+)\/)?(.+)@(.+)$/.exec(each) ?? [];
  const digest = integrity?.startsWith("sha512-") ? integrity.slice("sha512-".length) : undefined;
  return {
    type: "library",
    "bom-ref": purlOf(each),
    ...group === undefined ? {} : { group },
    name,
    version,
    scope: bundled === undefined ? "excluded" : "required",
    ...digest === undefined
      ? {}
      : { hashes: [{ alg: "SHA-512", content: Uint8Array.fromBase64(digest).toHex() }] },
    ...bundled === undefined ? {} : { licenses: [licence(bundled.licence)] },
    purl: purlOf(each),
  };
}

/** One name of the list of SPDX, or several that are joined. */
function licence(said: string): Readonly<Record<string, unknown>> {
  return /[ ()]/.test(said) ? { expression: said } : { license: { id: said } };
}

/** A key of the lock file without what it says of peers: `a@1.0.0_b@2.0.0` is `a@1.0.0`. */
function nameOf(key: string): string {
  return /^(?:@[^/]+\/)?[^@]+@[^_]+/.exec(key)?.[0] ?? key;
}

/** What the project itself imports. */
function directOf(): string[] {
  return Object.entries(LOCK.specifiers).map(([specifier, version]) =>
    nameOf(`${/^npm:((?:@[^/]+\/)?[^@]+)@/.exec(specifier)?.[1] ?? specifier}@${version}`)
  );
}

/** The package that another one of the lock file names: by its name alone where there is one of it. */
function locked(wanted: string): string {
  const keys = Object.keys(LOCK.npm);
  const found = keys.find((key) => key === wanted) ??
    keys.find((key) => nameOf(key).replace(/(?!^)@.*$/, "") === wanted);
  if (found === undefined) throw new Error(`deno.lock has no ${wanted}`);
  return nameOf(found);
}

function purlOf(each: string): string {
  const at = each.lastIndexOf("@");
  return `pkg:npm/${encoded(each.slice(0, at))}${each.slice(at)}`;
}

function encoded(name: string): string {
  return name.replace(/^@/, "%40");
}
