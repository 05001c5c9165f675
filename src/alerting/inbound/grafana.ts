/** Grafana's webhooks: unified alerting's, and that of Grafana before version 9, which tells of one rule at a time. */
import { z } from 'zod';
import { mapAlertGroup } from './alert-group.ts';
import type { IntegrationType, Mapped } from './integration-type.ts';
import { detailLines } from './json-value.ts';
import { parseJson, readAs } from './read-json.ts';

const legacy = z.object({
  ruleId: z.number().int(),
  ruleName: z.string().min(1).max(2_000),
  state: z.enum(['alerting', 'ok', 'no_data', 'pending', 'paused']),
  title: z.string().max(2_000).optional(),
  message: z.string().max(16_000).nullish(),
  ruleUrl: z.string().max(8_000).optional(),
  evalMatches: z.array(z.object({ metric: z.string().max(2_000), value: z.number().nullable() })).max(1_000).nullish(),
  tags: z.record(z.string().max(200), z.string().max(2_000)).nullish(),
  orgId: z.number().int().optional(),
}); // prettier-ignore

const LEGACY_STATUS = { alerting: 'firing', no_data: 'firing', ok: 'resolved', paused: 'resolved' } as const;

function mapLegacy(body: unknown): Mapped {
  const given = readAs(legacy, body);
  // Pending is not yet an alert.
  if (given.state === 'pending') return { events: [], refused: [] };
  const matches = (given.evalMatches ?? []).map(({ metric, value }) => `${metric}: ${value}`);
  const description = [given.message ?? '', detailLines(matches)].filter((part) => part !== '').join('\n');
  return {
    events: [
      {
        status: LEGACY_STATUS[given.state],
        key: `rule ${given.orgId ?? 1}/${given.ruleId}`,
        title: given.state === 'no_data' ? `${given.ruleName}: no data` : given.ruleName,
        description: description === '' ? undefined : description,
        severity: given.tags?.['severity'],
        labels: { ...given.tags, alertname: given.ruleName },
        url: given.ruleUrl,
      },
    ],
    refused: [],
  };
}

export const grafana: IntegrationType = {
  severities: {},
  usual: 'today',
  map({ body }) {
    const payload = parseJson(body);
    const isLegacy = typeof payload === 'object' && payload !== null && Object.hasOwn(payload, 'ruleId');
    return isLegacy ? mapLegacy(payload) : mapAlertGroup(payload);
  },
};
