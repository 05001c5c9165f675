import { parsePromQL, selectionsOf, type MetricUse } from '../monitoring/index.ts';
import type { Objective } from './objective.ts';

/** Who reads which metrics, objective by objective. */
export const objectiveUses = (objectives: readonly Objective[]): MetricUse[] =>
  objectives.map(({ title, service, indicator: { total, part } }) => ({
    kind: 'objective',
    name: title,
    link: `/services/${service}`,
    selectors: [total('1m'), part('1m')].flatMap((query) => selectionsOf(parsePromQL(query))),
  }));
