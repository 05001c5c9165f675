import { Breath } from '../../platform/columns/index.ts';
import type { QueryEngine } from '../promql/index.ts';
import type { MetricMetadata } from '../series.ts';
import type { StoreShape } from '../store/index.ts';
import { audit, VALUES_LOOKED_AT, type Audited } from './audit.ts';
import type { AuditAnswer } from './contract.ts';
import { familyOf } from './metric-costs.ts';
import type { MetricUse } from './metric-use.ts';
import { selectorUses } from './selector-uses.ts';

export interface AuditDeps {
  readonly shape: StoreShape;
  readonly engine: Pick<QueryEngine, 'instant'>;
  readonly metadata: (metric: string) => readonly MetricMetadata[];
  /** Every type that a sender gave a metric since the start. */
  readonly typesOf: (metric: string) => readonly string[];
}

/** Of a metric with more series, its first tell how it is made. */
const SERIES_LOOKED_AT = 5000;
const MOST_FINDINGS = 2000;
const MOST_SOURCES = 5;

/** Holds every metric against the rules of naming and typing. */
export async function auditMetrics(deps: AuditDeps, uses: readonly MetricUse[], now: number): Promise<AuditAnswer> {
  const { shape, metadata, typesOf } = deps;
  const breath = new Breath();
  const recorded = new Set(uses.filter(({ kind }) => kind === 'recording rule').map(({ name }) => name));
  const read = readsOf(uses);
  const largest = await largestValues(deps.engine, now);
  const metrics = shape.metrics();
  const findings: AuditAnswer['findings'] = [];
  for (const [name] of metrics) {
    if (findings.length >= MOST_FINDINGS) break;
    const [own] = metadata(name);
    const [about] = own ? [own] : metadata(familyOf(name));
    const { sources, ...made } = await look(shape, name, breath);
    const found = audit({
      ...made,
      name,
      // A histogram's buckets are counters, whatever their family is.
      type: own?.type ?? 'unknown',
      types: typesOf(name),
      unit: about?.unit ?? '',
      recorded: recorded.has(name),
      read: read.get(name) ?? [],
      largest: largest.get(name),
    });
    for (const finding of found) findings.push({ metric: name, ...finding, sources });
  }
  findings.sort((a, b) => (a.metric < b.metric ? -1 : a.metric > b.metric ? 1 : 0));
  return { findings, looked: metrics.length };
}

type Made = Pick<Audited, 'labels' | 'series' | 'boundaries'> & { readonly sources: string[] };

/** A metric's labels, its histograms' boundaries, and its senders. */
async function look(shape: StoreShape, name: string, breath: Breath): Promise<Made> {
  const values = new Map<string, Set<string>>();
  const histograms = new Map<string, string[]>();
  const sources = new Map<string, number>();
  const ids = shape.idsOf(name);
  const looked = ids.subarray(0, SERIES_LOOKED_AT);
  for (const id of looked) {
    const labels = shape.labelsOf(id) ?? {};
    let rest = '';
    for (const label in labels) {
      if (label === '__name__') continue;
      const value = labels[label] as string;
      const known = values.get(label);
      if (known) known.add(value);
      else values.set(label, new Set([value]));
      if (label !== 'le') rest += `${label}\0${value}\0`;
    }
    const le = labels['le'];
    if (le !== undefined) histograms.set(rest, [...(histograms.get(rest) ?? []), le]);
    const source = shape.sourceOf(id);
    if (source !== '') sources.set(source, (sources.get(source) ?? 0) + 1);
    if (breath.due) await breath.take();
  }
  // Where not all series were looked at, a histogram may lack what wasn't.
  const whole = looked.length === ids.length && name.endsWith('_bucket');
  return {
    labels: new Map([...values].map(([label, set]) => [label, set.size])),
    series: looked.length,
    boundaries: whole ? [...histograms.values()].map((list) => list.sort().join(' ')) : [],
    sources: [...sources]
      .sort((a, b) => b[1] - a[1])
      .slice(0, MOST_SOURCES)
      .map(([source]) => source.replace(/\/$/, '')),
  };
}

function readsOf(uses: readonly MetricUse[]): Map<string, Audited['read'][number][]> {
  const reads = new Map<string, Audited['read'][number][]>();
  for (const { kind, name, exprs = [] } of uses)
    for (const use of exprs.flatMap(selectorUses)) {
      const read = { ...use, by: `The ${kind} ${name}` };
      const known = reads.get(use.metric);
      if (known) known.push(read);
      else reads.set(use.metric, [read]);
    }
  return reads;
}

/** Without an answer, values are not looked at. */
async function largestValues(engine: AuditDeps['engine'], now: number): Promise<Map<string, number>> {
  try {
    const answer = await engine.instant(`max by (__name__) ({__name__=~"${VALUES_LOOKED_AT}"})`, now, { timeout: 5_000 });
    return new Map(answer.kind === 'vector' ? answer.samples.map(({ labels, value }) => [labels['__name__'] ?? '', value]) : []);
  } catch {
    return new Map();
  }
}
