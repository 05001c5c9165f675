import { randomFrom } from '../differential/random.ts';
import type { PeerSeries } from './graphite-web.ts';

/** 2025-01-01T03:00:00Z, in seconds. */
export const NOW = 1_735_700_400;
export const RETENTION = 12 * 86_400;

/** Ten days of few points and two hours of more, gaps, counters that begin anew, and names with and without tags. */
export function makeData(seed: number): PeerSeries[] {
  const random = randomFrom(seed);
  const all: PeerSeries[] = [];
  const add = (name: string, step: number, seconds: number, next: (before: number, i: number) => number | null): void => {
    let value = 100;
    const end = NOW - (NOW % step);
    const count = Math.floor(seconds / step);
    const values = Array.from({ length: count }, (_, i) => {
      const made = next(value, i);
      if (made !== null) value = made;
      return made;
    });
    all.push({ name, start: end - (count - 1) * step, step, values });
  };
  const some = (make: () => number): (() => number | null) => () => (random() < 0.15 ? null : make()); // prettier-ignore
  for (const server of ['web1', 'web2', 'db1']) {
    for (const backend of ['be', 'api']) {
      add(`servers.${server}.haproxy.${backend}.fe1.check_duration`, 60, 4 * 3600, some(() => Math.round(random() * 400) / 8)); // prettier-ignore
      add(`servers.${server}.haproxy.${backend}.fe2.check_duration`, 60, 4 * 3600, () => random() * 50);
    }
    add(`servers.${server}.cpu.load`, 60, 4 * 3600, () => random() * 4 - 1);
    add(`servers.${server}.requests.count`, 60, 4 * 3600, (before) => (random() < 0.03 ? 5 : before + Math.floor(random() * 100)));
    add(`disk.used;dc=${server === 'db1' ? 'south' : 'north'};server=${server}`, 60, 4 * 3600, some(() => random() * 1e9)); // prettier-ignore
  }
  add('a.lockTime', 60, 4 * 3600, (before) => before + random() * 5);
  add('a.totalTime', 60, 4 * 3600, (before) => before + 10 + random() * 20);
  add('a.never', 60, 4 * 3600, () => null);
  add('a.rarely', 60, 4 * 3600, (_before, i) => (i % 17 === 3 ? random() * 9 : null));
  add('a.constant', 60, 4 * 3600, () => 7);
  add('slow.daily', 600, 10 * 86_400, (_before, i) => 50 + 20 * Math.sin((i / 144) * 2 * Math.PI) + random());
  add('slow.other', 300, 86_400, some(() => random() * 20)); // prettier-ignore
  return all;
}
