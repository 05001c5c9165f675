import { GraphiteError } from '../graphite-error.ts';
import { parseTimeOffset } from '../time/time-offset.ts';
import { makeSeries, rename, type SeriesList, type TimeSeries } from '../time-series.ts';
import { each } from './each.ts';
import { define, type CallContext, type FunctionTable } from './function-spec.ts';
import { areaBetween } from './special.ts';
import { positive } from './transform.ts';

/** How fast level, trend and season follow the data: those of graphite-web and RRDtool. */
const ALPHA = 0.1;
const BETA = 0.0035;
const GAMMA = 0.1;

interface Forecast {
  readonly predictions: Float64Array;
  readonly deviations: Float64Array;
}

/** Triple exponential smoothing with additive seasons: P. J. Brutlag, Aberrant Behavior Detection in Time Series, LISA 2000. */
function forecastOf({ values, step }: TimeSeries, seasonality: string): Forecast {
  const season = Math.floor(positive(parseTimeOffset(seasonality), 'A season') / step);
  if (season < 1) throw new GraphiteError('A season must be a step of the series or longer.');
  const length = values.length;
  const [seasonals, predictions, deviations] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  let [level, slope, next] = [NaN, 0, NaN];
  for (const [i, actual] of values.entries()) {
    predictions[i] = i === 0 && actual === actual ? actual : next;
    if (actual !== actual) {
      [level, slope, next] = [NaN, 0, NaN];
      continue;
    }
    const before = level === level ? level : actual;
    const lastSeasonal = seasonals[i - season] ?? 0;
    level = ALPHA * (actual - lastSeasonal) + (1 - ALPHA) * (before + slope);
    slope = BETA * (level - before) + (1 - BETA) * slope;
    seasonals[i] = GAMMA * (actual - level) + (1 - GAMMA) * lastSeasonal;
    const prediction = predictions[i] || 0;
    deviations[i] = GAMMA * Math.abs(actual - prediction) + (1 - GAMMA) * (deviations[i - season] ?? 0);
    next = level + slope + (seasonals[i + 1 - season] ?? 0);
  }
  return { predictions, deviations };
}

/** What is made of each series and its forecast, which began to learn before the request's start. */
async function withForecast(
  context: CallContext,
  bootstrap: string,
  seasonality: string,
  make: (series: TimeSeries, forecast: Forecast, start: number) => TimeSeries | readonly TimeSeries[],
): Promise<SeriesList> {
  const seconds = positive(parseTimeOffset(bootstrap), 'The time to learn');
  const longer = await context.evaluate(context.args[0], { start: context.start - seconds });
  return await each(context, longer, (series) => {
    const { predictions, deviations } = forecastOf(series, seasonality);
    const skip = Math.floor(seconds / series.step);
    return make(series, { predictions: predictions.subarray(skip), deviations: deviations.subarray(skip) }, series.start + seconds);
  });
}

const named = (series: TimeSeries, label: string, start: number, values: Float64Array): TimeSeries => {
  const { end, step, tags, xFilesFactor } = series;
  tags[label] = '1';
  return makeSeries(`${label}(${series.name})`, { start, end, step, tags, xFilesFactor, values: values.slice() });
};

function bands(context: CallContext, delta: number, bootstrap: string, seasonality: string): Promise<SeriesList> {
  return withForecast(context, bootstrap, seasonality, (series, { predictions, deviations }, start) => {
    series.tags['holtWintersForecast'] = series.tags['holtWintersDeviation'] = '1';
    const upper = named(series, 'holtWintersConfidenceUpper', start, predictions.map((value, i) => value + delta * deviations[i]!)); // prettier-ignore
    const lower = named(series, 'holtWintersConfidenceLower', start, predictions.map((value, i) => value - delta * deviations[i]!)); // prettier-ignore
    return [
      { ...lower, path: series.path },
      { ...upper, path: series.path },
    ];
  });
}

async function aberration(context: CallContext, list: SeriesList, delta = 3, bootstrap = '7d', seasonality = '1d'): Promise<SeriesList> {
  const byName = new Map((await bands(context, delta, bootstrap, seasonality)).map((series) => [series.name, series.values]));
  return await each(context, list, (series) => {
    const lower = byName.get(`holtWintersConfidenceLower(${series.name})`);
    const upper = byName.get(`holtWintersConfidenceUpper(${series.name})`);
    const values = series.values.map((value, i) => {
      const [least, most] = [lower?.[i] ?? NaN, upper?.[i] ?? NaN];
      return value > most ? value - most : value < least ? value - least : 0;
    });
    return named(series, 'holtWintersAberration', series.start, values);
  });
}

async function area(context: CallContext, _list: SeriesList, delta = 3, bootstrap = '7d', seasonality = '1d'): Promise<SeriesList> {
  const list = areaBetween(await bands(context, delta, bootstrap, seasonality));
  for (const series of list) {
    delete series.tags['areaBetween'];
    series.tags['holtWintersConfidenceArea'] = '1';
    rename(series, series.name.replace('areaBetween', 'holtWintersConfidenceArea'));
  }
  return list;
}

const LEARNING = 'bootstrapInterval: interval = "7d", seasonality: interval = "1d"';
const BAND = `seriesList: seriesList!, delta: integer = 3, ${LEARNING}`;
const SUGGESTED = { bootstrapInterval: { suggestions: ['7d', '30d'] }, seasonality: { suggestions: ['1d', '7d'] } };

/** Forecasts by level, trend and season, and how far from them a series is. */
export const holtWintersFunctions: FunctionTable = {
  holtWintersAberration: define('Calculate', BAND, 'How far each value is beyond the confidence bands of its forecast.', aberration, SUGGESTED),
  holtWintersConfidenceArea: define('Calculate', BAND, 'The area between the confidence bands of the forecast of one series.', area, SUGGESTED),
  holtWintersConfidenceBands: define('Calculate', BAND, 'The forecast of each series, less and plus so many deviations.', (context, _list: SeriesList, delta: number = 3, bootstrap: string = '7d', seasonality: string = '1d') => bands(context, delta, bootstrap, seasonality), SUGGESTED),
  holtWintersForecast: define('Calculate', `seriesList: seriesList!, ${LEARNING}`, 'What each series is expected to be, by its level, trend and season so far.', (context, _list: SeriesList, bootstrap: string = '7d', seasonality: string = '1d') => withForecast(context, bootstrap, seasonality, (series, { predictions }, start) => named(series, 'holtWintersForecast', start, predictions)), SUGGESTED),
}; // prettier-ignore
