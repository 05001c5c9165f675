import { Readable } from 'node:stream';
import { reply, route, type Route } from '../../platform/http/index.ts';
import { LimitError } from '../../platform/problem.ts';
import type { ComponentHealth, Health } from '../../platform/health.ts';
import { get, ok } from './api-route.ts';

const MOST_LISTENERS = 100;

const notification = ({ component, state, problem, since }: ComponentHealth) => ({
  text: `${component} is ${state}: ${problem}`,
  date: new Date(since).toISOString(),
  active: state !== 'ok',
});

/** What is wrong with nines itself, as Prometheus notifies its users: all of it, or as it comes. */
export function notificationRoutes(health: Health): Route[] {
  const listeners = new Set<Readable>();
  health.onChange((component, before) => {
    // Of what gets well, who listens is told with the words of what was wrong.
    const told =
      component.state === 'ok' ? before && before.state !== 'ok' && { ...notification(before), active: false } : notification(component);
    if (told) for (const listener of listeners) listener.push(`data: ${JSON.stringify(told)}\n\n`);
  });
  const active = () =>
    health
      .list()
      .filter(({ state }) => state !== 'ok')
      .map(notification);
  return [
    get('/api/v1/notifications', 'What is wrong with nines itself', () => ok(active())),
    route({
      method: 'GET',
      path: '/api/v1/notifications/live',
      access: 'viewer',
      summary: 'What is wrong with nines itself, as server-sent events',
      handler({ signal }) {
        if (listeners.size >= MOST_LISTENERS) {
          throw new LimitError(429, 'Too many listen to notifications.', {
            limit: MOST_LISTENERS,
            setting: 'fewer listeners',
            retryAfter: 60,
          });
        }
        const stream = new Readable({ read: () => undefined });
        listeners.add(stream);
        const end = (): void => {
          listeners.delete(stream);
          stream.push(null);
        };
        stream.on('close', () => listeners.delete(stream));
        signal.addEventListener('abort', end, { once: true });
        for (const one of active()) stream.push(`data: ${JSON.stringify(one)}\n\n`);
        return reply(200, stream, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      },
    }),
  ];
}
