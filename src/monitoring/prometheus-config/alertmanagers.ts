/** The Alertmanagers of `alerting` of each prometheus.yml: found as targets are, and told of alerts as Prometheus tells them. */
import { dirname, resolve } from 'node:path';
import type { ResourceSet } from '../../catalog/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Environment } from '../probe/credentials.ts';
import {
  compileRelabel,
  createFetcher,
  createPoster,
  createTargetDiscovery,
  relabelStep,
  selectTargets,
  type Scrape,
  type Target,
} from '../scrape/index.ts';
import type { Labels } from '../series.ts';
import { toStep, type PrometheusConfigSpec } from './config-spec.ts';
import { expandExternalLabels } from './external-labels.ts';
import { scrapeOfAlertmanager } from './scrape-of-job.ts';

/** One Alertmanager that was found. */
export interface FoundAlertmanager {
  /** Where alerts are posted. */
  readonly url: string;
  /** What tells it from one of the same address that another entry names. */
  readonly key: string;
  /** The labels that it is told of an alert; undefined where relabelling drops the alert. */
  labelsFor(labels: Labels): Labels | undefined;
  /** Rejects with an Error in words for a person. */
  post(alerts: readonly object[], headers: Readonly<Record<string, string>>): Promise<void>;
}

export interface Alertmanagers {
  /** The documents in force from now on. `root` is the folder that their files are named from. */
  update(set: ResourceSet, root: string): void;
  list(): readonly FoundAlertmanager[];
  /** Addresses that relabelling leaves out. */
  dropped(): readonly string[];
  stop(): Promise<void>;
}

interface AlertmanagersOptions {
  readonly clock: Clock;
  readonly kind: string;
  readonly onError: (place: string, error: unknown) => void;
  readonly environment?: Environment;
}

type Relabelling = FoundAlertmanager['labelsFor'];

export function createAlertmanagers({ clock, kind, onError, environment = process.env }: AlertmanagersOptions): Alertmanagers {
  const fetcher = createFetcher({ environment });
  const poster = createPoster(environment);
  let entries: readonly Scrape[] = [];
  let relabelling: ReadonlyMap<string, Relabelling> = new Map();
  let selected = selectTargets([]);
  const select = (): void => void (selected = selectTargets(entries, discovery.groupsOf));
  const discovery = createTargetDiscovery(fetcher, { clock, onChange: select, onError });

  const found = (target: Target): FoundAlertmanager => ({
    url: target.url.href,
    key: `${target.scrape} ${target.url.href}`,
    labelsFor: (labels) => relabelling.get(target.scrape)?.(labels),
    post: (alerts, headers) => poster.post(target, JSON.stringify(alerts), headers),
  });

  return {
    update(set, root) {
      const all = set.list<PrometheusConfigSpec>(kind).flatMap(({ name, spec, file }) => {
        const folder = resolve(root, dirname(file ?? '.'));
        return entriesOf(name, spec, folder, environment);
      });
      entries = all.map(({ scrape }) => scrape);
      relabelling = new Map(all.map(({ scrape, labelsFor }) => [scrape.name, labelsFor]));
      discovery.update(entries);
      select();
    },
    list: () => selected.targets.map(found),
    dropped: () =>
      selected.dropped.map(
        ({ discovered: { __scheme__: scheme, __address__: address, __metrics_path__: path } }) => `${scheme}://${address}${path}`,
      ),
    async stop() {
      await discovery.stop();
      fetcher.close();
      poster.close();
    },
  };
}

/** As in Prometheus: the external labels that an alert doesn't have, then the steps for all Alertmanagers, then those of the entry. */
function entriesOf(name: string, { alerting, global }: PrometheusConfigSpec, folder: string, environment: Environment) {
  const external = expandExternalLabels(global?.external_labels ?? {}, environment);
  return (alerting?.alertmanagers ?? []).flatMap((given, i): { scrape: Scrape; labelsFor: Relabelling }[] => {
    try {
      const spec = scrapeOfAlertmanager(given, folder);
      const steps = [...(alerting?.alert_relabel_configs ?? []), ...(given.alert_relabel_configs ?? [])];
      const relabel = compileRelabel(steps.map((step) => relabelStep.parse(toStep(step))));
      const labelsFor: Relabelling = (labels) => relabel({ ...external, ...withValue(labels) });
      return [{ scrape: { name: `${name} alertmanagers ${i + 1}`, spec, literal: true }, labelsFor }];
    } catch {
      // A document in force was checked: only one that a newer nines finds wrong comes here, and it said so.
      return [];
    }
  });
}

/** A label without a value is one that isn't there. */
const withValue = (labels: Labels): Labels => Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
