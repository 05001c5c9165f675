import type { ResourceKind, ResourceReference } from '../catalog/index.ts';
import { probeSpec, scrapeSpec, type ProbeSpec, type ScrapeSpec } from './contract.ts';

const serviceOf = ({ service }: { service?: string | undefined }): ResourceReference[] =>
  service === undefined ? [] : [{ path: ['spec', 'service'], kind: 'Service', name: service }];

export const probeKind: ResourceKind<ProbeSpec> = {
  kind: 'Probe',
  summary: 'Asks a service from outside, as a user would, and times each phase.',
  spec: probeSpec,
  references: serviceOf,
  example: `apiVersion: nines/v1
kind: Probe
metadata:
  name: shop-front
spec:
  service: shop
  interval: 15s
  http:
    url: https://shop.example.org/
    expect:
      status: 200
      body: Welcome
      certificateDays: 14
`,
};

export const scrapeKind: ResourceKind<ScrapeSpec> = {
  kind: 'Scrape',
  summary: 'Collects the metrics that programs show about themselves.',
  spec: scrapeSpec,
  references: serviceOf,
  example: `apiVersion: nines/v1
kind: Scrape
metadata:
  name: hosts
spec:
  job: node
  targets: ['db1.example.org:9100', 'web1.example.org:9100']
`,
};

export const monitoringKinds: readonly ResourceKind[] = [probeKind as ResourceKind, scrapeKind as ResourceKind];
