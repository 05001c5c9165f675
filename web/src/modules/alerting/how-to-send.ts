import type { Integration } from '../../../../src/alerting/inbound/contract.ts';

/** A text to copy into a terminal or into the sender's settings. */
export interface Recipe {
  readonly title: string;
  readonly text: string;
}

/** Stands where the secret goes, until there is one to show. */
export const KEY = 'KEY';

const curl = (address: string, headers: readonly string[], body: object): string =>
  [`curl -fsS '${address}'`, ...['content-type: application/json', ...headers].map((one) => `-H '${one}'`), `-d '${JSON.stringify(body)}'`].join(' \\\n  '); // prettier-ignore

/** How someone sends to an integration of a type: a first event by hand, and what goes into the settings of what sends. */
export function howToSend({ type, address }: Pick<Integration, 'type' | 'address'>, key = KEY): Recipe[] {
  const bearer = `authorization: Bearer ${key}`;
  switch (type) {
    case 'pagerduty':
      return [
        {
          title: 'An event by hand',
          text: curl(address, [], {
            routing_key: key,
            event_action: 'trigger',
            dedup_key: 'a-test',
            payload: { summary: 'Look at the shop: checkout fails', source: 'shop-1', severity: 'critical' },
          }),
        },
        { title: 'Where the sender asks for an address and an integration key', text: `${address}\n${key}` },
      ];
    case 'opsgenie':
      return [
        {
          title: 'An alert by hand',
          text: curl(`${address}/v2/alerts`, [`authorization: GenieKey ${key}`], { message: 'Look at the shop: checkout fails', alias: 'a-test', priority: 'P1' }), // prettier-ignore
        },
        { title: 'Where the sender asks for an API address and an API key', text: `${address}\n${key}` },
      ];
    case 'grafana':
      return [
        {
          title: 'A contact point, as Grafana provisions it',
          text: `apiVersion: 1\ncontactPoints:\n  - name: nines\n    receivers:\n      - uid: nines\n        type: webhook\n        settings:\n          url: ${address}\n          authorization_scheme: Bearer\n          authorization_credentials: ${key}`,
        },
      ];
    case 'alertmanager':
      return [
        {
          title: 'A receiver in alertmanager.yml',
          text: `receivers:\n  - name: nines\n    webhook_configs:\n      - url: ${address}\n        send_resolved: true\n        http_config:\n          authorization: { credentials: ${key} }`,
        },
      ];
    case 'cloudevents':
      return [
        {
          title: 'An event by hand',
          text: curl(address, [bearer, 'ce-specversion: 1.0', 'ce-id: a-test-1', 'ce-source: /shop', 'ce-type: org.example.alert'], { status: 'firing', title: 'Look at the shop' }), // prettier-ignore
        },
      ];
    case 'email':
      return [
        { title: 'A mail by hand', text: `echo 'since the deploy' | mail -s 'PROBLEM: look at the shop' ${address.split(',', 1)[0]}` },
      ];
    default:
      return [
        {
          title: 'An event by hand: its fields are those that the document maps',
          text: curl(address, [bearer], { title: 'Look at the shop', status: 'firing' }),
        },
      ];
  }
}

/** A document that makes an integration, to begin with. */
export const newDocument = (type: string): string =>
  [
    'apiVersion: nines/v1',
    'kind: Integration',
    `metadata: { name: shop-${type} }`,
    'spec:',
    `  type: ${type}`,
    '  service: shop # whose alerts these are',
    ...(type === 'email'
      ? ["  mail: { recipients: [alerts@nines.example.org], senders: ['@example.org'], folder: /var/mail/alerts }"]
      : []),
    ...(type === 'json' ? ['  map: { key: id, title: title, status: status } # where each stands in the JSON'] : []),
  ].join('\n');
