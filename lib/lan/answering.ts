/** What is answered to a question, by the records that a host has (RFC 6762, 6 and 7). Pure. */

import { DNS_TYPE, type DnsQuestion, type DnsRecord } from "./dns_message.ts";
import {
  asksFor,
  dnsKey,
  ptrTarget,
  recordKey,
  recordSetKey,
  servicePlaceIn,
} from "./dns_records.ts";

/** All that a host tells: its records, and for names of its own that they have no other types. */
export interface TellableRecords {
  readonly records: readonly DnsRecord[];
  readonly denials: readonly DnsRecord[];
}

/** The answers to questions, without what those who ask know already. */
export function answersTo(
  questions: readonly DnsQuestion[],
  known: readonly DnsRecord[],
  { records, denials }: TellableRecords,
): DnsRecord[] {
  const wanted = questions.flatMap((question) => {
    const asked = records.filter((record) => asksFor(question, record));
    if (asked.length > 0) return asked;
    return denials.filter(({ name }) => dnsKey(name) === dnsKey(question.name));
  });
  const ttls = new Map(known.map((record) => [recordKey(record), record.ttl]));
  const isKnown = (record: DnsRecord): boolean =>
    (ttls.get(recordKey(record)) ?? -1) * 2 >= record.ttl;
  // Of what is ours alone all is told or nothing: a part would end what is known of the rest.
  const missing = new Set(wanted.filter((each) => !isKnown(each)).map(recordSetKey));
  return [...new Set(wanted)].filter((record) =>
    record.isUnique ? missing.has(recordSetKey(record)) : !isKnown(record)
  );
}

/** What those who got these answers will ask for next. */
export function additionalsTo(
  answers: readonly DnsRecord[],
  { records, denials }: TellableRecords,
): DnsRecord[] {
  const all = new Set(answers);
  const names = new Set(answers.map(({ name }) => dnsKey(name)));
  for (const record of all) {
    const next = record.type === DNS_TYPE.PTR
      ? ptrTarget(record)
      : record.type === DNS_TYPE.SRV
      ? servicePlaceIn(record)?.target
      : undefined;
    if (next !== undefined) names.add(dnsKey(next));
    // What is added is followed, too, since it comes behind.
    for (const other of records) {
      if (other.isUnique && names.has(dnsKey(other.name))) all.add(other);
    }
  }
  const hasUnique = new Set(
    [...all].filter(({ isUnique }) => isUnique).map(({ name }) => dnsKey(name)),
  );
  for (const denial of denials) if (hasUnique.has(dnsKey(denial.name))) all.add(denial);
  return [...all].slice(answers.length);
}
