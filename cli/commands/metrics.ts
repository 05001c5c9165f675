import type { AuditAnswer, MetricCost, MetricCostsAnswer, MetricDetail, SlowQueriesAnswer } from '../../src/monitoring/usage/contract.ts';
import { Option } from 'commander';
import { type Context, type Setup, wholeNumber } from '../context.ts';
import { ago, byteSize, figure, localTime } from '../format.ts';

interface ListOptions {
  sort: string;
  unused?: boolean;
  search?: string;
  limit: number;
}

export const metricsCommand: Setup = (program, run) => {
  const metrics = program
    .command('metrics')
    .description('what each metric costs (series, samples, bytes), and who uses it')
    .argument('[name]', 'one metric: its labels, who sends it and who uses it')
    .addOption(new Option('--sort <by>', 'what comes first').choices(['series', 'samples', 'bytes', 'rate', 'name']).default('series'))
    .option('--unused', 'only those that no one uses')
    .option('--search <text>', 'only those with this in their name')
    .addOption(new Option('--limit <n>', 'how many').argParser(wholeNumber('--limit', 1, 1000)).default(30))
    .action(run((context, [name], options: ListOptions) => (name === undefined ? list(context, options) : one(context, name))));
  metrics.command('audit').description('names, units and types that are odd, what would be right, and who sends them').action(run(audit));
  metrics.command('slow').description('the slowest queries of the last hour: who asked, and how long it took').action(run(slow));
};

async function list(context: Context, { sort, unused, search, limit }: ListOptions): Promise<void> {
  const { client, json, printJson, table, say, paint, terminal, now } = context;
  const query = { sort, search, limit, ...(unused === true && { unused: 'true' }) };
  const answer = await client.get<MetricCostsAnswer>('/nines/v1/metrics', query);
  if (json) return printJson(answer);
  table<MetricCost>(
    [
      { head: 'METRIC', flexible: true, cell: ({ name }) => name },
      { head: 'TYPE', cell: ({ type }) => type },
      { head: 'SERIES', align: 'right', cell: ({ series }) => figure(series) },
      { head: 'SAMPLES', align: 'right', cell: ({ samples }) => figure(samples) },
      { head: 'BYTES', align: 'right', cell: ({ bytes }) => byteSize(bytes) },
      { head: 'A SECOND', align: 'right', cell: ({ perSecond }) => figure(perSecond) },
      { head: 'LAST SEEN', cell: ({ lastSeen }) => ago(lastSeen, now) },
      { head: 'USERS', align: 'right', cell: ({ users }) => (users === 0 ? { text: 'no one', colour: 'yellow' } : String(users)) },
    ],
    answer.metrics,
    unused === true ? 'Someone uses every metric that there is.' : 'There are no metrics.',
  );
  const { total, unused: idle } = answer;
  say();
  say(
    `${figure(total.metrics)} metrics: ${figure(total.series)} series, ${figure(total.samples)} samples, ${byteSize(total.bytes)} on disk.`,
  );
  if (idle.metrics > 0)
    say(
      `No one uses ${figure(idle.metrics)} of them: without those there would be ${figure(idle.series)} series, ` +
        `${figure(idle.perSecond)} samples a second and ${byteSize(idle.bytes)} less. ` +
        `Queries are counted since ${localTime(answer.queriesSince, terminal.timeZone)}.`,
    );
  if (answer.problem !== null) say(paint('yellow', answer.problem));
}

async function one(context: Context, name: string): Promise<void> {
  const { client, json, printJson, table, say, paint, now } = context;
  const metric = await client.get<MetricDetail>(`/nines/v1/metrics/${encodeURIComponent(name)}`);
  if (json) return printJson(metric);
  const { type, unit, help, series, samples, buckets, bytes, perSecond, firstSeen, lastSeen, labels, sources, usedBy } = metric;
  say(`${name} ${paint('dim', [type, unit].filter((text) => text !== '').join(', '))}`);
  if (help !== '') say(help);
  say(
    `${figure(series)} series, ${figure(samples)} samples and ${figure(buckets)} buckets in ${byteSize(bytes)}, ${figure(perSecond)} samples a second`,
  );
  say(`first seen ${ago(firstSeen, now) || 'some time ago'}, last ${ago(lastSeen, now) || 'some time ago'}`);
  say(`sent by ${sources.map((one) => `${one.protocol}${one.name === '' ? '' : ` '${one.name}'`} (${figure(one.series)})`).join(', ')}`);
  say();
  table(
    [
      { head: 'LABEL', cell: (label: MetricDetail['labels'][number]) => label.name },
      { head: 'VALUES', align: 'right', cell: ({ values }) => figure(values) },
      { head: 'SUCH AS', flexible: true, cell: ({ top }) => top.map(({ value }) => value).join(', ') },
    ],
    labels,
    'It has no labels.',
  );
  say();
  table(
    [
      { head: 'USED BY', cell: (user: MetricDetail['usedBy'][number]) => user.kind },
      { head: 'NAME', flexible: true, cell: (user) => user.name },
      { head: 'TIMES', align: 'right', cell: ({ count }) => (count === undefined ? '' : figure(count)) },
      { head: 'LAST', cell: ({ lastAt }) => ago(lastAt ?? null, now) },
    ],
    usedBy,
    'No one uses it.',
  );
}

async function slow({ client, json, printJson, table, say, now }: Context): Promise<void> {
  const answer = await client.get<SlowQueriesAnswer>('/nines/v1/queries/slow');
  if (json) return printJson(answer);
  table(
    [
      { head: 'TOOK', align: 'right', cell: (one: SlowQueriesAnswer['queries'][number]) => `${figure(one.tookMs)} ms` },
      { head: 'WAITED', align: 'right', cell: ({ waitedMs }) => `${figure(waitedMs)} ms` },
      { head: 'SAMPLES', align: 'right', cell: ({ samples }) => figure(samples) },
      { head: 'ASKED BY', cell: ({ asker }) => asker },
      { head: 'WHEN', cell: ({ at }) => ago(at, now) },
      { head: 'QUERY', flexible: true, cell: ({ query }) => query },
      { head: '', flexible: true, cell: ({ problem }) => (problem === null ? '' : { text: problem, colour: 'red' }) },
    ],
    answer.queries,
    'Nobody asked within the last hour.',
  );
  if (answer.p50Ms !== null && answer.p99Ms !== null)
    say(`Half of the newest queries took at most ${figure(answer.p50Ms)} ms, 99 in 100 at most ${figure(answer.p99Ms)} ms.`);
}

/** Exit code 1 where there are findings. */
async function audit({ client, json, printJson, say, paint }: Context): Promise<number> {
  const { findings, looked } = await client.get<AuditAnswer>('/nines/v1/metrics/audit');
  if (json) printJson({ findings, looked });
  else {
    for (const { rule, problem, advice, sources } of findings) {
      say(problem);
      say(`  ${advice} ${paint('dim', `(${[rule, ...sources].join(', ')})`)}`);
    }
    say(findings.length === 0 ? `Nothing is wrong with ${looked} metrics.` : `${findings.length} findings in ${looked} metrics.`);
  }
  return findings.length === 0 ? 0 : 1;
}
