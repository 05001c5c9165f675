import { z } from 'zod';
import { created, type Principal, type Route, route } from '../../../platform/http/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import { badRequest, conflict, notFound } from '../../../platform/problem.ts';
import type { Sql } from '../../../platform/sql/index.ts';
import { pushAnswer, pushDevice, pushReceipt, pushSubscription } from '../../contract.ts';
import { markProgress } from '../../deliveries/index.ts';
import type { PushSettings } from './push-channel.ts';
import { isPushService } from './push-services.ts';
import { addSubscription, deliveryOf, removeSubscription, type Subscription, subscriptionsOf, vapidKeys } from './push-store.ts';

interface Deps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly push: PushSettings;
}

/** Which browsers and phones notify a person, and what these say of a notification. */
export function pushRoutes({ sql, clock, push }: Deps): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/devices',
      access: 'viewer',
      summary: 'The browsers and phones that notify me, and the key to subscribe another with',
      response: pushAnswer,
      async handler({ principal }) {
        const devices = principal.person === null ? [] : await subscriptionsOf(sql, principal.person);
        return { person: principal.person, publicKey: (await vapidKeys(sql)).publicKey, devices: devices.map(toDevice) };
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/devices',
      access: 'viewer',
      summary: 'Have this browser or phone notify me',
      body: pushSubscription,
      response: pushDevice,
      async handler({ body, principal }) {
        const person = personOf(principal);
        if (!isPushService(body.endpoint, push.services)) {
          throw badRequest(`${new URL(body.endpoint).origin} is not a push service that nines knows: name it in push.services in nines.yaml.`);
        }
        const { endpoint, keys, label } = body;
        const added = await sql.transaction((tx) => addSubscription(tx, { person, endpoint, ...keys, label }, clock.now()));
        return created(`/nines/v1/devices/${added.id}`, toDevice(added));
      },
    }),
    route({
      method: 'DELETE',
      path: '/nines/v1/devices/:id',
      access: 'viewer',
      summary: 'Have one of my browsers or phones notify me no more',
      params: z.object({ id: z.string().max(40) }),
      async handler({ params, principal }) {
        if (!(await removeSubscription(sql, personOf(principal), params.id))) throw notFound('device', params.id);
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/devices/receipts/:token',
      access: 'public',
      summary: 'A device says that it has a notification, or that it was opened',
      params: z.object({ token: z.string().max(100) }),
      body: pushReceipt,
      bodyLimit: 1_024,
      async handler({ params, body }) {
        const delivery = deliveryOf(await vapidKeys(sql), params.token);
        if (delivery === undefined) throw notFound('notification', params.token.split('.')[0]!);
        const now = clock.now();
        await markProgress(sql, delivery, { delivered_at: now });
        if (body.state === 'seen') await markProgress(sql, delivery, { seen_at: now });
      },
    }),
  ];
} // prettier-ignore

function personOf({ person, name }: Principal): string {
  if (person !== null) return person;
  throw conflict(`The account ${name} stands for no Person: give a Person document its e-mail address.`);
}

const toDevice = ({ id, label, created_at, used_at }: Subscription) => ({
  id,
  label,
  createdAt: new Date(created_at).toISOString(),
  usedAt: used_at === null ? null : new Date(used_at).toISOString(),
});
