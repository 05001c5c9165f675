import type { ReactNode } from 'react';
import type { Alert } from '../../../../src/alerting/contract.ts';
import { number, toMs } from '../../ui/format.ts';
import { Tag, type Tone } from '../../ui/glyph.tsx';
import { Ago } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';

const HOUR = 3_600_000;

/** The graph of what the alert is about, in absolute time: an hour before it began, half an hour after it ended. */
export function alertGraph({ expr, activeAt, resolvedAt }: Alert): string {
  const from = new Date(toMs(activeAt) - HOUR).toISOString();
  const parameters = new URLSearchParams({ expr, from });
  if (resolvedAt !== null) parameters.set('to', new Date(toMs(resolvedAt) + HOUR / 2).toISOString());
  return `/graph?${parameters.toString()}`;
}

export function alertTone({ state, severity }: Pick<Alert, 'state' | 'severity'>): Tone {
  if (state === 'resolved') return 'ok';
  if (state === 'pending') return 'none';
  return severity === 'critical' ? 'bad' : 'warn';
}

const WORDS = { critical: 'Critical', today: 'Today', eventually: 'Eventually' } as const satisfies Record<Alert['severity'], string>;

function word({ state, severity }: Alert): string {
  if (state === 'pending') return 'Pending';
  if (state === 'resolved') return 'Resolved';
  return WORDS[severity];
}

/** Alerts of one rule and service are one matter: they differ in a label or two. The first of each group is the oldest. */
export function groupAlerts(alerts: readonly Alert[]): Alert[][] {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const key = [alert.rule, alert.service, alert.state, alert.severity].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), alert]);
  }
  return [...groups.values()].map((group) => group.sort((a, b) => a.activeAt.localeCompare(b.activeAt)));
}

const HIDDEN = new Set(['alertname', 'service', 'severity', '__name__']);
const told = ({ labels }: Alert): string =>
  Object.entries(labels)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, text]) => `${name}=${text}`)
    .join('  ');

/** The form, filled in with the alert and its service. */
function silencePath({ rule, service }: Alert): string {
  const matchers = [`alertname=${rule}`, ...(service === null ? [] : [`service=${service}`])];
  return `/silences?${new URLSearchParams(matchers.map((one) => ['m', one])).toString()}`;
}

/** The first of a group in full, the others by their labels. */
export function AlertRow({ alerts }: { alerts: readonly Alert[] }): ReactNode {
  const [alert] = alerts;
  return alert === undefined ? null : <Row alert={alert} others={alerts.slice(1)} />;
}

function Row({ alert, others }: { alert: Alert; others: readonly Alert[] }): ReactNode {
  const { rule, state, service, annotations, value, activeAt, resolvedAt, mutedBy } = alert;
  return (
    <li>
      <div className="list-row">
        <div className="list-body">
          <div className="row">
            <Tag tone={alertTone(alert)}>{word(alert)}</Tag>
            <Link className="list-title strong" to={alertGraph(alert)}>
              {annotations['summary'] ?? rule}
            </Link>
          </div>
          {annotations['description'] !== undefined && <div className="small">{annotations['description']}</div>}
          <div className="small dim">
            {annotations['summary'] !== undefined && `${rule} · `}
            {service !== null && (
              <>
                <Link to={`/services/${service}`}>{service}</Link> ·{' '}
              </>
            )}
            {value !== null && <>value {number(value)} · </>}
            {state === 'resolved' && resolvedAt !== null ? (
              <>
                resolved <Ago time={resolvedAt} />
              </>
            ) : (
              <>
                since <Ago time={activeAt} />
              </>
            )}
          </div>
          {mutedBy !== null && <div className="small">Nobody is called: held back by {mutedBy.why}.</div>}
          {[alert, ...others].map((one) => (
            <div key={one.fingerprint} className="small dim mono">
              {told(one)} <Link to={`/alerts/${one.fingerprint}`}>history</Link>
            </div>
          ))}
        </div>
        {state !== 'resolved' && mutedBy?.by !== 'silence' && (
          <Link className="button button-plain" to={silencePath(alert)}>
            Silence<span className="sr-only"> {rule}</span>
          </Link>
        )}
      </div>
    </li>
  );
}
