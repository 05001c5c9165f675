import type { Processes } from './processes.ts';

const PORTS = { balancer: 9910, instances: [9911, 9912, 9913], store: 9921, visits: 9922 } as const;
const SHORTENER = 'examples/shortener/main.js';

export const BREAKS = ['errors', 'latency', 'crash', 'dependency', 'deploy'] as const;
export type Break = (typeof BREAKS)[number];

const at = (port: number): string => `http://127.0.0.1:${port}`;

/** The shortener with all its parts, and what can be done to it. `nines` posts a change to the ledger. */
export function createWorld(processes: Processes, data: string, nines: { change(body: Record<string, unknown>): Promise<void> }) {
  let version = '1.0.0';

  const startInstance = (i: number): void =>
    processes.start(`instance-${i + 1}`, SHORTENER, [
      'instance',
      '--allow-faults',
      `--port=${PORTS.instances[i]}`,
      `--store=${at(PORTS.store)}`,
      `--visits=${at(PORTS.visits)}`,
      `--version=${version}`,
    ]);
  const startStore = (): void => processes.start('link-store', SHORTENER, ['link-store', '--port', String(PORTS.store), '--data', data]);
  const setFaults = (faults: object): Promise<unknown> =>
    Promise.allSettled(PORTS.instances.map((port) => fetch(`${at(port)}/-/faults`, { method: 'POST', body: JSON.stringify(faults) })));

  /** One instance after the other, as a pipeline does, so that somebody always answers. */
  const deploy = async (next: string, state: { kind: 'deploy' | 'rollback'; title: string }): Promise<void> => {
    version = next;
    await nines.change({ ...state, service: 'shortener', version, by: 'pipeline', url: 'https://example.org/pipelines/4711' });
    for (const i of PORTS.instances.keys()) {
      await processes.stop(`instance-${i + 1}`);
      startInstance(i);
    }
  };

  const doing: Record<Break, { do(): Promise<unknown>; tells: string }> = {
    errors: { do: () => setFaults({ errors: 0.4 }), tells: 'Two redirects in five fail now. In about half a minute the error rate pages.' },
    latency: {
      do: () => setFaults({ latencyMs: 1_500 }),
      tells: 'Every answer takes 1.5 seconds longer. In about half a minute the latency pages.',
    },
    crash: {
      do: () => processes.stop('instance-2', 'SIGKILL'),
      tells: 'Instance 2 is gone. Users notice nothing, thanks to the balancer; a page leaves in about 15 seconds.',
    },
    dependency: {
      do: () => processes.stop('link-store', 'SIGKILL'),
      tells: 'The link store is gone. Its check pages within five seconds; redirects fail.',
    },
    deploy: {
      do: () => deploy('1.1.0-bad', { kind: 'deploy', title: 'Deploy shortener 1.1.0: prettier codes' }),
      tells: 'A bad version is out: one redirect in three fails. The page shows the deploy under what changed.',
    },
  };

  return {
    async start(): Promise<void> {
      startStore();
      processes.start('visit-log', SHORTENER, ['visit-log', '--port', String(PORTS.visits), '--data', data]);
      for (const i of PORTS.instances.keys()) startInstance(i);
      await until(() => isHealthy(PORTS.instances[2]));
      processes.start('balancer', SHORTENER, [
        'balancer',
        '--port',
        String(PORTS.balancer),
        ...PORTS.instances.flatMap((port) => ['--backend', at(port)]),
      ]);
      await until(() => isHealthy(PORTS.balancer));
      processes.start('traffic', SHORTENER, ['traffic', '--target', at(PORTS.balancer)]);
    },
    async break(what: Break): Promise<string> {
      await doing[what].do();
      return doing[what].tells;
    },
    /** Whatever is broken is mended. */
    async heal(): Promise<string> {
      await setFaults({});
      if (!processes.isRunning('link-store')) startStore();
      for (const i of PORTS.instances.keys()) if (!processes.isRunning(`instance-${i + 1}`)) startInstance(i);
      if (version !== '1.0.0') await deploy('1.0.0', { kind: 'rollback', title: 'Roll shortener back to 1.0.0' });
      return 'Everything is mended. In about a minute the alerts resolve; then call the all-clear.';
    },
  };
}

export type World = ReturnType<typeof createWorld>;

const isHealthy = (port: number): Promise<boolean> =>
  fetch(`${at(port)}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Waits for a condition, 30 seconds at most. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('a part of the demo did not start within 30 seconds; its log is in demo-data/logs');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
