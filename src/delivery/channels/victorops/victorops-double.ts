import { z } from 'zod';
import { type DoubleReply, jsonIn, type ProviderDouble, startDouble } from '../provider-double.ts';

/** https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/: fields of one's own may stand beside. */
const alert = z
  .object({
    message_type: z.enum(['CRITICAL', 'WARNING', 'ACKNOWLEDGEMENT', 'INFO', 'RECOVERY']),
    entity_id: z.string().min(1).max(512),
    entity_display_name: z.string().max(1_024).optional(),
    state_message: z.string().max(20_480).optional(),
    state_start_time: z.int().optional(),
    timestamp: z.int().optional(),
    monitoring_tool: z.string().optional(),
  })
  .catchall(z.union([z.string(), z.number(), z.boolean()]));

const no = (status: number, message: string): DoubleReply => ({ status, body: { result: 'failure', message } });

/** A strict double of VictorOps' REST endpoint, with one key and one routing key. */
export const startVictorOpsDouble = (): Promise<ProviderDouble> =>
  startDouble(
    () => ({ address: 'payments', stranger: 'a/b' }),
    (request, double) => {
      if (double.next === 'too many') return { ...no(429, 'Rate limited'), headers: { 'retry-after': '6' } };
      if (double.next === 'broken') return no(503, 'Service unavailable');
      const [, key, route] = /^\/([^/]+)\/([^/]+)$/.exec(request.path) ?? [];
      if (request.method !== 'POST' || key !== 'right') return no(401, 'the key is not known');
      if (!/^[\w.~-]+$/.test(route ?? '')) return no(400, 'the routing key is none');
      const parsed = alert.safeParse(jsonIn(request));
      if (!parsed.success) return no(400, parsed.error.message);
      const { entity_id: entity, entity_display_name: name = '', state_message: state = '', message_type: type } = parsed.data;
      const links = [...new Set(state.match(/https?:\/\/\S+/g))];
      double.shown.push({ to: route!, text: type === 'RECOVERY' ? `resolve ${name}` : `${name}\n${state}`, links, key: entity });
      return { status: 200, body: { result: 'success', entity_id: entity } };
    },
  );
