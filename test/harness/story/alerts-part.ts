/** For stories: alerts that are written down as rules' are, and what holds them back. */
import type { StoryPart, World } from './world.ts';
import { type AlertState, type AlertTransition, groupKeyOf } from '../../../src/alerting/alerts/alert.ts';
import { createAlertStore } from '../../../src/alerting/alerts/alert-store.ts';
import { AlertWriter } from '../../../src/alerting/alerts/alert-writer.ts';
import type { Severity } from '../../../src/alerting/contract.ts';
import { createMuting, inhibitionKind, maintenanceKind, type Muting } from '../../../src/alerting/muting/index.ts';

interface Part {
  readonly muting: Muting;
  readonly writer: AlertWriter;
  start(): Promise<void>;
}

export const alertsPart: StoryPart = {
  kinds: [inhibitionKind, maintenanceKind],
  boot(process) {
    const { sql, oncall, ledger } = process;
    const onCall = (service: string | null): string[] => oncall.responders(service);
    const muting = createMuting({ ...process, sink: oncall.alertSink, onCall, url: 'https://nines.example.org' });
    const writer = new AlertWriter({ sql, ledger, store: createAlertStore(sql), sink: oncall.alertSink, sieve: muting.sieve });
    return { muting, writer, start: () => muting.start() } as Part;
  },
};

export const partOf = (world: World): Part => world.process.part as Part;

export const alertOf = (world: World, name: string, service: string | null, severity: Severity): AlertState => ({
  fingerprint: `${name}-${service}`,
  ruleKey: `rules/${name}`,
  rule: name,
  group: 'rules',
  severity,
  service,
  groupKey: groupKeyOf(service, severity, 'rules'),
  expr: 'job:errors:ratio > 0.01',
  labels: { alertname: name, severity, ...(service !== null && { service }) },
  annotations: { summary: `Look at ${service}: ${name}`, odd: 'NUL \u0000 and half a \ud83d' },
  value: 0.042,
  state: 'firing',
  activeAt: world.clock.now(),
  firedAt: world.clock.now(),
  resolvedAt: null,
  keepFiringSince: null,
});

const firing = new WeakMap<World, Map<string, AlertState>>();

/** Those that fire. */
export const firingAlerts = (world: World): AlertState[] => [...(firing.get(world)?.values() ?? [])];

export async function changeAlerts(world: World, to: 'firing' | 'resolved', alerts: readonly AlertState[]): Promise<void> {
  const over = { state: 'resolved', resolvedAt: world.clock.now() } as const;
  const changed = alerts.map((alert) => (to === 'firing' ? alert : { ...alert, ...over }));
  const known = firing.get(world) ?? new Map<string, AlertState>();
  firing.set(world, known);
  for (const alert of changed) {
    if (to === 'firing') known.set(alert.fingerprint, alert);
    else known.delete(alert.fingerprint);
  }
  const transitions = changed.map((alert): AlertTransition => ({ to, alert, groupKey: alert.groupKey }));
  await partOf(world).writer.commit(transitions, world.clock.now());
  await world.settle();
}
