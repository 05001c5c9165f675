import { Problem } from '../../platform/problem.ts';

/** A message's name as senders have it in the content type's `proto` parameter. */
export type WriteMessage = 'prometheus.WriteRequest' | 'io.prometheus.write.v2.Request';

const PLAIN = 'application/x-protobuf';

/**
 * Which message a request is, by its content type; 1.0 where it names none, as senders from before 2.0 do.
 * @throws Problem 415 for another type, message or compression: a sender that knows several tries the next
 */
export function writeMessageOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>): WriteMessage {
  const given = String(headers['content-type'] ?? PLAIN);
  const [type, ...parameters] = given.split(';').map((part) => part.trim());
  if (type?.toLowerCase() !== PLAIN)
    throw new Problem(415, 'wrong-type', `Remote write takes application/x-protobuf, not '${given.slice(0, 100)}'.`);
  const proto =
    parameters.map((one) => /^proto="?([^"]*)"?$/i.exec(one)?.[1]).find((one) => one !== undefined) ?? 'prometheus.WriteRequest';
  if (proto !== 'prometheus.WriteRequest' && proto !== 'io.prometheus.write.v2.Request')
    throw new Problem(
      415,
      'wrong-type',
      `Remote write takes prometheus.WriteRequest (1.0) and io.prometheus.write.v2.Request (2.0), not '${proto.slice(0, 100)}'.`,
    );
  const encoding = String(headers['content-encoding'] ?? 'snappy').toLowerCase();
  if (encoding !== 'snappy')
    throw new Problem(415, 'wrong-encoding', `Remote write takes Content-Encoding: snappy, not '${encoding.slice(0, 100)}'.`);
  return proto;
}
