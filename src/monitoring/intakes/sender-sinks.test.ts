import { expect, test } from 'vitest';
import type { SampleSink } from '../series.ts';
import { createSenderSinks, senderOf } from './sender-sinks.ts';

test('each sender has a way in of its own; those beyond two hundred share one', () => {
  const names: string[] = [];
  const sinkOf = createSenderSinks(({ protocol, name }) => {
    names.push(`${protocol}/${name}`);
    return { name } as unknown as SampleSink;
  }, 'statsd');
  const first = sinkOf('192.0.2.0');
  for (let i = 0; i < 1000; i++) sinkOf(`192.0.2.${i}`);
  expect(sinkOf('192.0.2.0')).toBe(first);
  expect(sinkOf('192.0.2.900')).toBe(sinkOf('192.0.2.901'));
  expect(names).toHaveLength(201);
  expect(names.slice(199)).toEqual(['statsd/192.0.2.199', 'statsd/(others)']);
});

test.each([
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
])('%s is %s', (address, sender) => expect(senderOf(address)).toBe(sender));
