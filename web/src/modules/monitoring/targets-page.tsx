import type { ReactNode } from 'react';
import { API, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { count, duration } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, Card, PageHead } from '../../ui/part.tsx';
import { useTitle } from '../../ui/router.tsx';
import { IntakesCard } from './intakes-card.tsx';
import { ProbeResult } from './probe-result.tsx';
import type { ProbeStateJson, TargetStateJson } from '../../../../src/monitoring/contract.ts';

const TONE = { up: 'ok', down: 'bad', unknown: 'none' } as const;

export default function TargetsPage(): ReactNode {
  useTitle('Targets and probes');
  const targets = useList<TargetStateJson>(`${API}/targets`, { every: 10_000 });
  const probes = useList<ProbeStateJson>(`${API}/probes`, { every: 10_000 });
  return (
    <div className="stack">
      <PageHead title="Targets and probes">What nines looks at, and how the last look went.</PageHead>
      <Card title="Scrape targets" aside={targets.data?.length}>
        <Answer
          query={targets}
          lines={4}
          empty={
            <>
              None yet: a <code>kind: Scrape</code> document names some.
            </>
          }
        >
          {(all) => (
            <ul className="list">
              {[...all]
                .sort((a, b) => a.health.localeCompare(b.health) || a.job.localeCompare(b.job))
                .map((target) => (
                  <Target key={`${target.job} ${target.url}`} target={target} />
                ))}
            </ul>
          )}
        </Answer>
      </Card>
      <IntakesCard />
      <Card title="Probes" aside={probes.data?.length}>
        <Answer
          query={probes}
          lines={4}
          empty={
            <>
              None yet: a <code>kind: Probe</code> document asks an endpoint as a user would.
            </>
          }
        >
          {(all) =>
            [...all].sort((a, b) => Number(a.success) - Number(b.success)).map((probe) => <ProbeResult key={probe.name} result={probe} />)
          }
        </Answer>
      </Card>
    </div>
  );
}

function Target({ target }: { target: TargetStateJson }): ReactNode {
  const { job, url, health, lastError, lastScrape, lastDurationMs, samples } = target;
  return (
    <li className="list-row">
      <div className="list-body">
        <div className="strong">{job}</div>
        <div className="small dim mono">{url}</div>
        {lastError !== null && <div className="small strong tone-bad">{lastError}</div>}
        <div className="small dim">
          {lastScrape === null ? 'not yet scraped' : <Ago time={lastScrape} />}
          {lastDurationMs !== null && ` · took ${duration(lastDurationMs)}`}
          {health === 'up' && ` · ${count(samples)} samples`}
        </div>
      </div>
      <Tag tone={TONE[health]}>{health}</Tag>
    </li>
  );
}
