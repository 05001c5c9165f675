import type { Ports } from './ports.ts';
import type { Processes } from './processes.ts';

const SHORTENER = 'examples/shortener/main.js';
/** The version that works: what it starts with. */
export const GOOD = '1.0.0';
/** Breaks one redirect in three. */
const BAD = { version: '1.1.0', errors: 0.34 };

export const BREAKS = ['errors', 'latency', 'crash', 'dependency', 'deploy'] as const;
export type Break = (typeof BREAKS)[number];

const at = (port: number): string => `http://127.0.0.1:${port}`;

/** The shortener with all its parts, and what can be done to it. `change` tells nines of a deploy. */
export function createWorld(
  processes: Processes,
  { ports, data, change }: { ports: Ports; data: string; change(body: object): Promise<void> },
) {
  let version = GOOD;
  const instances = ports.instances.map((port, i) => ({ port, name: `instance-${i + 1}` }));

  const startInstance = ({ name, port }: { name: string; port: number }): void =>
    processes.start(name, SHORTENER, [
      'instance',
      '--allow-faults',
      `--port=${port}`,
      `--store=${at(ports.store)}`,
      `--visits=${at(ports.visits)}`,
      `--version=${version}`,
      ...(version === BAD.version ? [`--errors=${BAD.errors}`] : []),
    ]);
  const startStore = (): void => processes.start('link-store', SHORTENER, ['link-store', `--port=${ports.store}`, `--data=${data}`]);
  const answers = (name: string, port: number): Promise<void> =>
    until(`${name} to answer on port ${port}`, () => isHealthy(port), () => processes.expectRunning(name)); // prettier-ignore
  const setFaults = (faults: object): Promise<unknown> =>
    Promise.allSettled(instances.map(({ port }) => fetch(`${at(port)}/-/faults`, { method: 'POST', body: JSON.stringify(faults) })));

  /** One instance after the other, as a pipeline does, so that somebody always answers. */
  const deploy = async (next: string, what: { kind: 'deploy' | 'rollback'; title: string; url: string }): Promise<void> => {
    version = next;
    await change({ ...what, service: 'shortener', version, by: 'pipeline' });
    for (const instance of instances) {
      await processes.stop(instance.name);
      startInstance(instance);
      await answers(instance.name, instance.port);
    }
  };

  const doing: Record<Break, { do(): Promise<unknown>; tells: string }> = {
    errors: { do: () => setFaults({ errors: 0.4 }), tells: 'Two redirects in five fail now. In about ten seconds the error rate pages.' },
    latency: {
      do: () => setFaults({ latencyMs: 1_500 }),
      tells: 'Every answer takes 1.5 seconds longer. In about ten seconds the latency pages.',
    },
    crash: {
      do: () => processes.stop('instance-2', 'SIGKILL'),
      tells: 'Instance 2 is gone. Users notice nothing, thanks to the balancer; a page leaves in about 15 seconds.',
    },
    dependency: {
      do: () => processes.stop('link-store', 'SIGKILL'),
      tells:
        'The link store is gone, so redirects fail. Its check pages within two seconds; the page of the shortener joins the same incident.',
    },
    deploy: {
      do: () =>
        deploy(BAD.version, {
          kind: 'deploy',
          title: `Deploy shortener ${BAD.version}: prettier codes`,
          url: 'https://example.org/pipelines/4711',
        }),
      tells: `Version ${BAD.version} is out, and one redirect in three fails. In about ten seconds it pages, with the deploy under 'What changed'.`,
    },
  };

  return {
    async start(): Promise<void> {
      startStore();
      processes.start('visit-log', SHORTENER, ['visit-log', `--port=${ports.visits}`, `--data=${data}`]);
      for (const instance of instances) startInstance(instance);
      for (const { name, port } of [...instances, { name: 'link-store', port: ports.store }, { name: 'visit-log', port: ports.visits }]) {
        await answers(name, port);
      }
      const backends = instances.flatMap(({ port }) => ['--backend', at(port)]);
      processes.start('balancer', SHORTENER, ['balancer', `--port=${ports.balancer}`, ...backends]);
      await answers('balancer', ports.balancer);
      processes.start('traffic', SHORTENER, ['traffic', `--target=${at(ports.balancer)}`]);
    },
    async break(what: Break): Promise<string> {
      await doing[what].do();
      return doing[what].tells;
    },
    /** Whatever is broken is mended. */
    async heal(): Promise<string> {
      if (version !== GOOD) {
        const url = 'https://example.org/pipelines/4712';
        await deploy(GOOD, { kind: 'rollback', title: `Roll shortener back to ${GOOD}`, url });
      }
      if (!processes.isRunning('link-store')) startStore();
      for (const instance of instances) if (!processes.isRunning(instance.name)) startInstance(instance);
      await Promise.all(instances.map(({ name, port }) => answers(name, port)));
      await setFaults({});
      return 'Everything is mended. Within a minute or so the alerts resolve; then call the all-clear.';
    },
  };
}

export type World = ReturnType<typeof createWorld>;

const isHealthy = (port: number): Promise<boolean> =>
  fetch(`${at(port)}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

const PATIENCE_S = 60;

/** Waits for a condition, a minute at most; `check` throws where waiting is in vain. */
export async function until(what: string, condition: () => Promise<boolean>, check: () => void): Promise<void> {
  const deadline = performance.now() + PATIENCE_S * 1000;
  while (!(await condition())) {
    check();
    if (performance.now() > deadline) throw new Error(`Waited ${PATIENCE_S} seconds for ${what}; the logs are in the folder 'logs' of the demo's data.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
} // prettier-ignore
