/** `npm run fuzz -- promql`: rounds until the time is over. */
import { parseArgs } from 'node:util';
import { has } from '../../harness/peer-process.ts';
import { newTally, runRound, type Tally } from './campaign.ts';

const QUERIES_A_ROUND = 1000;

const shareOf = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((part / whole) * 100)} %`;

const stateOf = ({ queries, differences, filled, refused, rounding, known }: Tally): string =>
  `${queries} queries, ${differences} differences (${shareOf(filled, queries)} answered with series, ${shareOf(refused, queries)} refused by both, ${rounding} differ by rounding alone${[...known].map(([name, count]) => `, ${count} by '${name}'`).join('')})`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '60' }, seed: { type: 'string' }, verbose: { type: 'boolean' } },
  });
  if (!has('prometheus')) {
    console.error("There is no prometheus here to compare with: install Debian's package of this name.");
    return 2;
  }
  const minutes = Number(values.minutes);
  const first = Number(values.seed ?? Math.floor(Math.random() * 1e6));
  if (!(minutes > 0) || !Number.isSafeInteger(first)) {
    console.error('Usage: npm run fuzz -- promql [--minutes 60] [--seed N]');
    return 2;
  }
  const began = performance.now();
  const tally = newTally();
  const report = setInterval(() => console.log(`${Math.round((performance.now() - began) / 60_000)} min: ${stateOf(tally)}`), 60_000);
  console.log(`from seed ${first}, for ${minutes} min`);
  let stopped = false;
  // A round ends what it started.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (stopped = true));
  const over = (): boolean => stopped || performance.now() - began > minutes * 60_000;
  for (let seed = first; !over(); seed++) {
    await runRound({
      seed,
      queries: QUERIES_A_ROUND,
      tally,
      over,
      say: console.log,
      ...(values.verbose && { onRounding: (text) => console.log(`rounding: ${text}`) }),
    });
  }
  clearInterval(report);
  console.log(stateOf(tally).replace(/^.*?\((.*)\)$/, '$1'));
  console.log(`${tally.queries} queries, ${tally.differences} differences`);
  return tally.differences === 0 ? 0 : 1;
}

process.exitCode = await main();
