/** Looks at a certificate and its key. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { readPem } from "../named/named_file.ts";
import { reasonOf } from "../wire/text.ts";
import type { Findings } from "./findings.ts";

/** It ends soon when it ends within this time, in ms. */
const SOON_MS = 14 * 86_400_000;
/** The largest certificate or key. A pipe is not read: a server may wait for what comes of it. */
const MOST = { most: 1_048_576 };

/** Looks at the files of a certificate. */
export function checkCertificate(
  files: { readonly cert: string; readonly key: string },
  to: Findings,
  now: () => number = Date.now,
): void {
  let certificate: X509Certificate;
  let isItsKey: boolean;
  try {
    certificate = new X509Certificate(readPem(files.cert, MOST));
    isItsKey = certificate.checkPrivateKey(createPrivateKey(readPem(files.key, MOST)));
  } catch (error) {
    return to.add("cert-unreadable", `${files.cert} and ${files.key} (${reasonOf(error)})`);
  }
  const { validFrom, validTo, fingerprint256 } = certificate;
  if (!isItsKey) to.add("cert-key", `${files.key} and ${files.cert}`);
  const [from, end] = [Date.parse(validFrom), Date.parse(validTo)];
  if (end < now()) to.add("cert-expired", `${files.cert} was valid until ${validTo}`);
  else if (from > now()) to.add("cert-early", `${files.cert} is valid from ${validFrom} on`);
  else if (end - now() < SOON_MS) to.add("cert-ends", `${files.cert} is valid until ${validTo}`);
  else {to.fact(
      `The certificate is valid until ${validTo}; SHA256:${fingerprint256.replaceAll(":", "")}`,
    );}
}
