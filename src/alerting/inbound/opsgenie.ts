/** Opsgenie's Alert API: alerts are made, closed and acknowledged by their alias. Source: https://docs.opsgenie.com/docs/alert-api */
import { z } from 'zod';
import { newId } from '../../platform/id.ts';
import { reply, type Reply } from '../../platform/http/index.ts';
import { badRequest } from '../../platform/problem.ts';
import type { IntegrationType, Mapped } from './integration-type.ts';
import { cutText, detailLines } from './json-value.ts';
import type { ExternalAlert } from '../external/index.ts';
import { parseJson, readAs, refusal } from './read-json.ts';

const text = (longest: number) => z.string().max(longest).nullish();

const newAlert = z.object({
  message: z.string().min(1).max(10_000),
  alias: text(512),
  description: text(60_000),
  tags: z.array(z.string().max(1_000)).max(200).nullish(),
  details: z.record(z.string().max(1_000), z.unknown()).nullish(),
  entity: text(2_000),
  source: text(2_000),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']).nullish(),
});

const action = z.object({
  user: text(1_000),
  source: text(2_000),
  note: text(60_000),
  endTime: z.iso.datetime({ offset: true }).nullish(),
});

/** What may be done to an alert that is there; what else Opsgenie knows means nothing here. */
const ACTIONS: Readonly<Record<string, 'resolved' | 'acknowledged' | 'noted'>> = {
  close: 'resolved',
  acknowledge: 'acknowledged',
  snooze: 'acknowledged',
  notes: 'noted',
};

/** `POST /v2/alerts/<alias>/<verb>`. @throws Problem 400 */
export function opsgenieAction(alias: string, verb: string, body: Buffer): Mapped {
  const status = ACTIONS[verb];
  if (status === undefined)
    throw badRequest(`'${verb.slice(0, 40)}' can't be done to an alert here: close, acknowledge or snooze it, or add notes.`);
  const { user, endTime, note } = body.length === 0 ? {} : readAs(action, parseJson(body));
  if (verb === 'snooze' && endTime == null) throw refusal([{ field: 'endTime', problem: 'is missing: when the snooze ends, in ISO 8601' }]);
  if (status === 'noted') {
    if (note == null || note === '') throw refusal([{ field: 'note', problem: 'is missing' }]);
    return { events: [], refused: [] };
  }
  const until = verb === 'snooze' && endTime != null ? Date.parse(endTime) : undefined;
  return { events: [{ status, key: aliasKey(alias), by: user ?? undefined, until }], refused: [] };
}

const UPDATES: Readonly<Record<string, z.ZodType<{ message?: string; description?: string; priority?: string }>>> = {
  message: z.object({ message: z.string().min(1).max(10_000) }),
  description: z.object({ description: z.string().max(60_000) }),
  priority: z.object({ priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']) }),
};

/** `PUT /v2/alerts/<alias>/<field>`: an alert that fires, said anew; nothing of one that is over. @throws Problem 400 */
export function opsgenieUpdate({ alert, key, generatorUrl }: ExternalAlert, field: string, body: Buffer): Mapped {
  if (!Object.hasOwn(UPDATES, field))
    throw badRequest(`'${field.slice(0, 40)}' of an alert can't be changed here: its message, description and priority can.`);
  const given = readAs<{ message?: string; description?: string; priority?: string }>(UPDATES[field]!, parseJson(body));
  if (alert.state === 'resolved') return { events: [], refused: [] };
  const { summary, description, ...annotations } = alert.annotations;
  const said = {
    title: cutText(given.message ?? summary ?? alert.rule, 1_024),
    description: cutText(given.description ?? description ?? '', 15_000),
    ...(given.priority === undefined ? { class: alert.severity } : { severity: given.priority }),
  };
  const { labels, activeAt } = alert;
  return {
    events: [{ status: 'firing', key, ...said, labels, annotations, startsAt: activeAt, url: generatorUrl ?? undefined }],
    refused: [],
  };
}

/** Without an alias Opsgenie makes one of the alert's id. */
const aliasKey = (alias: string): string => cutText(alias, 512);

/** `took` is in seconds. Whoever gave no alias finds the one that was made in `requestId`. */
export const opsgenieAnswer = (requestId: string): Reply => reply(202, { result: 'Request will be processed', took: 0.001, requestId });

export const opsgenie: IntegrationType = {
  severities: { p1: 'critical', p2: 'critical', p3: 'today', p4: 'eventually', p5: 'eventually' },
  // Opsgenie's own default is P3.
  usual: 'today',
  map({ body, now }, _, title) {
    const given = readAs(newAlert, parseJson(body));
    const { message, description, details, tags, entity, source, priority } = given;
    const more = [description ?? '', detailLines(details)].filter((part) => part !== '').join('\n');
    return {
      events: [
        {
          status: 'firing',
          key: aliasKey(given.alias || newId(now)),
          title: cutText(message, 1_024),
          description: more === '' ? undefined : cutText(more, 15_000),
          severity: priority ?? undefined,
          labels: {
            alertname: title,
            entity: entity ?? undefined,
            source: source ?? undefined,
            tags: tags?.length ? cutText(tags.join(', '), 1_000) : undefined,
          },
        },
      ],
      refused: [],
    };
  },
  answer: ({ events }) => opsgenieAnswer(events[0]?.key ?? ''),
};

const PRIORITIES = { critical: 'P1', today: 'P3', eventually: 'P5' } as const;

/** An alert as Opsgenie's `GET /v2/alerts/<alias>` tells of it. */
export function opsgenieAlert({ alert, key, updatedAt }: ExternalAlert): Record<string, unknown> {
  const { alertname: _, integration: __, tags, entity, source, ...details } = alert.labels;
  return {
    id: key,
    alias: key,
    tinyId: alert.fingerprint.slice(0, 8),
    message: alert.annotations['summary'] ?? alert.rule,
    description: alert.annotations['description'] ?? '',
    status: alert.state === 'resolved' ? 'closed' : 'open',
    priority: PRIORITIES[alert.severity],
    tags: tags === undefined ? [] : tags.split(', '),
    entity: entity ?? '',
    source: source ?? '',
    details,
    count: 1,
    createdAt: new Date(alert.activeAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    lastOccurredAt: new Date(updatedAt).toISOString(),
  };
}
