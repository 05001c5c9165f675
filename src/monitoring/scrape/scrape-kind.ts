import type { ResourceKind, ResourceProblem } from '../../catalog/index.ts';
import { scrapeSpec, type ScrapeSpec } from '../contract.ts';
import { relabelProblem } from './relabel.ts';
import type { RelabelStep } from './relabel-step.ts';

export const scrapeKind: ResourceKind<ScrapeSpec> = {
  kind: 'Scrape',
  spec: scrapeSpec,
  summary: 'Collects the metrics that programs expose in the Prometheus text format.',
  example: `apiVersion: nines/v1
kind: Scrape
metadata:
  name: shop
spec:
  service: shop
  targets: ['web1.example:9100', 'web2.example:9100']
  interval: 15s
  labels:
    env: production
`,
  references: ({ service }) => (service === undefined ? [] : [{ path: ['spec', 'service'], kind: 'Service', name: service }]),
  check: ({ spec: { targets, relabel = [], metricRelabel = [] } }) => [
    ...stepProblems('relabel', relabel),
    ...stepProblems('metricRelabel', metricRelabel),
    ...targets.flatMap((target, i): ResourceProblem[] => {
      if (targets.indexOf(target) === i) return [];
      const message = `the target '${target.slice(0, 100)}' is listed twice`;
      return [{ path: ['spec', 'targets', i], severity: 'warning', message, hint: 'it is scraped once: remove one of them' }];
    }),
  ],
};

function stepProblems(field: string, steps: readonly RelabelStep[]): ResourceProblem[] {
  return steps.flatMap((step, i): ResourceProblem[] => {
    const message = relabelProblem(step);
    return message === undefined ? [] : [{ path: ['spec', field, i, 'regex'], severity: 'error', message }];
  });
}
