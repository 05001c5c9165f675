/**
 * CloudEvents 1.0 over HTTP: structured, batched and binary mode. Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
import { z } from 'zod';
import { badRequest } from '../../platform/problem.ts';
import type { InboundEvent, IntegrationType, Mapped, Payload } from './integration-type.ts';
import type { Mapping } from './integration-kind.ts';
import { detailLines, textOf, timeOf, valueAt } from './json-value.ts';
import { mapJson } from './json-mapping.ts';
import { parseJson, readAs, readEach, refusal } from './read-json.ts';

const attributes = z.looseObject({
  specversion: z.literal('1.0', 'only CloudEvents 1.0 is known'),
  id: z.string().min(1).max(1_000),
  source: z.string().min(1).max(2_000),
  type: z.string().min(1).max(1_000),
  subject: z.string().max(2_000).optional(),
  time: z.string().max(100).optional(),
  datacontenttype: z.string().max(200).optional(),
  data: z.unknown().optional(),
  data_base64: z.string().max(2_000_000).optional(),
});
type CloudEvent = z.output<typeof attributes>;

const MOST_EVENTS = 1_000;
const batch = z.array(z.unknown()).max(MOST_EVENTS);

/** What a type ends in where it tells that something is over: `com.example.disk.resolved`. */
const OVER = /[._:/-](?:resolved|ok|closed|recovered|cleared|ended|succeeded)$/i;

function read({ body, headers }: Payload): { events: CloudEvent[]; refused: Mapped['refused'] } {
  const type = textOf(headers['content-type'])?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/cloudevents-batch+json') {
    const { good, refused } = readEach(attributes, readAs(batch, parseJson(body)), '');
    return { events: good, refused };
  }
  if (type === 'application/cloudevents+json') return { events: [readAs(attributes, parseJson(body))], refused: [] };
  if (headers['ce-specversion'] !== undefined) return { events: [binary(headers, body, type)], refused: [] };
  throw badRequest(
    'This is no CloudEvent: send application/cloudevents+json, application/cloudevents-batch+json, or the attributes as headers ce-id, ce-source, ce-type and ce-specversion.',
  );
}

/** Attributes in headers, percent-encoded; the body is the data. */
function binary(headers: Payload['headers'], body: Buffer, datacontenttype: string): CloudEvent {
  const named = Object.entries(headers).filter(([name]) => /^ce-[a-z0-9]{1,40}$/.test(name)).slice(0, 60);
  const given = Object.fromEntries(named.map(([name, value]) => [name.slice(3), decode(textOf(value, 2_000) ?? '')]));
  return readAs(attributes, { ...given, datacontenttype, ...(body.length > 0 && { data: dataOf(body, datacontenttype) }) });
} // prettier-ignore

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const isJson = (type: string): boolean => /[/+]json$/i.test(type.split(';')[0]!.trim());
const dataOf = (bytes: Buffer, type: string): unknown => (isJson(type) ? parseJson(bytes) : bytes.toString('utf8'));

function completed(event: CloudEvent): CloudEvent {
  if (event.data !== undefined || event.data_base64 === undefined) return event;
  return { ...event, data: dataOf(Buffer.from(event.data_base64, 'base64'), event.datacontenttype ?? 'application/json') };
}

/** Without a mapping: what events usually say. */
function eventOf(event: CloudEvent): InboundEvent {
  const { source, subject, type, data } = event;
  const said = (...paths: string[]): string | undefined => paths.map((path) => textOf(valueAt({ event, data }, path))).find((text) => text !== undefined); // prettier-ignore
  const status = said('data.status', 'data.state')?.toLowerCase();
  const over = OVER.test(type) || (status !== undefined && ['resolved', 'ok', 'closed', 'recovered'].includes(status));
  const about = type.replace(OVER, '');
  return {
    status: over ? 'resolved' : 'firing',
    // The id is another for each event: what it is about is the same.
    key: said('data.key', 'data.alertId') ?? `${source} ${subject ?? ''} ${about}`.slice(0, 1_000),
    title: said('data.summary', 'data.title', 'data.message', 'data.name') ?? (subject === undefined ? about : `${about}: ${subject}`),
    description: said('data.description') ?? (detailLines(data) || undefined),
    severity: said('event.severity', 'data.severity', 'data.level'),
    service: said('event.service', 'data.service'),
    labels: { alertname: about, source, subject },
    startsAt: timeOf(event.time),
    url: said('data.url', 'data.link'),
  };
}

export const cloudevents: IntegrationType = {
  severities: {},
  usual: 'today',
  map(payload, { map }) {
    const { events: given, refused } = read(payload);
    if (given.length === 0 && refused.length > 0) throw refusal(refused);
    const events = given.map(completed);
    if (map === undefined) return { events: events.map(eventOf), refused };
    const mapped = mapAll(events, map);
    return { events: mapped.events, refused: [...refused, ...mapped.refused] };
  },
};

/** The paths of a mapping begin at the event: `data.disk`, `subject`. */
function mapAll(events: readonly CloudEvent[], map: Mapping): Mapped {
  const mapped = events.map((event) => mapJson(event, map));
  return { events: mapped.flatMap((one) => one.events), refused: mapped.flatMap((one) => one.refused) };
}
