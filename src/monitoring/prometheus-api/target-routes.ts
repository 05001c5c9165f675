import { stringify } from 'yaml';
import { badRequest, notFound } from '../../platform/problem.ts';
import type { Route } from '../../platform/http/index.ts';
import { compileMatchers, limitParameter, matchesAll, matchParameter } from '../promql/index.ts';
import { toPrometheusTargets, type Scrape, type Scraper } from '../scrape/index.ts';
import type { Matcher, SeriesIndex } from '../series.ts';
import { get, ok } from './api-route.ts';
import { poolConfig } from './pool-config.ts';
import { relabelSteps } from './relabel-steps.ts';

interface TargetRoutesDeps {
  readonly scraper: Scraper;
  readonly index: SeriesIndex;
}

const STATES = ['any', 'active', 'dropped'];
/** Suffixes of series whose metadata are under the name without. */
const PARTS = /_(?:bucket|sum|count|total|created|info)$/;
const MOST = 10_000;

/** Scrape targets, their pools and what they expose. */
export function targetRoutes({ scraper, index }: TargetRoutesDeps): Route[] {
  return [
    get('/api/v1/targets', "Scrape targets, as Prometheus' API has them", (params) => ok(targets(scraper, params))),
    get('/api/v1/targets/metadata', 'What targets say about their metrics', async (params) =>
      ok(await targetMetadata({ scraper, index }, params)),
    ),
    get('/api/v1/targets/relabel_steps', 'What the relabelling rules of a scrape do to a target, one by one', (params) =>
      ok({ steps: relabelSteps(poolParameter(scraper, params), params.get('labels')) }),
    ),
    get('/api/v1/scrape_pools', 'Names of the scrapes', () =>
      ok({
        scrapePools: scraper
          .scrapes()
          .map(({ name }) => name)
          .sort(),
      }),
    ),
    get('/api/v1/scrape_pools/config', 'A scrape as Prometheus would have it in its configuration', (params) =>
      ok({ yaml: stringify(configOf(scraper, poolParameter(scraper, params))) }),
    ),
  ];
}

/** `state` and `scrapePool`. */
function targets(scraper: Scraper, params: URLSearchParams): unknown {
  const state = params.get('state') || 'any';
  if (!STATES.includes(state))
    throw badRequest(`invalid parameter "state": ${JSON.stringify(state.slice(0, 60))} is none of ${STATES.join(', ')}`);
  const pool = params.get('scrapePool') ?? '';
  const { activeTargets, droppedTargets, droppedTargetCounts } = toPrometheusTargets(
    scraper.targets().filter((one) => pool === '' || one.scrape === pool),
    scraper.dropped().filter((one) => pool === '' || one.scrape === pool),
    Object.fromEntries(Object.entries(scraper.droppedCounts()).filter(([name]) => pool === '' || name === pool)),
  );
  return {
    activeTargets: state === 'dropped' ? [] : activeTargets,
    droppedTargets: state === 'active' ? [] : droppedTargets,
    droppedTargetCounts,
  };
}

const configOf = (scraper: Scraper, { name }: Scrape) => poolConfig(name, scraper.targets().filter((one) => one.scrape === name)); // prettier-ignore

/** The scrape that `scrapePool` names. */
function poolParameter(scraper: Scraper, params: URLSearchParams): Scrape {
  const name = params.get('scrapePool') ?? '';
  if (name === '') throw badRequest('no scrapePool parameter provided');
  const found = scraper.scrapes().find((one) => one.name === name);
  if (found === undefined) throw notFound('scrape pool', name.slice(0, 100));
  return found;
}

/** `match_target`, `metric`, `limit`. */
async function targetMetadata({ scraper, index }: TargetRoutesDeps, params: URLSearchParams): Promise<unknown[]> {
  const limit = limitParameter(params) || MOST;
  const given = params.get('match_target') ?? '';
  const matchers = given === '' ? [] : (matchParameter(new URLSearchParams([['match[]', given]]))[0] ?? []);
  const compiled = compileMatchers(matchers);
  if ('problem' in compiled) throw badRequest(`invalid parameter "match_target": ${compiled.problem}`);
  const metric = params.get('metric') ?? '';
  const found: unknown[] = [];
  for (const target of scraper.targets()) {
    if (!matchesAll(compiled, target.labels)) continue;
    const own: Matcher[] = Object.entries(target.labels).map(([name, value]) => ({ name, op: '=', value }));
    const names = new Set<string>();
    for (const name of await index.labelValues('__name__', [own], Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
      names.add(name);
      names.add(name.replace(PARTS, ''));
    }
    for (const one of index.metadata(metric === '' ? undefined : metric)) {
      if (!names.has(one.metric)) continue;
      if (found.length >= limit) return found;
      const { type, help, unit } = one;
      // As Prometheus has it: the metric is told only where it was not asked for.
      found.push({ target: target.labels, ...(metric === '' && { metric: one.metric }), type, help, unit });
    }
  }
  return found;
}
