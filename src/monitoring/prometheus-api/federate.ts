import { badRequest } from '../../platform/problem.ts';
import type { Route } from '../../platform/http/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { formatFloat, matchParameter, type QueryEngine } from '../promql/index.ts';
import { isStale, type Labels, type SeriesIndex, type SeriesSource } from '../series.ts';
import { get } from './api-route.ts';

interface FederateDeps {
  readonly source: SeriesSource;
  readonly index: SeriesIndex;
  readonly query: QueryEngine;
  readonly clock: Clock;
}

const PLAIN = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

/** The newest sample of each series that `match[]` selects, for a Prometheus that scrapes another. */
export const federateRoutes = (deps: FederateDeps): Route[] => [
  get('/federate', 'The newest samples of the series that match[] selects, to be scraped', async (params, { signal }) => {
    const alternatives = matchParameter(params);
    if (alternatives.length === 0) throw badRequest('no match[] parameter provided: give at least one, such as match[]={job="api"}');
    const { query, source, clock } = deps;
    const now = clock.now();
    const found = new Map<number, Sample>();
    const lease = { ended: false };
    try {
      for (const matchers of alternatives) {
        const all = await source.select(matchers, now - query.settings.lookback, now, {
          signal,
          maxSamples: query.settings.maxSamples,
          lease,
        });
        for (const { id, labels, times, values, histograms, to } of all) {
          const last = to - 1;
          // A native histogram has no text form.
          if (last < 0 || isStale(values, last) || histograms?.[last] !== undefined) continue;
          found.set(id, { labels, time: times[last]!, value: values[last]! });
        }
      }
    } finally {
      lease.ended = true;
    }
    return { status: 200, body: exposition([...found.values()], deps.index), type: 'text/plain; version=0.0.4; charset=utf-8' };
  }),
];

interface Sample {
  readonly labels: Labels;
  readonly time: number;
  readonly value: number;
}

const TYPED = new Set(['counter', 'gauge']);

function exposition(samples: readonly Sample[], index: SeriesIndex): string {
  const lines = samples.map((sample) => ({ name: sample.labels['__name__'] ?? '', text: line(sample) }));
  lines.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.text < b.text ? -1 : 1));
  const out: string[] = [];
  let before: string | undefined;
  for (const { name, text } of lines) {
    if (name !== before) {
      before = name;
      const type = index.metadata(name)[0]?.type ?? '';
      // Parts of histograms and summaries come one by one, without what would make them whole.
      out.push(`# TYPE ${PLAIN.test(name) ? name : `"${escape(name)}"`} ${TYPED.has(type) ? type : 'untyped'}`);
    }
    out.push(text);
  }
  return out.length === 0 ? '' : `${out.join('\n')}\n`;
}

function line({ labels, time, value }: Sample): string {
  const name = labels['__name__'] ?? '';
  const quoted = !PLAIN.test(name);
  const pairs = Object.keys(labels)
    .filter((label) => label !== '__name__')
    .sort()
    .map((label) => `${PLAIN_LABEL.test(label) ? label : `"${escape(label)}"`}="${escape(labels[label]!)}"`);
  if (quoted) pairs.unshift(`"${escape(name)}"`);
  if (!('instance' in labels)) pairs.push('instance=""');
  return `${quoted ? '' : name}{${pairs.join(',')}} ${formatFloat(value)} ${time}`;
}
