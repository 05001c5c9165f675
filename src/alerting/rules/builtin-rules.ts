/** The rules that no one has to write: probes that fail, targets that can't be scraped, budgets that burn. */
import type { ResourceSet } from '../../catalog/index.ts';
import type { RuleDefinition } from '../../objectives/index.ts';
import { formatDuration, parseDuration } from '../../platform/duration.ts';
import type { Severity } from '../contract.ts';
import { parsePromQL } from '../../monitoring/index.ts';
import type { AlertOverlay, AlertRule } from './rule.ts';
import { readsOf } from './rule-selectors.ts';
import { templatesOf } from './rules-of-file.ts';
import { fitSummary } from './summary.ts';

/** What of a Probe document matters here; `alert` says how many failures in a row page, and whom. */
interface ProbeLike {
  readonly service?: string;
  readonly interval: string;
  readonly http?: { readonly url: string };
  readonly alert?: { readonly severity?: Severity; readonly failures?: number };
}

export interface BuiltinDeps {
  /** The reason of a probe's last failure, in words. */
  readonly probeReason?: ((probe: string) => string | undefined) | undefined;
}

const SLOW_TICK_MS = 60_000;

/** One rule for all probes of a cadence, not one for each: a sample that arrives then costs one evaluation. */
export function probeRules(set: ResourceSet, { probeReason }: BuiltinDeps): AlertRule[] {
  const probes = set.list<ProbeLike>('Probe');
  const byCadence = new Map<string, { failures: number; spanMs: number; names: string[] }>();
  for (const { name, spec } of probes) {
    const failures = spec.alert?.failures ?? 1;
    const spanMs = failures === 1 ? 0 : failures * parseDuration(spec.interval);
    const key = `${failures} ${spanMs}`;
    const entry = byCadence.get(key) ?? { failures, spanMs, names: [] };
    entry.names.push(name);
    byCadence.set(key, entry);
  }
  const specs = new Map(probes.map(({ name, spec }) => [name, spec]));
  const overlay = (labels: Readonly<Record<string, string>>): AlertOverlay => {
    const probe = labels.probe ?? '';
    return probeOverlay(set, probe, specs.get(probe), probeReason?.(probe));
  };
  return [...byCadence.values()].map(({ failures, spanMs, names }) => {
    const series = `{job="probe", probe=~${JSON.stringify(names.sort().join('|'))}}`;
    const range = formatDuration(spanMs);
    const expr =
      failures === 1
        ? `probe_success${series} == 0`
        : `max_over_time(probe_success${series}[${range}]) == 0 and count_over_time(probe_success${series}[${range}]) >= ${failures}`;
    // Not by cadence: an edit of a probe's interval leaves its alert what it is.
    return builtin({ key: `probe/ProbeFailing/${failures}`, name: 'ProbeFailing', source: 'probe', group: 'probes', expr, overlay });
  });
}

function probeOverlay(set: ResourceSet, probe: string, spec: ProbeLike | undefined, reason: string | undefined): AlertOverlay {
  const service = spec?.service ?? null;
  const tier = service === null ? undefined : set.get<{ tier?: number }>('Service', service)?.spec.tier;
  const failures = spec?.alert?.failures ?? 1;
  const checks = failures === 1 ? 'Its last check failed' : `Its last ${failures} checks failed`;
  return {
    // Tier 4 is what may wait.
    severity: spec?.alert?.severity ?? (tier === 4 ? 'today' : 'critical'),
    service,
    annotations: {
      summary: fitSummary('Restore', service ?? probe, 'HTTP check fails'),
      description: `The probe ${probe} asks ${spec?.http?.url ?? 'its address'} as a user would. ${checks}${reason === undefined ? '.' : `: ${reason}`}`,
    },
  };
}

/** A target that can't be scraped: what it says of itself is missing. */
export function scrapeRules(set: ResourceSet): AlertRule[] {
  if (set.list('Scrape').length === 0) return [];
  const overlay = (labels: Readonly<Record<string, string>>): AlertOverlay => ({
    severity: 'today',
    annotations: {
      summary: fitSummary('Check why', labels.instance ?? 'a target', 'is silent'),
      description:
        `${labels.instance ?? 'A target'} of the job ${labels.job ?? '?'} could not be scraped for a minute: what it says of itself is ` +
        'missing, and rules about it are blind. The list of targets shows the exact reason.',
    },
  });
  return [
    builtin({ key: 'scrape/TargetDown', name: 'TargetDown', source: 'scrape', group: 'targets', expr: 'up == 0', forMs: 60_000, overlay }),
  ];
}

/** What an objective asks for. `nth` tells its rules apart. */
export function objectiveRule(objective: string, definition: RuleDefinition, nth: number): AlertRule {
  const { name, expr, forMs, keepFiringForMs, severity, service, labels, annotations } = definition;
  const rule = builtin({
    key: `objective/${objective}/${name}/${nth}`,
    name,
    source: 'objective',
    group: `objective ${objective}`,
    expr,
    forMs,
    overlay: () => ({ severity, service }),
  });
  return { ...rule, keepFiringForMs, labels: templatesOf(labels), annotations: templatesOf(annotations) };
}

interface Builtin {
  key: string;
  name: string;
  source: string;
  group: string;
  expr: string;
  forMs?: number;
  overlay: NonNullable<AlertRule['overlay']>;
}

function builtin({ forMs = 0, expr, ...rest }: Builtin): AlertRule {
  const parsed = parsePromQL(expr);
  return {
    kind: 'alert',
    ...rest,
    expr,
    parsed,
    reads: readsOf(expr, parsed),
    intervalMs: SLOW_TICK_MS,
    limit: 0,
    offsetMs: 0,
    forMs,
    keepFiringForMs: 0,
    labels: [],
    annotations: [],
  };
}
