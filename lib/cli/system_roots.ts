/** The authorities that this system trusts, as far as it keeps them in a file. */

/** Where systems keep them: Debian and Arch, Fedora, older Red Hat, openSUSE, and macOS, Alpine and BSD. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The certificates of the first of the files that holds any, in PEM; `undefined` where there is none,
 * as on Windows. Deno by itself knows those of Mozilla only, and can be told of others only before
 * it starts.
 */
export function systemRoots(bundles: readonly string[] = BUNDLES): string | undefined {
  for (const path of bundles) {
    try {
      const text = Deno.readTextFileSync(path);
      if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
    } catch {
      // Not there, or not for us.
    }
  }
  return undefined;
}
