/** The same questions to nines and to a real graphite-web over the same data. */
import { execFileSync } from 'node:child_process';
import { systemClock } from '../../src/platform/clock.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { functionList } from '../../src/monitoring/graphite/function-list.ts';
import { makeData, NOW, RETENTION } from './graphite/data.ts';
import { askNines, askPeer, difference, expectNone, ninesOver } from './graphite/differences.ts';
import { hasGraphiteWeb, startGraphiteWeb, type Peer } from './graphite/graphite-web.ts';
import { ninesServer, type HttpAnswer } from './graphite/nines-server.ts';
import { TargetMaker } from './graphite/random-target.ts';
import { TARGETS } from './graphite/targets.ts';

const installed = hasGraphiteWeb();
const data = makeData(20260517);
const { graphite, index } = ninesOver(data);

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

/** Those that graphite-web 1.1.8 has not, that answer by chance, or that ask its database. */
const ONLY_HERE = ['compressPeriodicGaps', 'events', 'randomWalk', 'randomWalkFunction', 'toLowerCase', 'toUpperCase'];

test('the table of targets names every function', () => {
  const named = (name: string): boolean => TARGETS.some((target) => new RegExp(`(?:^|[^\\w])${name}\\(|'${name}'`).test(target));
  const all = Object.keys(JSON.parse(functionList(new URLSearchParams())) as object);
  expect(all.filter((name) => !named(name))).toEqual(ONLY_HERE);
});

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

const RANDOM = Number(process.env['GRAPHITE_DIFFERENTIAL_TARGETS'] ?? 250);
const SEED = Number(process.env['GRAPHITE_DIFFERENTIAL_SEED'] ?? 20260517);

test.skipIf(!installed)(`graphite-web gives the same answers to ${RANDOM} random targets`, { timeout: 60_000 + RANDOM * 500 }, async () => {
  const maker = new TargetMaker(SEED);
  const differences: string[] = [];
  let answered = 0;
  for (let i = 0; i < RANDOM; i++) {
    const given: Record<string, string> = { target: maker.target(1 + (i % 4)) };
    if (i % 3 === 0) given['maxDataPoints'] = String(1 + (i % 50));
    if (i % 5 === 0) given['xFilesFactor'] = '0.5';
    if (i % 7 === 0) given['from'] = String(NOW - 4_321);
    const found = await compare(given);
    if (found.answered) answered++;
    if (found.difference !== undefined) differences.push(found.difference);
  }
  expectNone(differences);
  // Most random questions have an answer; else this proves nothing.
  expect(answered).toBeGreaterThan(RANDOM * 0.5);
});

const SPAN = `from=${NOW - 3600}&until=${NOW}&now=${NOW}`;
const encoded = (target: string): string => `target=${encodeURIComponent(target)}&${SPAN}`;

test
  .skipIf(!installed)
  .each([
    `/render?${encoded('scale(servers.*.cpu.load,2)')}&format=raw`,
    `/render?${encoded('a.*')}&rawData=1`,
    `/render?${encoded('a.rarely')}&format=csv`,
    `/render?${encoded('seriesByTag("name=disk.used")')}&format=csv&tz=Europe/Berlin`,
    `/render?${encoded('a.*')}&format=json&noNullPoints=1`,
    `/render?${encoded('a.constant')}&target=a.rarely&format=rickshaw`,
    `/render?${encoded('a.*')}&format=dygraph`,
    `/render?${encoded('servers.$x.cpu.load')}&format=json`,
    `/render?${encoded('template(servers.$x.cpu.load,x="web1")')}&template[x]=db1&format=json`,
    `/render?target[]=a.constant&${SPAN}&format=json`,
    `/render?target=a.constant&from=-2h&until=-1h&now=${NOW}&format=json`,
    `/render?target=a.constant&from=midnight&until=03:00_20250101&now=${NOW}&format=json`,
    `/render?target=a.constant&from=midnight&tz=Asia/Tokyo&now=${NOW}&format=json`,
    '/metrics/find?query=s*',
    '/metrics/find?query=servers.*&wildcards=1',
    '/metrics/find?query=servers.web1.*&format=completer',
    '/metrics/find?query=ser&format=completer&wildcards=1',
    '/metrics/find?query=servers.web1.cpu.load',
    '/metrics/find?query=servers.*.cpu.*&format=nodelist&position=1',
    '/metrics/find?query=nothing',
    '/metrics/expand?query=servers.*.cpu.*&query=a.*',
    '/metrics/expand?query=servers.*&groupByExpr=1&leavesOnly=1',
    '/metrics/expand?query=servers.{web1,db1}.**',
    '/tags/findSeries?expr=name=disk.used&expr=dc=~n.*',
    '/tags/findSeries?expr[]=dc=south',
    '/tags/autoComplete/tags',
    '/tags/autoComplete/tags?tagPrefix=d',
    '/tags/autoComplete/tags?expr=name=disk.used',
    '/tags/autoComplete/values?tag=server',
    '/tags/autoComplete/values?tag=server&valuePrefix=w',
    '/tags/autoComplete/values?tag=server&expr=dc=north&limit=1',
  ])('graphite-web answers the same text to %s', async (url) => {
  const ask = await ninesServer({ graphite, index, clock: systemClock });
  const [ours, theirs] = [await ask(url), await fetch(peer!.url + url)];
  expect(ours.status).toBe(theirs.status);
  expect(ours.type.split(';')[0]).toBe(theirs.headers.get('content-type')?.split(';')[0]);
  const text = await theirs.text();
  if (ours.type.includes('json')) expect(JSON.parse(ours.text)).toEqual(JSON.parse(text));
  else expect(ours.text).toBe(text);
});

test.skipIf(!installed)('/functions tells of every function that graphite-web has, with the parameters that it has', async () => {
  type Told = Record<string, { group: string; params: { name: string; type: string; required?: boolean; multiple?: boolean }[] }>;
  const ask = await ninesServer({ graphite, index, clock: systemClock });
  const ours = JSON.parse((await ask('/functions')).text) as Told;
  const theirs = JSON.parse((await (await fetch(`${peer!.url}/functions`)).text()).replaceAll('Infinity', '1e9999')) as Told;
  const shape = ({ group, params }: Told[string]): unknown => ({
    group,
    params: params.map(({ name, type, multiple = false }) => ({ name, type, multiple })),
  });
  const different = Object.keys(theirs).filter(
    (name) => JSON.stringify(ours[name] && shape(ours[name])) !== JSON.stringify(shape(theirs[name]!)),
  );
  // dashed() takes whole numbers by its parameters, and others by its code.
  expect(different).toEqual(['dashed'].filter((name) => name in theirs));
});

test.skipIf(!installed)('pickle is read by Python', async () => {
  const ask = await ninesServer({ graphite, index, clock: systemClock });
  const unpickled = (answer: HttpAnswer): unknown =>
    JSON.parse(
      execFileSync('/usr/bin/python3', ['-c', 'import json,pickle,sys;print(json.dumps(pickle.load(sys.stdin.buffer)))'], {
        input: answer.bytes,
        encoding: 'utf8',
      }),
    );
  const [series] = unpickled(await ask(`/render?${encoded('a.rarely')}&format=pickle`)) as [
    { name: string; step: number; values: (number | null)[] },
  ];
  expect(series).toMatchObject({ name: 'a.rarely', step: 60, pathExpression: 'a.rarely', start: NOW - 3540, end: NOW + 60 });
  expect(series.values.filter((value) => value !== null).length).toBeGreaterThan(1);
  expect(unpickled(await ask('/metrics/find?query=a.*&format=pickle'))).toContainEqual({ path: 'a.rarely', is_leaf: true });
});
