import { parseDuration } from '../../platform/duration.ts';
import type { Severity } from '../contract.ts';
import type { ReportedAlert } from '../external/index.ts';
import { severityOf } from '../rules/index.ts';
import type { IntegrationSpec } from './integration-kind.ts';
import type { InboundEvent, IntegrationType } from './integration-type.ts';
import { cutText } from './json-value.ts';
import { TYPES } from './types.ts';

export const sourceOf = (name: string, { type }: Pick<IntegrationSpec, 'type'>): string => `${type}/${name}`;

/** What a document, else the sender's type, else nines makes of the sender's word. */
export function severityOfWord(word: string | undefined, { severity }: IntegrationSpec, type: IntegrationType): Severity {
  const lower = word?.trim().toLowerCase();
  const own = Object.entries(severity.map).find(([one]) => one.toLowerCase() === lower)?.[1];
  if (lower === undefined || lower === '') return severity.default ?? type.usual;
  return own ?? type.severities[lower] ?? severity.default ?? severityOf(lower);
}

/** A sender's event as an alert of nines: firing or resolved. Pure. */
export function reportEvent(event: InboundEvent, name: string, spec: IntegrationSpec, now: number): ReportedAlert {
  const { status, title, description, url } = event;
  const service = spec.service ?? event.service ?? event.labels?.['service'];
  const labels = given({ alertname: name, ...event.labels, ...spec.labels, integration: name, ...(service !== undefined && { service }) }, 2_000);
  const annotations = given({ ...event.annotations, summary: title, description }, 15_000);
  const ends = spec.resolveAfter === undefined ? null : now + parseDuration(spec.resolveAfter);
  return {
    source: sourceOf(name, spec),
    key: cutText(event.key, 1_000),
    status: status === 'resolved' ? 'resolved' : 'firing',
    severity: event.class ?? severityOfWord(event.severity, spec, TYPES[spec.type]),
    service: service ?? null,
    labels,
    // An end often says nothing of what it ends: what was said before stays.
    annotations: status === 'resolved' && title === undefined ? {} : annotations,
    startsAt: Math.min(event.startsAt ?? now, now),
    endsAt: status === 'resolved' ? (event.endsAt ?? null) : ends,
    generatorUrl: url === undefined || !/^https?:\/\//i.test(url) ? null : url,
  };
} // prettier-ignore

/** Only what is there, as many as nines keeps, with names that labels can have. */
function given(map: Readonly<Record<string, string | undefined>>, longest: number): Record<string, string> {
  const kept = Object.entries(map).flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    return [[cutText(name, 200), cutText(value, longest)] as const];
  });
  // The last ones are nines' own: they are never among those left out.
  return Object.fromEntries(kept.slice(-MOST_LABELS));
}

const MOST_LABELS = 60;
