import { z } from 'zod';
import type { ResourceKind, ResourceSet } from '../../catalog/index.ts';
import type { Matcher } from '../../monitoring/index.ts';
import type { InhibitionRule } from './inhibition-stage.ts';
import { matchers, matchesEverything, parseMatcher } from './matchers.ts';

/** `severity="critical"` as text, or as its parts. */
const written = z
  .array(z.string().max(1_300))
  .transform((list, context): Matcher[] =>
    list.flatMap((text, i) => {
      const parsed = /[=~]/.test(text) ? parseMatcher(text) : undefined;
      if (parsed === undefined)
        context.issues.push({ code: 'custom', message: `'${text.slice(0, 100)}' is no matcher: write it as severity="critical"`, input: text, path: [i] }); // prettier-ignore
      return parsed ?? [];
    }),
  )
  .pipe(matchers);

const inhibitionSpec = z.strictObject({
  source: written.describe('The alert that explains the others: matchers on its labels, each as text: `severity="critical"`, `instance=~"web-.+"`.'),
  target: written.describe('The alerts whose pages are held back while a source fires.'),
  equal: z
    .array(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'write the names of labels').max(200))
    .max(50)
    .default([])
    .describe('Labels that must have the same value on both; one that is missing equals an empty one.'),
}); // prettier-ignore
type InhibitionSpec = z.output<typeof inhibitionSpec>;

export const inhibitionKind: ResourceKind<InhibitionSpec> = {
  kind: 'Inhibition',
  spec: inhibitionSpec,
  summary: 'While one alert fires, the pages of others that it explains are held back.',
  example: `apiVersion: nines/v1
kind: Inhibition
metadata:
  name: site-down
spec:
  source: ['alertname="SiteDown"']
  target: ['severity=~"critical|today"']
  equal: [site]
`,
  check({ spec }) {
    if (!matchesEverything(spec.source) || spec.equal.length > 0) return [];
    const message = 'nearly every alert is a source: any one that fires holds back the pages of the targets';
    return [{ path: ['spec', 'source'], severity: 'warning', message, hint: 'name the alert that explains the others' }];
  },
};

export const inhibitionRules = (set: ResourceSet): InhibitionRule[] =>
  set.list<InhibitionSpec>(inhibitionKind.kind).map(({ name, spec: { source, target, equal } }) => ({ name, source, target, equal }));
