/**
 * The URL shortener's programs, one a process:
 *
 *   node dist/examples/shortener/main.js link-store --port 9921 --data DIR
 *   node dist/examples/shortener/main.js visit-log  --port 9922 --data DIR
 *   node dist/examples/shortener/main.js instance   --port 9911 --store URL --visits URL [--version 1.0.0] [--allow-faults] [--errors 0.34]
 *   node dist/examples/shortener/main.js balancer   --port 9910 --backend URL --backend URL …
 *   node dist/examples/shortener/main.js traffic    --target URL
 */
import { parseArgs } from 'node:util';
import { startBalancer } from './balancer.ts';
import { NO_FAULTS } from './faults.ts';
import { startLinkStore } from './link-store.ts';
import { startShortener } from './shortener.ts';
import { startTraffic } from './traffic.ts';
import { startVisitLog } from './visit-log.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '0' },
    data: { type: 'string', default: './shortener-data' },
    store: { type: 'string', default: 'http://127.0.0.1:9921' },
    visits: { type: 'string', default: 'http://127.0.0.1:9922' },
    version: { type: 'string', default: '1.0.0' },
    target: { type: 'string', default: 'http://127.0.0.1:9910' },
    backend: { type: 'string', multiple: true, default: [] },
    'allow-faults': { type: 'boolean', default: false },
    errors: { type: 'string', default: '0' },
  },
});

const port = Number(values.port);
const programs: Record<string, () => Promise<{ port?: number; close?(): Promise<void>; stop?(): void }>> = {
  'link-store': () => startLinkStore({ port, directory: values.data }),
  'visit-log': () => startVisitLog({ port, directory: values.data }),
  instance: () =>
    startShortener({
      port,
      store: values.store,
      visits: values.visits,
      version: values.version,
      allowFaults: values['allow-faults'],
      faults: { ...NO_FAULTS, errors: Number(values.errors) },
    }),
  balancer: () => startBalancer({ port, backends: values.backend }),
  traffic: async () => startTraffic(values.target),
};

const name = positionals[0] ?? '';
const program = programs[name];
if (!program) {
  console.error(`There is no program '${name}'. There are: ${Object.keys(programs).join(', ')}.`);
  process.exit(2);
}
const running = await program();
console.log(JSON.stringify({ program: name, port: running.port ?? null }));
const end = (): void => {
  running.stop?.();
  void Promise.resolve(running.close?.()).then(() => process.exit(0));
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
