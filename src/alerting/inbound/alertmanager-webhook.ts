import { z } from 'zod';
import { mapAlertGroup } from './alert-group.ts';
import type { IntegrationType } from './integration-type.ts';
import { parseJson, readAs } from './read-json.ts';

const version = z.object({ version: z.literal('4', "only version 4 of Alertmanager's webhook is known") });

/** An Alertmanager's webhook receiver. A Prometheus itself sends to /api/v2/alerts. */
export const alertmanagerWebhook: IntegrationType = {
  severities: {},
  usual: 'today',
  map({ body }) {
    const payload = parseJson(body);
    readAs(version, payload);
    return mapAlertGroup(payload);
  },
};
