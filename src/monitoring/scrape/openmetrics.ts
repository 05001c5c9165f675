/**
 * OpenMetrics text 1.0, strictly: what breaks a rule of the specification is refused with its line, for the sender claims to keep
 * them (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md). Names may be quoted, as in Prometheus 3.
 *
 * A reader belongs to one target and remembers its series, as the text format's does. Longer than most files: the state of the
 * family that is being read is one thing.
 */
import type { Labels, MetricMetadata, MetricType } from '../series.ts';
import type { ExpositionHandler, ExpositionReader } from './exposition.ts';
import { expositionError } from './exposition-error.ts';
import { endOfName, unescape } from './exposition-series.ts';
import { createHistogramCheck, placeInFamily, SUFFIXES, takesExemplar, wrongValue, type FamilySeries } from './openmetrics-family.ts';
import { readRest, readSeries, type OpenMetricsExemplar, type SampleRest } from './openmetrics-sample.ts';

export interface OpenMetricsHandler<E> extends ExpositionHandler<E> {
  exemplar?(entry: E, exemplar: OpenMetricsExemplar): void;
}

/** A series of the target, and the one that followed it last time. */
interface Known<E> {
  readonly text: string;
  readonly name: string;
  readonly labels: Labels;
  readonly entry: E;
  /** Its place in the family it was last seen in. */
  place: FamilySeries | undefined;
  placed: string;
  next: Known<E> | undefined;
  seen: number;
}

interface Family {
  readonly name: string;
  type: MetricType | undefined;
  help: string | undefined;
  unit: string | undefined;
  /** Type and name: by which a series knows its place. */
  key: string;
  names: readonly string[];
  samples: number;
  group: string | undefined;
  time: number;
  readonly groups: Set<string>;
}

const TYPES = new Set<string>(Object.keys(SUFFIXES));
const HASH = 35;
const LONGEST_LINE = 1_048_576;

export function createOpenMetricsReader<E>(handler: OpenMetricsHandler<E>): ExpositionReader {
  const known = new Map<string, Known<E>>();
  const described = new Map<string, MetricMetadata>();
  const rest: SampleRest = { value: 0, time: NaN, exemplar: undefined, end: 0 };
  const histogram = createHistogramCheck();
  let text = '';
  let round = 0;
  let seen = 0;
  let family: Family | undefined;
  let names = new Set<string>();
  let changed: MetricMetadata[] = [];

  function read(whole: string): MetricMetadata[] {
    text = whole;
    round += 1;
    seen = 0;
    family = undefined;
    names = new Set();
    changed = [];
    try {
      readLines();
      return changed;
    } finally {
      text = '';
      histogram.end();
      if (known.size > 2 * seen + 64) for (const [series, line] of known) if (line.seen !== round) known.delete(series);
    }
  }

  function readLines(): void {
    let previous: Known<E> | undefined;
    for (let pos = 0; pos < text.length;) {
      if (text.charCodeAt(pos) === HASH) {
        const newline = text.indexOf('\n', pos);
        const end = newline === -1 ? text.length : newline;
        if (end - pos > LONGEST_LINE) throw expositionError(text, pos, `a line longer than ${LONGEST_LINE} characters`);
        if (end - pos === 5 && text.startsWith('# EOF', pos)) {
          finish(pos);
          if (end + 1 < text.length) throw expositionError(text, end + 1, "nothing may follow '# EOF'");
          return;
        }
        takeComment(text.slice(pos, end), pos);
        pos = end + 1;
      } else {
        const line = lineAt(pos, previous);
        if (previous !== undefined) previous.next = line;
        previous = line;
        readRest(text, pos + line.text.length, rest);
        takeSample(line, pos);
        pos = rest.end;
      }
    }
    throw expositionError(text, text.length, "expected '# EOF' as the last line: the answer may be cut off");
  }

  function lineAt(pos: number, previous: Known<E> | undefined): Known<E> {
    const expected = previous?.next;
    if (expected !== undefined && text.startsWith(expected.text, pos) && text.charCodeAt(pos + expected.text.length) === 32)
      return mark(expected);
    if (text.charCodeAt(pos) === 10) throw expositionError(text, pos, 'an empty line');
    // Most series end at their first closing brace, so that one look tells whether they are known.
    const bare = endOfName(text, pos);
    const end = text.charCodeAt(bare) === 123 ? text.indexOf('} ', bare) + 1 : bare;
    const old = end > pos && end - pos < 65_536 ? known.get(text.slice(pos, end)) : undefined;
    if (old !== undefined) return mark(old);
    const { labels, end: right } = readSeries(text, pos);
    const series = Buffer.from(text.slice(pos, right), 'utf8').toString('utf8');
    const again = known.get(series);
    if (again !== undefined) return mark(again);
    const entry = handler.resolve(labels);
    const line: Known<E> = {
      text: series,
      name: labels['__name__']!,
      labels,
      entry,
      place: undefined,
      placed: '',
      next: undefined,
      seen: 0,
    };
    known.set(series, line);
    return mark(line);
  }

  function mark(line: Known<E>): Known<E> {
    if (line.seen !== round) {
      line.seen = round;
      seen += 1;
    }
    return line;
  }

  function takeSample(line: Known<E>, pos: number): void {
    if (family === undefined || !family.names.includes(line.name)) start(line.name, pos);
    const now = family!;
    const type = now.type ?? 'unknown';
    if (line.placed !== now.key) {
      const place = placeInFamily(line.labels, now.name, type);
      if (typeof place === 'string') throw expositionError(text, pos, place);
      line.place = place;
      line.placed = now.key;
    }
    const place = line.place!;
    const wrong = wrongValue(type, place.suffix, rest.value) ?? enterGroup(now, type, place.group, rest.time);
    if (wrong !== undefined) throw expositionError(text, pos, wrong);
    if (type === 'histogram' || type === 'gaugehistogram') check(histogram.add(place, rest.value), pos);
    now.samples += 1;
    if (rest.exemplar !== undefined && !takesExemplar(type, place.suffix)) {
      throw expositionError(text, pos, `a sample '${line.name}' of type ${type} takes no exemplar`);
    }
    handler.sample(line.entry, rest.value, rest.time);
    if (rest.exemplar !== undefined) handler.exemplar?.(line.entry, rest.exemplar);
  }

  /** Samples of one group are together, and their times don't go back. */
  function enterGroup(now: Family, type: MetricType, group: string, time: number): string | undefined {
    if (group !== now.group) {
      if (now.groups.has(group)) return 'samples with the same labels must be next to each other';
      now.groups.add(group);
      now.group = group;
      now.time = time;
      return histogram.end();
    }
    if (Number.isNaN(time) !== Number.isNaN(now.time)) return 'a timestamp must be on all samples with the same labels, or on none';
    if (time < now.time && type !== 'info') return 'the timestamp is older than the one before it';
    if (time > now.time) {
      now.time = time;
      return histogram.end();
    }
    return undefined;
  }

  function start(name: string, pos: number): void {
    finish(pos);
    const groups = new Set<string>();
    const [type, help, unit, group] = [undefined, undefined, undefined, undefined];
    family = { name, type, help, unit, key: `unknown ${name}`, names: [name], samples: 0, group, time: NaN, groups };
  }

  /** The family before `pos` is whole. */
  function finish(pos: number): void {
    if (family === undefined) return;
    const before = Math.max(0, pos - 1);
    check(histogram.end(), before);
    const { name, help = '', unit = '', type = 'unknown' } = family;
    for (const suffix of new Set(['', ...SUFFIXES[type]])) {
      if (names.has(name + suffix))
        throw expositionError(text, before, `the name ${JSON.stringify(name + suffix)} is taken by another metric`);
      names.add(name + suffix);
    }
    if (unit !== '' && !name.endsWith(`_${unit}`)) throw expositionError(text, before, `the name must end in its unit, '_${unit}'`);
    if (unit !== '' && (type === 'info' || type === 'stateset'))
      throw expositionError(text, before, `a metric of type ${type} has no unit`);
    const old = described.get(name);
    const said = family.help !== undefined || family.type !== undefined || family.unit !== undefined;
    if (!said || (old !== undefined && old.type === type && old.help === help && old.unit === unit)) return;
    if (described.size > known.size + 10_000) described.clear();
    const now: MetricMetadata = { metric: name, type, help, unit };
    described.set(name, now);
    changed.push(now);
  }

  function takeComment(comment: string, pos: number): void {
    const found = /^# (HELP|TYPE|UNIT) (?:([a-zA-Z_:][a-zA-Z0-9_:]*)|("(?:\\[^]|[^\\"])+")) ([^]*)$/.exec(comment);
    if (found === null) throw expositionError(text, pos, "expected '# HELP name …', '# TYPE name …', '# UNIT name …' or '# EOF'");
    const [, keyword, bare, quoted, said] = found as unknown as [string, string, string | undefined, string | undefined, string];
    const name = bare ?? unescape(quoted!.slice(1, -1));
    if (family === undefined || family.name !== name) start(name, pos);
    const now = family!;
    if (now.samples > 0) throw expositionError(text, pos, `${keyword} must come before the samples of its metric`);
    const field = keyword === 'HELP' ? 'help' : keyword === 'UNIT' ? 'unit' : 'type';
    if (now[field] !== undefined) throw expositionError(text, pos, `a second ${keyword} for ${JSON.stringify(name.slice(0, 100))}`);
    if (keyword === 'HELP') now.help = unescape(said);
    else if (keyword === 'UNIT') now.unit = said;
    else if (!TYPES.has(said)) throw expositionError(text, pos, `not a metric type: ${JSON.stringify(said.slice(0, 40))}`);
    else {
      now.type = said as MetricType;
      now.key = `${said} ${name}`;
      now.names = SUFFIXES[now.type].map((suffix) => name + suffix);
    }
  }

  function check(problem: string | undefined, pos: number): void {
    if (problem !== undefined) throw expositionError(text, pos, problem);
  }

  return { read };
}
