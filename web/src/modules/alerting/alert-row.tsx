import { useState, type ReactNode } from 'react';
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

export function alertWord({ state, severity }: Pick<Alert, 'state' | 'severity'>): string {
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
  const { rule, state, service, annotations, value, activeAt, resolvedAt, mutedBy, fingerprint, expr } = alert;
  return (
    <li className="list-block">
      <div className="row row-apart">
        <Link className="list-title strong" to={`/alerts/${fingerprint}`}>
          {annotations['summary'] ?? rule}
        </Link>
        <Tag tone={alertTone(alert)}>{alertWord(alert)}</Tag>
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
        {state === 'resolved' && resolvedAt !== null ? 'resolved ' : 'since '}
        <Ago time={state === 'resolved' && resolvedAt !== null ? resolvedAt : activeAt} />
      </div>
      <div className="small dim mono">{told(alert)}</div>
      {mutedBy !== null && <div className="small">Nobody is called: held back by {mutedBy.why}.</div>}
      <Others alerts={others} />
      <div className="row">
        {state !== 'resolved' && mutedBy?.by !== 'silence' && (
          <Link className="button button-plain button-flush" to={silencePath(alert)}>
            Silence<span className="sr-only"> {rule}</span>
          </Link>
        )}
        {expr !== '' && (
          <Link className="button button-plain button-flush" to={alertGraph(alert)}>
            Graph<span className="sr-only"> of {rule}</span>
          </Link>
        )}
      </div>
    </li>
  );
}

/** So many are named at once; a rule that fires for forty machines is still one matter. */
const NAMED = 3;

function Others({ alerts }: { alerts: readonly Alert[] }): ReactNode {
  const [all, showAll] = useState(false);
  if (alerts.length === 0) return null;
  return (
    <div className="small">
      And for
      <ul>
        {alerts.slice(0, all ? undefined : NAMED).map((one) => (
          <li key={one.fingerprint} className="mono">
            <Link to={`/alerts/${one.fingerprint}`}>{told(one)}</Link>
          </li>
        ))}
      </ul>
      {alerts.length > NAMED && !all && (
        <button type="button" className="button button-plain button-flush" onClick={() => showAll(true)}>
          {alerts.length - NAMED} more
        </button>
      )}
    </div>
  );
}
