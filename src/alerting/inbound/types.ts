import { alertmanagerWebhook } from './alertmanager-webhook.ts';
import { cloudevents } from './cloudevents.ts';
import { grafana } from './grafana.ts';
import type { IntegrationTypeName } from './integration-kind.ts';
import type { IntegrationType } from './integration-type.ts';
import { jsonMapping } from './json-mapping.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { badRequest } from '../../platform/problem.ts';

/** Mail comes by its own ways, and not by HTTP. */
const email: IntegrationType = {
  severities: { p1: 'critical', p2: 'critical', high: 'critical', major: 'critical' },
  usual: 'today',
  map: () => {
    throw badRequest('This integration takes mail: send it to its address.');
  },
};

/** Every way in which others tell of alerts, by the `type` of its documents. */
export const TYPES: Readonly<Record<IntegrationTypeName, IntegrationType>> = {
  pagerduty,
  opsgenie,
  grafana,
  alertmanager: alertmanagerWebhook,
  cloudevents,
  email,
  json: jsonMapping,
};
