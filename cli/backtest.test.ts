/** `nines backtest` against the routes of alerting, with the real query engine over recorded samples. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLI_NOW, runCli } from '../test/harness/test-cli.ts';
import { VirtualClock } from '../test/harness/virtual-clock.ts';
import { createAlertQuality } from '../src/alerting/index.ts';
import { catalogKinds, checkDocuments } from '../src/catalog/index.ts';
import { createQueryEngine, MemorySource } from '../src/monitoring/index.ts';
import { createHttpServer } from '../src/platform/http/index.ts';
import { silentLog } from '../src/platform/log.ts';
import { createRegistry } from '../src/platform/metrics.ts';

const DAY = 86_400_000;
const clock = new VirtualClock(CLI_NOW);
let server: Awaited<ReturnType<typeof createHttpServer>>;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-backtest-'));
  const source = new MemorySource();
  const times = Array.from({ length: 2 * 1440 }, (_, i) => CLI_NOW - 2 * DAY + i * 60_000);
  // Ten minutes of trouble two hours before the end, one minute of it a day before.
  const bad = (at: number): boolean => (CLI_NOW - at <= 7_200_000 && CLI_NOW - at > 6_600_000) || Math.abs(CLI_NOW - DAY - at) < 30_000;
  source.add({ __name__: 'errors', job: 'shop' }, times, times.map((at) => (bad(at) ? 0.2 : 0.01))); // prettier-ignore
  const { set } = checkDocuments([], { kinds: catalogKinds, foreignKinds: [] }, 0);
  const { routes } = createAlertQuality({
    // The weekly review, which needs these, is not told of here.
    sql: {} as never,
    jobs: { handle: () => undefined } as never,
    ledger: {} as never,
    delivery: {} as never,
    log: silentLog,
    url: 'http://localhost',
    reviews: false,
    clock,
    catalog: { current: () => set, onChange: () => undefined },
    alerting: { rules: () => [] },
    query: createQueryEngine({ source, clock }),
    rawRetentionMs: 15 * DAY,
    ports: {
      incidents: async () => [{ id: 'i1', number: 1, title: 'Checkout | fails', services: ['shop'], beganAt: CLI_NOW - 7_200_000, declaredAt: CLI_NOW - 6_900_000, endedAt: CLI_NOW - 6_000_000 }],
      pagesOfAlert: async () => [],
      whoIsCalled: async () => ({ who: () => [{ person: 'ana', title: 'Ana', night: true }], note: 'People are those of then.' }),
    },
  });
  const gate = { permits: () => true, identify: async () => ({ kind: 'anonymous', actor: 'anonymous', name: 'x', person: null, role: 'viewer' }) };
  server = await createHttpServer({ routes, gate: gate as never, clock, log: silentLog, metrics: createRegistry() });
  await server.listen({ host: '127.0.0.1', port: 0 });
  env = { NINES_URL: `http://127.0.0.1:${(server.server.address() as { port: number }).port}` };
}); // prettier-ignore
afterAll(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true });
});

const file = (expr: string): string => {
  const name = path.join(folder, `${expr.length}.yaml`);
  fs.writeFileSync(
    name,
    `groups:\n  - name: a\n    rules:\n      - { alert: Errors, expr: '${expr}', labels: { service: shop, severity: critical } }\n`,
  );
  return name;
};

test('an expression', async () => {
  const { code, out } = await runCli(['backtest', '--expr', 'errors > 0.05', '--days', '2', '--service', 'shop', '--severity', 'critical', '--no-color'], { env }); // prettier-ignore
  expect(code).toBe(0);
  expect(out).toContain('errors > 0.05  (threshold 0.05)');
  expect(out).toMatch(/fired +2/);
  expect(out).toMatch(/pages +2, 2 critical/);
  expect(out).toContain('Ana 2 (2 at night)');
  expect(out).toContain('#1 Checkout | fails: 5m before it was declared');
  expect(out).toMatch(/noise +1 without an incident/);
});

test('a file against another, as Markdown, and an incident that is no longer caught', async () => {
  const [now, before] = [file('errors > 0.5'), file('errors > 0.05')];
  const markdown = await runCli(['backtest', now, '--against', before, '--days', '2', '--markdown', '--strict'], { env });
  expect(markdown.code).toBe(1);
  expect(markdown.out).toMatchInlineSnapshot(`
    "### Backtest of Errors

    \`errors > 0.5\`, over 2026-02-27 12:00Z to 2026-03-01 12:00Z, evaluated every 1m.

    Before: \`errors > 0.05\`.

    | | before | after |
    |---|---|---|
    | Fired | 2× | **0×** |
    | Pages | 2 (2 critical) | **0** |
    | Time firing | 11m | **0s** |
    | People called | Ana 2× | **nobody** |
    | At night | 2× | **0×** |
    | Incidents caught | 1 of 1 | **0 of 1** |
    | Firings without an incident | 1 | **0** |

    | Incident | began | would have fired |
    |---|---|---|
    | #1 Checkout \\| fails | 2026-03-01 10:00Z | **missed** |

    > People are those of then.
    "
  `);
  const same = await runCli(['backtest', before, '--against', before, '--for', '5m', '--days', '2', '--strict', '--json'], { env });
  expect(same.code).toBe(0);
  expect(JSON.parse(same.out)).toMatchObject({ results: [{ after: { fired: 1, noise: 0, caught: [{ beforeDeclaredMs: 0 }] } }] });
});

test.each<[string[], number, string]>([
  [['backtest'], 2, 'There is nothing to try'],
  [['backtest', '--expr', 'up >'], 2, 'expr'],
  [['backtest', '--expr', 'up > 1', '--threshold', 'x'], 2, '--threshold must be a number'],
  [['backtest', '/nowhere.yaml'], 2, "can't be read"],
  [['backtest', '--alert', 'Nothing'], 2, "There is no alerting rule in force 'Nothing'"],
])('%j', async (argv, code, message) => {
  const ran = await runCli(argv, { env });
  expect(ran.code).toBe(code);
  expect(ran.err).toContain(message);
});

test('a metric that was never stored is no calm one', async () => {
  const { out } = await runCli(['backtest', '--expr', 'nothing > 1', '--days', '40'], { env });
  expect(out).toContain('nothing has no samples in these 40d: Tried looks at nothing there.');
  expect(out).toContain('are kept as rollups only');
});
