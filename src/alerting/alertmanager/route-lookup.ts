import { z } from 'zod';
import type { Catalog } from '../../catalog/index.ts';
import { route, type Route as HttpRoute } from '../../platform/http/index.ts';
import { badRequest } from '../../platform/problem.ts';
import { alertRoutesAnswer } from '../contract.ts';
import { severityOf } from '../rules/index.ts';
import { maySpeak } from './decide-notify.ts';
import { MatcherError, parseMatchers } from './matcher.ts';
import { isPolicy, pagesByItself } from './page-policy.ts';
import { groupLabels, routesOf } from './route-tree.ts';
import type { Routing } from './routing.ts';

interface Deps {
  readonly routing: () => Routing;
  readonly catalog: Catalog;
  readonly now: () => number;
}

/** Where an alert of these labels would go now. */
export function routeLookup({ routing, catalog, now }: Deps): HttpRoute {
  return route({
    method: 'GET',
    path: '/nines/v1/alert-routes',
    access: 'viewer',
    summary:
      'Where an alert with these labels goes: the receivers of the alertmanager.yml in force, and whether nines pages for it by itself.',
    query: z.object({ labels: z.string().max(10_000).default('') }),
    response: alertRoutesAnswer,
    handler: ({ query }) => {
      const labels = labelsOf(query.labels);
      const { file, spec, root } = routing();
      const set = catalog.current();
      const routes = spec === undefined ? [] : routesOf(root, labels);
      return {
        file,
        routes: routes.map((one) => ({
          receiver: one.receiver,
          route: one.key,
          group: groupLabels(one, labels),
          groupWaitMs: one.groupWaitMs,
          groupIntervalMs: one.groupIntervalMs,
          repeatIntervalMs: one.repeatIntervalMs,
          quiet: !maySpeak(one, now()),
          pages: isPolicy(set, one.receiver),
        })),
        severity: severityOf(labels['severity']),
        pages: spec === undefined || pagesByItself(set, { service: labels['service'] ?? null }, routes),
      };
    },
  });
}

/** `team=db,severity=critical`, in the spelling of matchers. @throws Problem 400 */
function labelsOf(text: string): Record<string, string> {
  if (text.trim() === '') return {};
  try {
    const matchers = parseMatchers(text);
    if (matchers.some(({ op }) => op !== '=')) throw badRequest("labels: an alert has values: write name=value, with '='.");
    return Object.fromEntries(matchers.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]));
  } catch (error) {
    if (error instanceof MatcherError) throw badRequest(`labels: ${error.message}.`);
    throw error;
  }
}
