import type { ReactNode } from 'react';
import type { ProbeStateJson } from '../../../../src/monitoring/contract.ts';
import { duration, number } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, At } from '../../ui/part.tsx';

type Hop = ProbeStateJson['hops'][number];

const PHASES: readonly (readonly [phase: string, label: string])[] = [
  ['resolve', 'name lookup'],
  ['connect', 'connect'],
  ['tls', 'TLS'],
  ['processing', 'first byte'],
  ['transfer', 'transfer'],
];

/** A probe's latest result: whether, why not, and where the time went, redirect by redirect. */
export function ProbeResult({ result }: { result: ProbeStateJson }): ReactNode {
  const { name, url, at, success, reason, durationMs, status, since, hops } = result;
  return (
    <article className="stack stack-tight probe">
      <div className="row">
        <h3>{name}</h3>
        {success === null ? <Tag tone="none">not yet run</Tag> : <Tag tone={success ? 'ok' : 'bad'}>{success ? 'answers' : 'fails'}</Tag>}
        <span className="small dim">
          {status !== null && `status ${status} · `}
          {durationMs !== null && `${duration(durationMs)} · `}
          {at !== null && <Ago time={at} />}
        </span>
      </div>
      {reason !== null && (
        <p className="strong tone-bad">
          {reason}
          {since !== null && (
            <span className="small">
              {' '}
              (since <At time={since} />)
            </span>
          )}
        </p>
      )}
      <p className="small dim mono">{url}</p>
      {hops.map((hop, index) => (
        <HopPhases key={index} hop={hop} redirect={index > 0} longest={Math.max(...hops.map(total))} />
      ))}
    </article>
  );
}

const total = ({ phases }: Hop): number => PHASES.reduce((sum, [phase]) => sum + (phases[phase] ?? 0), 0) || 1;

function HopPhases({ hop, redirect, longest }: { hop: Hop; redirect: boolean; longest: number }): ReactNode {
  const timed = PHASES.filter(([phase]) => typeof hop.phases[phase] === 'number');
  return (
    <div>
      {redirect && <p className="small dim">redirected to {hop.url}</p>}
      <div className="phases" aria-hidden="true">
        {timed.map(([phase]) => (
          <span key={phase} className={`phase phase-${phase}`} style={{ width: `${((hop.phases[phase] ?? 0) / longest) * 100}%` }} />
        ))}
      </div>
      <ul className="row small">
        {timed.map(([phase, label]) => (
          <li key={phase} className="nowrap">
            <span className={`phase-dot phase-${phase}`} aria-hidden="true" />
            {label} <span className="strong">{number(hop.phases[phase])} ms</span>
          </li>
        ))}
      </ul>
      {hop.certificateExpiry !== null && (
        <p className="small dim">
          {hop.tlsVersion}, certificate ends <Ago time={hop.certificateExpiry} />
        </p>
      )}
    </div>
  );
}
