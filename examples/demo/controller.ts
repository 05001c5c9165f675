import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { BREAKS, type Break, type World } from './world.ts';

export interface Controller {
  readonly port: number;
  close(): void;
}

/** What `nines demo break …` and `nines demo heal` talk to, on loopback: `POST /break/<what>`, `POST /heal`. */
export async function startController(world: Pick<World, 'break' | 'heal'>, port: number): Promise<Controller> {
  let before: Promise<unknown> = Promise.resolve();
  /** One thing at a time: a roll back that meets a deploy half way would leave both. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const next = before.then(action);
    before = next.catch(() => undefined);
    return next;
  };
  const answer = async (request: http.IncomingMessage): Promise<[number, object]> => {
    // A web page must not break things by a request that a browser sends for it.
    if (request.headers.origin !== undefined) return [403, { error: 'Not from a web page.' }];
    if (request.method !== 'POST') return [405, { error: 'POST /break/<what> or POST /heal.' }];
    if (request.url === '/heal') return [200, { tells: await inTurn(() => world.heal()) }];
    const what = BREAKS.find((one) => request.url === `/break/${one}`);
    if (what === undefined) return [404, { error: `There is: ${BREAKS.join(', ')}.` }];
    return [200, { broken: what satisfies Break, tells: await inTurn(() => world.break(what)) }];
  };
  const server = http.createServer((request, response) => {
    void answer(request)
      .catch((error: unknown): [number, object] => [500, { error: error instanceof Error ? error.message : String(error) }])
      .then(([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}
