import type { ResourceKind, ResourceProblem } from '../../catalog/index.ts';
import { probeSpec, type ProbeSpec } from '../contract.ts';

export const probeKind: ResourceKind<ProbeSpec> = {
  kind: 'Probe',
  spec: probeSpec,
  summary: 'Asks an address again and again, as a user would, and says whether the answer is right.',
  example: `apiVersion: nines/v1
kind: Probe
metadata:
  name: shop-home
spec:
  service: shop
  interval: 30s
  timeout: 5s
  http:
    url: https://shop.example/health
    headers:
      Accept: application/json
    authorization:
      bearer: \${SHOP_TOKEN}
    expect:
      status: 200
      body:
        contains: '"status":"ok"'
        notMatches: (?i)maintenance
      headers:
        Content-Type: {matches: ^application/json}
      certificateDays: 14
`,
  references: ({ service }) => (service === undefined ? [] : [{ path: ['spec', 'service'], kind: 'Service', name: service }]),
  check: ({ spec }) => [...uncheckableTls(spec), ...bodyOfHead(spec)],
};

function uncheckableTls({ http }: ProbeSpec): ResourceProblem[] {
  // A redirect may still lead to https.
  if (!http.url.startsWith('http:') || http.redirects > 0) return [];
  return (['certificateDays', 'tlsVersion'] as const)
    .filter((key) => http.expect[key] !== undefined)
    .map((key) => ({
      path: ['spec', 'http', 'expect', key],
      severity: 'error',
      message: `${key} can't be checked: ${http.url.slice(0, 100)} is not encrypted`,
      hint: 'write an address that begins with https://, or allow redirects',
    }));
}

function bodyOfHead({ http }: ProbeSpec): ResourceProblem[] {
  if (http.method !== 'HEAD' || http.expect.body === undefined) return [];
  const message = "the answer to HEAD has no body, so 'body' can never be right";
  return [{ path: ['spec', 'http', 'expect', 'body'], severity: 'error', message, hint: 'write method: GET, or leave body out' }];
}
