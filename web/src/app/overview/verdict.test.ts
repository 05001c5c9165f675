import { expect, test } from 'vitest';
import { verdict } from './verdict.ts';

const service = (title: string, tone: 'ok' | 'warn' | 'bad' | 'none') => ({ name: title, title, tone });
const calm = { services: [service('Web', 'ok'), service('Store', 'ok')], openIncidents: 0, health: 'ok' as const, fresh: true };

test.each([
  [{}, 'Everything is fine'],
  [{ services: [service('Web', 'bad'), service('Store', 'ok')] }, 'Web is in trouble'],
  [{ services: [service('Web', 'bad'), service('Store', 'bad')] }, '2 services are in trouble'],
  [{ openIncidents: 1 }, '1 incident is open'],
  [{ openIncidents: 2 }, '2 incidents are open'],
  [{ services: [service('Web', 'warn'), service('Store', 'ok')] }, 'Web needs attention'],
  [{ services: [service('Web', 'ok'), service('Store', 'none')] }, 'Everything is fine'],
  [{ services: [service('Web', 'none')] }, 'Nothing is measured yet'],
  [{ services: [] }, 'nines is up, and watches this host'],
  [{ health: 'degraded' as const }, 'Services are fine, nines itself is not'],
  [{ fresh: false }, 'I can’t tell just now'],
  // Old news of trouble is still the best that is known.
  [{ fresh: false, services: [service('Web', 'bad')] }, 'Web is in trouble'],
])('%j: %s', (change, sentence) => expect(verdict({ ...calm, ...change }).sentence).toBe(sentence));
