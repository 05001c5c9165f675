import { parseNumber } from '../intakes/index.ts';
import { LabelCache } from '../label-cache.ts';
import { checkLabels, type LabelLimits } from '../label-limits.ts';
import type { Labels } from '../series.ts';
import { FURTHEST_AHEAD_MS } from '../time-bounds.ts';
import { readServiceCheck } from './check-line.ts';
import { readEvent } from './event-line.ts';
import type { FlushBatch, Refused, StatsdEvent } from './flush-batch.ts';
import { FlushWriter } from './flush-writer.ts';
import { Metric } from './metric.ts';
import { readKey, type Kind } from './metric-key.ts';
import { planSeries } from './names.ts';
import type { StatsdSettings } from './settings.ts';

const [NEWLINE, RETURN, HASH, PLUS, MINUS, COLON, AT, PIPE, UNDERSCORE] = [10, 13, 35, 43, 45, 58, 64, 124, 95] as const;
const CACHE_BYTES = 64 * 1024 ** 2;
/** Numbers of texts stay below 2^22 within one read too. */
const MOST_TEXTS = 2_000_000;
const MOST_METRICS = 1_000_000;
const MOST_EVENTS = 100;
const MOST_LINE = 65_536;
/** Flushed between two looks at what waits: about a millisecond's work. */
const METRICS_A_BREATH = 500;

const KINDS: readonly Kind[] = ['counter', 'gauge', 'timer', 'histogram', 'set', 'check'];
const [COUNTER, GAUGE, TIMER, HISTOGRAM, SET, CHECK] = [0, 1, 2, 3, 4, 5] as const;
const WRONG_TYPE = 'the type is none of c (counter), g (gauge), ms (timer), h (histogram), d (distribution), s (set)';

export interface AggregatorOptions extends StatsdSettings {
  readonly limits: LabelLimits;
  /** Milliseconds: what is older is refused. */
  readonly retention: number;
}

/**
 * Reads the lines of StatsD and DogStatsD and keeps what they come to until the next flush. Names and tags are found by their bytes,
 * so that a metric that came before costs no text.
 * Sources: https://github.com/statsd/statsd/blob/master/docs/metric_types.md and
 * https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 *
 * Longer than most files: one line is read in one pass, and the pieces would need all of this state.
 */
export class Aggregator {
  readonly #options: AggregatorOptions;
  readonly #metrics = new Map<string, Metric>();
  readonly #writer = new FlushWriter();
  #names = new LabelCache(CACHE_BYTES);
  #tags = new LabelCache(CACHE_BYTES);
  #texts = 0;
  /** By the numbers of name, tags and kind. */
  #known = new Map<number, Metric>();
  #refused = new Map<string, Refused>();
  #events: StatsdEvent[] = [];
  #taken = 0;
  #now = 0;
  #sender = '';
  #lastFlush: number;
  /** The line that is read. */
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #from = 0;
  #to = 0;

  constructor(options: AggregatorOptions, now: number) {
    this.#options = options;
    this.#lastFlush = now;
  }

  get size(): number {
    return this.#metrics.size;
  }

  /** Reads the lines in the first `length` bytes. The view is on the same memory. Metrics that are new belong to the sender. */
  read(bytes: Uint8Array, view: DataView, length: number, now: number, sender = ''): void {
    this.#bytes = bytes;
    this.#sender = sender;
    this.#view = view;
    this.#now = now;
    if (this.#texts >= MOST_TEXTS) this.#forgetTexts();
    for (let from = 0; from < length;) {
      let to = from;
      while (to < length && bytes[to] !== NEWLINE) to++;
      this.#from = from;
      from = to + 1;
      while (to > this.#from && bytes[to - 1] === RETURN) to--;
      this.#to = to;
      if (to > this.#from) this.#line();
    }
  }

  /** Refuses the line that is read, or one that is given. */
  refuse(reason: string, detail: string, example = this.#text(this.#from, Math.min(this.#to, this.#from + 300))): void {
    const count = (this.#refused.get(reason)?.count ?? 0) + 1;
    this.#refused.set(reason, { reason, detail, example, count });
  }

  /**
   * What came since the last flush. Metrics that nobody sends any more end.
   * @param breathe called now and then: it may do what can't wait for a hundred thousand metrics, but read no lines
   */
  flush(now: number, lost = 0, breathe?: () => void): FlushBatch {
    const { expire, expireGauges } = this.#options;
    const seconds = Math.max(now - this.#lastFlush, 1) / 1000;
    let done = 0;
    for (const metric of this.#metrics.values()) {
      if (++done % METRICS_A_BREATH === 0) breathe?.();
      // What never had a good value was never a metric, and what is silent for long is none any more.
      if (!metric.active && now - metric.seen > (metric.kind === 'gauge' ? expireGauges : expire)) this.#end(metric, now);
      else if (!this.#writer.write(metric, now, this.#lastFlush, seconds))
        this.refuse(
          'negative-count',
          'a counter went down within an interval: use a gauge for what falls',
          metric.key.replaceAll('\u0000', ' '),
        );
      metric.active = false;
    }
    this.#lastFlush = now;
    const [taken, events, refused] = [this.#taken, this.#events, [...this.#refused.values()]];
    this.#taken = 0;
    this.#events = [];
    this.#refused = new Map();
    return { ...this.#writer.take(), events, refused, taken, lost };
  }

  #line(): void {
    const bytes = this.#bytes;
    const [from, to] = [this.#from, this.#to];
    if (to - from > MOST_LINE) return this.refuse('too-long', `a line is longer than ${MOST_LINE} bytes`);
    if (bytes[from] === UNDERSCORE && (bytes[from + 2] === 123 || bytes[from + 3] === PIPE)) {
      if (bytes[from + 1] === 101 && bytes[from + 2] === 123) return this.#event();
      if (bytes[from + 1] === 115 && bytes[from + 2] === 99) return this.#check();
    }
    let nameEnd = from;
    while (nameEnd < to && bytes[nameEnd] !== COLON) nameEnd++;
    if (nameEnd === to || nameEnd === from) return this.refuse('bad-line', "a line is name:value|type, such as 'logins:1|c'");
    // The statsd daemon takes several values with types of their own: a:1|c:2|ms.
    for (let at = nameEnd + 1; at > 0;) at = this.#sample(nameEnd, at);
  }

  /** Reads `values|type|options`; where the next one begins, or 0. */
  #sample(nameEnd: number, values: number): number {
    const bytes = this.#bytes;
    const to = this.#to;
    let pipe = values;
    while (pipe < to && bytes[pipe] !== PIPE) pipe++;
    const kind = kindAt(bytes, pipe + 1, to);
    if (kind < 0) return this.#no('bad-type', pipe >= to ? "a line is name:value|type, such as 'logins:1|c'" : WRONG_TYPE);
    let at = pipe + (kind === TIMER ? 3 : 2);
    let rate = 1;
    let time = NaN;
    let tagsFrom = 0;
    let tagsTo = 0;
    while (at < to && bytes[at] === PIPE) {
      const option = at + 1;
      const type = bytes[option];
      // Only a rate may be followed by the next value; in tags ':' stands before a tag's value.
      at = endOfOption(bytes, option, to, type === AT ? COLON : PIPE);
      if (type === AT) rate = parseNumber(bytes, option + 1, at);
      else if (type === HASH) {
        tagsFrom = option + 1;
        tagsTo = at;
      } else if (type === 84) time = parseNumber(bytes, option + 1, at) * 1000;
      // Others, such as the id of a container, say nothing about the value.
    }
    if (at < to && bytes[at] !== COLON) return this.#no('bad-type', WRONG_TYPE);
    if (!(rate > 0 && rate <= 1)) return this.#no('bad-rate', 'the sample rate is not above 0 and at most 1, such as |@0.1');
    if (pipe === values) return this.#no('bad-value', 'there is no value');
    const metric = this.#find(kind, nameEnd, tagsFrom, tagsTo);
    if (metric) this.#take(metric, kind, values, pipe, rate, time);
    return at < to ? at + 1 : 0;
  }

  #nothing(reason: string, detail: string): undefined {
    this.refuse(reason, detail);
    return undefined;
  }

  #no(reason: string, detail: string): 0 {
    this.refuse(reason, detail);
    return 0;
  }

  /** Values that are apart by ':' share a type. */
  #take(metric: Metric, kind: number, from: number, to: number, rate: number, time: number): void {
    if (kind === SET) return this.#join(metric, from, to);
    const bytes = this.#bytes;
    for (let at = from; at <= to;) {
      let end = at;
      while (end < to && bytes[end] !== COLON) end++;
      const value = parseNumber(bytes, at, end);
      if (Number.isNaN(value)) this.refuse('bad-value', `'${this.#text(at, Math.min(end, at + 60))}' is not a number`);
      else this.#add(metric, kind, value, rate, kind === GAUGE && (bytes[at] === PLUS || bytes[at] === MINUS), time);
      at = end + 1;
    }
  }

  #add(metric: Metric, kind: number, value: number, rate: number, signed: boolean, time: number): void {
    if (kind === COUNTER) metric.count(value, rate);
    else if (kind === GAUGE) {
      // With a time of its own a gauge is a sample as it is; a sign then is only a sign.
      if (!Number.isNaN(time)) return this.#timed(metric, value, time);
      metric.set(value, signed);
    } else metric.observe(value, rate);
    this.#touch(metric);
  }

  #timed(metric: Metric, value: number, time: number): void {
    if (time < this.#now - this.#options.retention || time > this.#now + FURTHEST_AHEAD_MS)
      return this.refuse('out-of-bounds', 'the time (|T) is more than a day ahead, or older than samples are kept: it must be in seconds');
    if (!metric.active) metric.set(value, false);
    this.#touch(metric);
    this.#writer.timed(metric, value, time);
  }

  #join(metric: Metric, from: number, to: number): void {
    if (!metric.join(this.#text(from, to))) return this.refuse('set-full', 'the set has 100000 members in this interval');
    this.#touch(metric);
  }

  #touch(metric: Metric): void {
    metric.active = true;
    metric.seen = this.#now;
    this.#taken++;
  }

  #find(kind: number, nameEnd: number, tagsFrom: number, tagsTo: number): Metric | undefined {
    const name = this.#numberOf(this.#names, this.#from, nameEnd);
    const tags = tagsFrom === tagsTo ? 0 : this.#numberOf(this.#tags, tagsFrom, tagsTo);
    const number = (name * 2 ** 22 + tags) * 8 + kind;
    const known = this.#known.get(number);
    if (known !== undefined && !known.gone) return known;
    const metric = this.#metric(kind, this.#text(this.#from, nameEnd), this.#text(tagsFrom, tagsTo));
    if (metric) {
      if (this.#known.size >= MOST_TEXTS) this.#known.clear();
      this.#known.set(number, metric);
    }
    return metric;
  }

  #numberOf(cache: LabelCache, from: number, to: number): number {
    const known = cache.find(this.#view, from, to);
    if (known !== 0) return known;
    cache.add(this.#view, from, to, ++this.#texts);
    return this.#texts;
  }

  /** Between lines, so that no number of before is in use. */
  #forgetTexts(): void {
    this.#names = new LabelCache(CACHE_BYTES);
    this.#tags = new LabelCache(CACHE_BYTES);
    this.#known.clear();
    this.#texts = 0;
  }

  #metric(kind: number, nameText: string, tagText: string): Metric | undefined {
    if (nameText.includes('\ufffd') || tagText.includes('\ufffd')) return this.#nothing('bad-name', 'the name or a tag is not UTF-8');
    const { limits, names, percentiles } = this.#options;
    const key = readKey(KINDS[kind] as Kind, nameText, tagText);
    const plans = planSeries(key, names, percentiles);
    const first = plans[0]?.labels as Labels;
    const text = JSON.stringify(Object.entries(first).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#metrics.get(text);
    if (known !== undefined) {
      if (known.kind === key.kind) return known;
      return this.#nothing('other-type', `${first['__name__'] ?? ''} is a ${known.kind} already, and can't be a ${key.kind} too`);
    }
    for (const { labels } of plans) {
      const checked = checkLabels(Object.entries(labels), limits);
      if (typeof checked === 'string') return this.#nothing('bad-name', checked);
    }
    if (this.#metrics.size >= MOST_METRICS) return this.#nothing('too-many', `there are ${MOST_METRICS} metrics already`);
    const metric = new Metric(key.kind, text, plans, this.#writer.define(plans, this.#sender));
    this.#metrics.set(text, metric);
    return metric;
  }

  #end(metric: Metric, now: number): void {
    metric.gone = true;
    this.#metrics.delete(metric.key);
    this.#writer.end(metric, now);
  }

  #event(): void {
    const event = readEvent(Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + this.#from, this.#to - this.#from), this.#now);
    if (typeof event === 'string') return this.refuse('bad-event', event);
    if (this.#events.length >= MOST_EVENTS) return this.refuse('too-many-events', `more than ${MOST_EVENTS} events in one interval`);
    this.#events.push(event);
    this.#taken++;
  }

  #check(): void {
    const check = readServiceCheck(this.#text(this.#from, this.#to));
    if (typeof check === 'string') return this.refuse('bad-check', check);
    const metric = this.#metric(CHECK, 'service_check_status', check.tags);
    if (!metric) return;
    metric.set(check.status, false);
    this.#touch(metric);
  }

  #text(from: number, to: number): string {
    return from === to ? '' : Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, to - from).toString('utf8');
  }
}

function endOfOption(bytes: Uint8Array, from: number, to: number, also: number): number {
  let at = from;
  for (; at < to; at++) {
    const byte = bytes[at];
    if (byte === PIPE || byte === also) break;
  }
  return at;
}

/** -1 where there is no type that is known. */
function kindAt(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return -1;
  switch (bytes[at]) {
    case 99:
      return COUNTER;
    case 103:
      return GAUGE;
    case 104:
    case 100:
      return HISTOGRAM;
    case 109:
      return at + 1 < to && bytes[at + 1] === 115 ? TIMER : -1;
    case 115:
      return SET;
    default:
      return -1;
  }
}
