/** The certificate authorities that this system trusts, if it keeps them in a file. */

/** The files of Debian and Arch, Fedora, older Red Hat, openSUSE, and of macOS, Alpine and BSD. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The certificates (PEM) in the first of the files that has any; `undefined` if there is none, as on
 * Windows. Deno by itself trusts Mozilla's authorities, and can be told of others only before it
 * starts.
 */
export function systemRoots(bundles: readonly string[] = BUNDLES): string | undefined {
  for (const path of bundles) {
    try {
      const text = Deno.readTextFileSync(path);
      if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
    } catch {
      // It does not exist, or we may not read it.
    }
  }
  return undefined;
}
