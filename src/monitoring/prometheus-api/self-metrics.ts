import { badRequest } from '../../platform/problem.ts';
import { compileMatcher } from '../promql/index.ts';

interface Family {
  readonly name: string;
  help: string;
  type: string;
  readonly metric: unknown[];
}

const LINE = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([^=,]+)="((?:[^"\\]|\\.)*)"/g;
const unescape = (text: string): string => text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));

/** nines' own exposition as metric families in JSON, a value a series. `metric_name_pattern`: a regular expression for the whole name. */
export function selfMetrics(text: string, params: URLSearchParams): Family[] {
  const pattern = params.get('metric_name_pattern') ?? '';
  const matcher = pattern === '' ? undefined : compiled(pattern);
  const families = new Map<string, Family>();
  const family = (name: string): Family => {
    const known = families.get(name);
    if (known) return known;
    const made: Family = { name, help: '', type: 'UNTYPED', metric: [] };
    families.set(name, made);
    return made;
  };
  let current: Family | undefined;
  for (const line of text.split('\n')) {
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      current = family(name);
      if (kind === 'HELP') current.help = unescape(rest ?? '');
      else current.type = (rest ?? '').toUpperCase();
      continue;
    }
    const [, sample, labels, value] = LINE.exec(line) ?? [];
    if (sample === undefined) continue;
    const owner = current !== undefined && sample.startsWith(current.name) ? current : family(sample);
    const label = [...(labels ?? '').matchAll(LABEL)].map(([, name, value]) => ({ name, value: unescape(value ?? '') }));
    const part = sample.slice(owner.name.length + 1);
    owner.metric.push({
      ...(label.length > 0 && { label }),
      [owner.type === 'COUNTER' ? 'counter' : owner.type === 'GAUGE' ? 'gauge' : part || 'untyped']: { value: Number(value) },
    });
  }
  return [...families.values()].filter((one) => one.metric.length > 0 && (matcher === undefined || matcher(one.name)));
}

function compiled(pattern: string): (name: string) => boolean {
  try {
    const matcher = compileMatcher({ name: 'name', op: '=~', value: pattern });
    return (name) => matcher.matches(name);
  } catch (error) {
    throw badRequest(`invalid parameter "metric_name_pattern": ${(error as Error).message}`);
  }
}
