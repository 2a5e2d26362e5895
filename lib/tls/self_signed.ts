/** Certificates that a server signs itself. They prove nothing until people compare fingerprints. */

import { CertificateError, type KeyPair, type KeyPairFiles, readKeyPair } from "./identity.ts";

/** How long one is valid, in ms: 10 years, because everybody has to compare a new one. */
const LIFE_MS = 3_650 * 86_400_000;
/** It is valid from a day ago, because clocks differ; in ms. */
const SLACK_MS = 86_400_000;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Makes a key and a certificate for a server with these names and addresses. */
export async function makeKeyPair(names: readonly string[]): Promise<KeyPair> {
  // The library looks for this when it is loaded.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=chatroom",
    notBefore: new Date(now - SLACK_MS),
    notAfter: new Date(now + LIFE_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        [...new Set(names)].map((value) => ({
          type: isAddress(value) ? "ip" as const : "dns" as const,
          value,
        })),
      ),
    ],
  });
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}

/** The files in a data directory. */
function keyPairIn(directory: string): KeyPairFiles {
  return { cert: `${directory}/tls-cert.pem`, key: `${directory}/tls-key.pem` };
}

/**
 * Reads the certificate and key in a data directory, or makes them if there is no certificate. No
 * other process may use the directory meanwhile. Rejects with a {@linkcode CertificateError}.
 */
export async function keptKeyPair(
  directory: string,
  names: readonly string[],
): Promise<KeyPair> {
  const files = keyPairIn(directory);
  if (await exists(files.cert)) {
    await closeToOthers(files.key);
    return readKeyPair(files);
  }
  const pair = await makeKeyPair(names);
  try {
    // The certificate is written last: if it is there, both are.
    await replace(files.key, pair.key);
    await replace(files.cert, pair.cert);
  } catch (error) {
    const { message } = error as Error;
    throw new CertificateError(`A certificate can't be kept in ${directory}: ${message}`);
  }
  return pair;
}

/** Takes the key's permissions from others, in case an earlier umask or a copy has left it open. */
async function closeToOthers(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  await Deno.chmod(path, 0o600).catch(({ message }: Error) => {
    throw new CertificateError(`${path} can't be closed to other users: ${message}`);
  });
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.writeTextFile(temporary, text, { createNew: true, mode: 0o600 });
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new CertificateError(`Can't look at ${path}: ${error.message}`);
  });
}

function isAddress(name: string): boolean {
  return name.includes(":") || /^\d+(?:\.\d+){3}$/.test(name);
}
