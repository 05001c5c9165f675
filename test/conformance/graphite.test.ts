/** The same questions to nines and to a real graphite-web over the same data. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeData, NOW, RETENTION } from './graphite/data.ts';
import { askNines, askPeer, difference, expectNone, ninesOver } from './graphite/differences.ts';
import { hasGraphiteWeb, startGraphiteWeb, type Peer } from './graphite/graphite-web.ts';
import { TARGETS } from './graphite/targets.ts';

const installed = hasGraphiteWeb();
const data = makeData(20260517);
const graphite = ninesOver(data);

let peer: Peer | undefined;
beforeAll(async () => {
  if (installed) peer = await startGraphiteWeb(data, NOW, RETENTION);
});
afterAll(async () => await peer?.stop());

const hour = { from: String(NOW - 3600), until: String(NOW), now: String(NOW), format: 'json' };

async function compare(given: Record<string, string>): Promise<{ difference: string | undefined; answered: boolean }> {
  const params = new URLSearchParams({ ...hour, ...given });
  const [ours, theirs] = [await askNines(graphite, params), await askPeer(peer!.url, params)];
  const found = difference(ours, theirs);
  const answered = !('error' in theirs) && theirs.length > 0;
  return { difference: found && `${params.getAll('target').join(' & ')}\n    ${found}`, answered };
}

test.skipIf(!installed)('graphite-web gives the same answers to the table of targets', { timeout: 120_000 }, async () => {
  const differences: string[] = [];
  const silent: string[] = [];
  for (const target of TARGETS) {
    const { difference, answered } = await compare({ target });
    if (difference !== undefined) differences.push(difference);
    if (!answered) silent.push(target);
  }
  if (process.env['GRAPHITE_SHOW']) console.log(silent.join('\n'));
  expectNone(differences);
  expect(silent.length).toBeLessThan(TARGETS.length / 5);
});
