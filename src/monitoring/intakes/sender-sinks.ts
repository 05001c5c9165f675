import type { SampleSink, SinkFor } from '../series.ts';

/** Addresses can be made up: those that come after so many senders of a protocol count as one. */
const MOST_SENDERS = 200;
const OTHERS = '(others)';

/** A way in for each sender, by its address or the name of its token: so that limits and costs name the culprit. */
export function createSenderSinks(sinkFor: SinkFor, protocol: string): (sender: string) => SampleSink {
  const known = new Map<string, SampleSink>();
  return (sender) => {
    const name = known.has(sender) || known.size < MOST_SENDERS ? sender : OTHERS;
    let sink = known.get(name);
    if (!sink) known.set(name, (sink = sinkFor({ protocol, name })));
    return sink;
  };
}

/** `::ffff:192.0.2.1`, as an IPv6 socket tells of an IPv4 sender, is `192.0.2.1`. */
export const senderOf = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);
