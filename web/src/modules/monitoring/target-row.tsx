import { useState, type ReactNode } from 'react';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { count, duration } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago } from '../../ui/part.tsx';
import { LabelList } from './label-list.tsx';
import type { TargetStateJson, TargetStatesJson } from '../../../../src/monitoring/contract.ts';

const TONE = { up: 'ok', down: 'bad', unknown: 'none' } as const;

/** One target: how the last scrape went, and on demand its labels, as they are and as they were found. */
export function TargetRow({ target }: { target: TargetStateJson }): ReactNode {
  const { job, url, health, lastError, lastScrape, lastDurationMs, samples, intervalMs } = target;
  const [open, setOpen] = useState(false);
  return (
    <li>
      <div className="list-row">
        <div className="list-body">
          <div className="strong">{job}</div>
          <div className="small dim mono target-url">{url}</div>
          {lastError !== null && <div className="small strong tone-bad target-url">{lastError}</div>}
          <div className="small dim">
            {lastScrape === null ? 'not yet scraped' : <Ago time={lastScrape} />}
            {lastDurationMs !== null && ` · took ${duration(lastDurationMs)}`}
            {health === 'up' && ` · ${count(samples)} samples`}
            {` · every ${duration(intervalMs)}`}
          </div>
        </div>
        <Tag tone={TONE[health]}>{health}</Tag>
      </div>
      <details className="kind target-labels" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="small">Labels of {target.instance}</summary>
        {open && (
          <div className="stack">
            <LabelList title="On every series" labels={target.labels} />
            <Discovered target={target} />
          </div>
        )}
      </details>
    </li>
  );
}

/** Asked for only when somebody looks: there may be thousands of targets with dozens of labels. */
function Discovered({ target: { scrape, url, instance } }: { target: TargetStateJson }): ReactNode {
  const asked = new URLSearchParams({ discovered: 'true', pool: scrape, text: `${url} instance="${instance}"`.replaceAll(/\s+/g, ' ') });
  const answer = useGet<TargetStatesJson>(`${API}/targets?${asked}`);
  return (
    <Answer query={answer} lines={2}>
      {({ targets }) => {
        const same = targets.find((one) => one.url === url && one.instance === instance);
        return <LabelList title="Before relabelling" labels={same?.discovered ?? {}} />;
      }}
    </Answer>
  );
}
