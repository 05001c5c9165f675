import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Shops extends AsyncDisposable {
  urlOf(name: string): string;
  break(name: string): void;
  mend(name: string): void;
  isBroken(name: string): boolean;
  /** `performance.now()` when the first failing answer since it broke had been sent whole: nobody can know earlier. */
  failedAt(name: string): number | undefined;
  /** How often it was asked since it was broken or mended last. */
  asked(name: string): number;
}

interface Shop {
  broken: boolean;
  failedAt: number | undefined;
  asked: number;
}

/** One small server that answers for many services, each of which can be broken. */
export async function startShops(): Promise<Shops> {
  const shops = new Map<string, Shop>();
  const shop = (name: string): Shop => {
    const known = shops.get(name) ?? { broken: false, failedAt: undefined, asked: 0 };
    shops.set(name, known);
    return known;
  };
  const server = http.createServer((request, response) => {
    const one = shop((request.url ?? '/').slice(1));
    one.asked += 1;
    response.statusCode = one.broken ? 503 : 200;
    if (one.broken) response.once('finish', () => (one.failedAt ??= performance.now()));
    response.end(one.broken ? 'closed' : 'open');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const set = (name: string, broken: boolean): void => void shops.set(name, { broken, failedAt: undefined, asked: 0 });
  return {
    urlOf: (name) => `http://127.0.0.1:${port}/${name}`,
    break: (name) => set(name, true),
    mend: (name) => set(name, false),
    isBroken: (name) => shop(name).broken,
    failedAt: (name) => shop(name).failedAt,
    asked: (name) => shop(name).asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
