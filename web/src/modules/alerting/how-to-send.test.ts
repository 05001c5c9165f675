import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { howToSend, newDocument } from './how-to-send.ts';

const TYPES = ['pagerduty', 'opsgenie', 'grafana', 'alertmanager', 'cloudevents', 'email', 'json'];
const address = 'https://nines.example.org/nines/v1/inbound/shop';

test.each(TYPES)('how to send as %s: with the key, as what can be read', (type) => {
  for (const { text } of howToSend({ type, address }, 'k3y')) {
    if (type !== 'email') expect(text).toContain('k3y');
    const [, body] = /-d '(.*)'$/s.exec(text) ?? [];
    if (body !== undefined) expect(JSON.parse(body)).toBeTypeOf('object');
    if (type === 'grafana' || type === 'alertmanager') expect(JSON.stringify(parse(text))).toContain(address);
  }
  expect(parse(newDocument(type))).toMatchObject({ kind: 'Integration', spec: { type } });
});
