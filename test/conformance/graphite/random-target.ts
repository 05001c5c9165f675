import { randomFrom } from '../differential/random.ts';

/** Paths of series that all have the same step, and begin and end at the same time. */
const PATHS = [
  'servers.*.haproxy.*.*.check_duration', 'servers.web1.haproxy.be.*.check_duration', 'servers.{web1,db1}.haproxy.*.fe1.check_duration', 'servers.*.cpu.load',
  'servers.web?.cpu.load', 'servers.*.requests.count', 'a.lockTime', 'a.totalTime', 'a.*', 'a.{rarely,constant}', 'a.never', 'a.missing', "seriesByTag('name=disk.used')",
  "seriesByTag('dc=north','name=~disk.*')",
]; // prettier-ignore
const AGGREGATIONS = ['average', 'avg_zero', 'median', 'sum', 'min', 'max', 'diff', 'stddev', 'count', 'range', 'last'];
const PLAIN = [
  'absolute', 'isNonNull', 'minMax', 'offsetToZero', 'changed', 'derivative', 'integral', 'interpolate', 'keepLastValue', 'nonNegativeDerivative', 'perSecond', 'sortByMaxima',
  'sortByName', 'sortByTotal', 'sortBy', 'removeEmptySeries', 'aliasByMetric', 'secondYAxis', 'cumulative', 'squareRoot', 'invert',
]; // prettier-ignore
const COMBINE = [
  'sumSeries',
  'averageSeries',
  'minSeries',
  'maxSeries',
  'rangeOfSeries',
  'stddevSeries',
  'diffSeries',
  'multiplySeries',
  'countSeries',
  'group',
  'unique',
];
const WITH_NUMBER = [
  'scale', 'offset', 'add', 'removeAboveValue', 'removeBelowValue', 'maximumAbove', 'maximumBelow', 'minimumAbove', 'minimumBelow', 'averageAbove', 'averageBelow', 'currentAbove',
  'currentBelow', 'transformNull',
]; // prettier-ignore
const WITH_COUNT = [
  'limit',
  'highestMax',
  'highestAverage',
  'highestCurrent',
  'lowestAverage',
  'lowestCurrent',
  'mostDeviant',
  'delay',
  'keepLastValue',
  'interpolate',
  'stdev',
  'round',
];
const MOVING = ['movingAverage', 'movingMedian', 'movingMin', 'movingMax', 'movingSum', 'exponentialMovingAverage'];

/** Random, well-typed targets: the same for the same seed. */
export class TargetMaker {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  private readonly pick = <T>(items: readonly T[]): T => items[Math.floor(this.random() * items.length)]!;
  private readonly number = (): string => String(Math.round((this.random() * 200 - 50) * 4) / 4);
  private readonly count = (most: number): number => 1 + Math.floor(this.random() * most);

  target(depth: number): string {
    if (depth <= 0) return this.pick(PATHS);
    const inner = (): string => this.target(depth - 1 - Math.floor(this.random() * 2));
    const aggregation = (): string => `'${this.pick(AGGREGATIONS)}'`;
    return this.pick([
      () => `${this.pick(PLAIN)}(${inner()})`,
      () => `${this.pick(PLAIN)}(${inner()})`,
      () => `${this.pick(COMBINE)}(${inner()})`,
      () => `${this.pick(COMBINE)}(${inner()},${inner()})`,
      () => `${this.pick(WITH_NUMBER)}(${inner()},${this.number()})`,
      () => `${this.pick(WITH_NUMBER)}(${inner()},${this.number()})`,
      () => `${this.pick(WITH_COUNT)}(${inner()},${this.count(6)})`,
      () => `${this.pick(MOVING)}(${inner()},${this.pick(['3', '7', "'5min'", "'1h'"])})`,
      () => `movingWindow(${inner()},${this.count(9)},${aggregation()},${this.pick(['0', '0.5', '0.9'])})`,
      () => `aggregate(${inner()},${aggregation()},${this.pick(['0', '0.5', '1'])})`,
      () => `groupByNode(${inner()},${this.count(4)},${aggregation()})`,
      () => `groupByNodes(${inner()},${aggregation()},${this.count(4)},-1)`,
      () => `aggregateWithWildcards(${inner()},${aggregation()},${this.count(4)})`,
      () => `aliasByNode(${inner()},${this.count(3)},-1)`,
      () => `aliasSub(${inner()},'(\\w+)\\.','\\1_')`,
      () => `filterSeries(${inner()},${aggregation()},'${this.pick(['>', '>=', '<', '<=', '=', '!='])}',${this.number()})`,
      () => `percentileOfSeries(${inner()},${this.count(99)},${this.pick(['true', 'false'])})`,
      () => `nPercentile(${inner()},${this.count(99)})`,
      () => `removeAbovePercentile(${inner()},${this.count(99)})`,
      () => `removeBelowPercentile(${inner()},${this.count(99)})`,
      () => `divideSeries(${inner()},limit(${inner()},1))`,
      () => `asPercent(${inner()},${this.pick(['None', '50', 'limit(a.constant,1)'])})`,
      () => `asPercent(${inner()},None,${this.count(3)})`,
      () => `summarize(${inner()},'${this.pick(['2min', '5min', '7min', '1h'])}',${aggregation()},${this.pick(['true', 'false'])})`,
      () => `smartSummarize(${inner()},'${this.pick(['2min', '5min', '1h'])}',${aggregation()})`,
      () => `hitcount(${inner()},'${this.pick(['2min', '5min', '1h'])}')`,
      () => `timeShift(${inner()},'${this.pick(['5min', '1h', '-10min'])}')`,
      () => `setXFilesFactor(${inner()},${this.pick(['0', '0.4', '0.8'])})`,
      () => `consolidateBy(${inner()},'${this.pick(['sum', 'min', 'max', 'first', 'last', 'average'])}')`,
      () => `fallbackSeries(${inner()},${inner()})`,
      () => `grep(${inner()},'${this.pick(['web', 'fe1', 'a.*e$'])}')`,
      () => `sortBy(${inner()},${aggregation()},${this.pick(['true', 'false'])})`,
    ])();
  }
}
