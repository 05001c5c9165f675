import type { Health, HealthState } from '../platform/health.ts';
import { healthAnswer, type HealthAnswer } from '../platform/contract.ts';
import { reply, route, type Route } from '../platform/http/index.ts';
import { problemsPage } from './problems-page.ts';
import { openApi } from './open-api.ts';
import { VERSION } from '../platform/package-root.ts';

interface AppRoutesDeps {
  readonly health: Health;
  readonly state: { readonly ready: boolean };
  /** All other routes, for the API's description. */
  readonly routes: readonly Route[];
}

const worst = (states: readonly HealthState[]): HealthState =>
  states.includes('down') ? 'down' : states.includes('degraded') ? 'degraded' : 'ok';

/** How nines itself is, and what its API is. */
export function appRoutes({ health, state, routes }: AppRoutesDeps): Route[] {
  const own: Route[] = [
    route({
      method: 'GET',
      path: '/nines/v1/health',
      access: 'viewer',
      summary: 'How nines itself is, part by part',
      response: healthAnswer,
      handler: (): HealthAnswer => {
        const components = health.list().map(({ since, ...rest }) => ({ ...rest, since: new Date(since).toISOString() }));
        return { state: worst(components.map((component) => component.state)), version: VERSION, components };
      },
    }),
    route({
      method: 'GET',
      path: '/-/healthy',
      head: true,
      access: 'public',
      summary: 'The process is alive',
      handler: () => reply(200, 'nines is alive.\n', { 'content-type': 'text/plain; charset=utf-8' }),
    }),
    route({
      method: 'GET',
      path: '/-/ready',
      head: true,
      access: 'public',
      summary: 'The process takes requests',
      handler: () =>
        reply(state.ready ? 200 : 503, state.ready ? 'nines is ready.\n' : 'nines is starting or stopping.\n', {
          'content-type': 'text/plain; charset=utf-8',
        }),
    }),
  ];
  own.push(problemsPage());
  const description = route({
    method: 'GET',
    path: '/nines/v1/openapi.json',
    access: 'viewer',
    summary: 'This API as an OpenAPI 3.1 document',
    handler: () => openApi([...routes, ...own]),
  });
  return [...own, description];
}
