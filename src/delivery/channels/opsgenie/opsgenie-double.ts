import { z } from 'zod';
import { type DoubleReply, type DoubleRequest, jsonIn, type ProviderDouble, startDouble } from '../provider-double.ts';

/** https://docs.opsgenie.com/docs/alert-api#create-alert */
const named = z.strictObject({ type: z.enum(['team', 'escalation', 'schedule']), name: z.string().min(1) });
const user = z.strictObject({ type: z.literal('user'), username: z.email() });
const alert = z.strictObject({
  message: z.string().min(1).max(130),
  alias: z.string().max(512).optional(),
  description: z.string().max(15_000).optional(),
  responders: z.array(z.union([named, user])).max(50).optional(),
  tags: z.array(z.string().max(50)).max(20).optional(),
  details: z.record(z.string(), z.string()).optional(),
  entity: z.string().max(512).optional(),
  source: z.string().max(100).optional(),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']).optional(),
}); // prettier-ignore
const close = z.strictObject({ user: z.string().max(100).optional(), source: z.string().max(100).optional(), note: z.string().max(25_000).optional() }); // prettier-ignore

const took = { took: 0.01, requestId: '43a29c5c-3dbf-4fa4-9c26-f4f71023e120' };
const no = (status: number, message: string, errors?: unknown): DoubleReply => ({ status, body: { message, ...(errors !== undefined && { errors }), ...took } }); // prettier-ignore

/** A strict double of Opsgenie's Alert API. */
export const startOpsgenieDouble = (): Promise<ProviderDouble> =>
  startDouble(
    () => ({ address: 'team:payments', stranger: 'user:not a mail address' }),
    (request, double) => {
      if (double.next === 'too many') return { ...no(429, 'You are making too many requests!'), headers: { 'retry-after': '4' } };
      if (double.next === 'broken') return no(503, 'Service unavailable');
      if (request.headers.authorization !== 'GenieKey right') return no(401, 'Could not authenticate');
      const updating = /^\/v2\/alerts\/([^/]+)\/(message|description)$/.exec(request.path);
      if (updating) return update(request, double, updating[1]!, updating[2] as 'message' | 'description');
      const closing = /^\/v2\/alerts\/([^/]+)\/close$/.exec(request.path);
      if (closing && request.query.get('identifierType') !== 'alias') return no(422, 'identifierType must be given');
      if (!closing && request.path !== '/v2/alerts') return no(404, 'No such resource');
      const parsed = (closing ? close : alert).safeParse(jsonIn(request));
      if (!parsed.success) return no(422, 'Request body is not processable. Please check the errors.', parsed.error.flatten().fieldErrors);
      const { message = 'closed', description = '', alias, details = {}, responders = [] } = parsed.data as Partial<z.output<typeof alert>>;
      const key = closing ? decodeURIComponent(closing[1]!) : (alias ?? '');
      const links = Object.values(details).filter((value) => value.startsWith('http'));
      double.shown.push({ to: JSON.stringify(responders), text: `${message}\n${description}`, links, key });
      return { status: 202, body: { result: 'Request will be processed', ...took } };
    },
  );

/** https://docs.opsgenie.com/docs/alert-api-continued#update-alert-message and #update-alert-description */
function update(request: DoubleRequest, double: ProviderDouble, alias: string, field: 'message' | 'description'): DoubleReply {
  if (request.method !== 'PUT') return no(405, 'Method not allowed');
  if (request.query.get('identifierType') !== 'alias') return no(422, 'identifierType must be given');
  const parsed = z
    .strictObject({ [field]: field === 'message' ? z.string().min(1).max(130) : z.string().max(15_000) })
    .safeParse(jsonIn(request));
  if (!parsed.success) return no(422, 'Request body is not processable. Please check the errors.', parsed.error.flatten().fieldErrors);
  double.shown.push({ to: field, text: String(parsed.data[field]), links: [], key: decodeURIComponent(alias) });
  return { status: 202, body: { result: 'Request will be processed', ...took } };
}
