/** What `.` is in a template of a receiver: Alertmanager's template.Data, with the methods of its types. */
import { Data, Listing, MethodMap, Time, type Value } from '../template/index.ts';
import type { NotificationData, NotifiedAlert } from './notification-data.ts';

type Labels = Readonly<Record<string, string>>;
type Pair = readonly [name: string, value: string];

export function templateData({ receiver, status, alerts, groupLabels, commonLabels, commonAnnotations, externalURL }: NotificationData): Data {
  return new Data(
    new Map<string, Value>([
      ['Receiver', receiver],
      ['Status', status],
      ['Alerts', alertsOf(alerts.map((alert) => [alert, alertOf(alert)] as const))],
      ['GroupLabels', keysAndValues(groupLabels)],
      ['CommonLabels', keysAndValues(commonLabels)],
      ['CommonAnnotations', keysAndValues(commonAnnotations)],
      ['ExternalURL', externalURL],
    ]),
    '*template.Data',
  );
} // prettier-ignore

const alertOf = ({ status, labels, annotations, startsAt, endsAt, generatorURL, fingerprint }: NotifiedAlert): Data =>
  new Data(
    new Map<string, Value>([
      ['Status', status],
      ['Labels', keysAndValues(labels)],
      ['Annotations', keysAndValues(annotations)],
      ['StartsAt', new Time(Date.parse(startsAt))],
      ['EndsAt', new Time(Date.parse(endsAt))],
      ['GeneratorURL', generatorURL],
      ['Fingerprint', fingerprint],
    ]),
    'template.Alert',
  );

function alertsOf(all: readonly (readonly [NotifiedAlert, Data])[]): Listing {
  const those = (status: NotifiedAlert['status']) => (): Listing => alertsOf(all.filter(([alert]) => alert.status === status));
  const values = all.map(([, value]) => value);
  return new Listing(values, 'template.Alerts', { Firing: those('firing'), Resolved: those('resolved') });
}

/** `alertname` comes first, then the others by name. */
function sortedPairs(labels: Labels): Pair[] {
  const { alertname, ...others } = labels;
  const rest = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
  return alertname === undefined ? rest : [['alertname', alertname], ...rest];
}

function keysAndValues(labels: Labels): MethodMap {
  return new MethodMap(labels, {
    SortedPairs: () => pairsOf(sortedPairs(labels)),
    Names: () => sortedPairs(labels).map(([name]) => name),
    Values: () => sortedPairs(labels).map(([, value]) => value),
    Remove: (names) => {
      const gone = new Set(Array.isArray(names) ? (names as readonly Value[]) : []);
      return keysAndValues(Object.fromEntries(Object.entries(labels).filter(([name]) => !gone.has(name))));
    },
  });
}

const pairsOf = (pairs: readonly Pair[]): Listing =>
  new Listing(
    pairs.map(([name, value]) => new Data(new Map([['Name', name], ['Value', value]]), 'template.Pair')), // prettier-ignore
    'template.Pairs',
    { Names: () => pairs.map(([name]) => name), Values: () => pairs.map(([, value]) => value) },
  );
