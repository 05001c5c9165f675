import type { ReactNode } from 'react';
import { Tag } from '../../ui/glyph.tsx';
import { LabelList } from './label-list.tsx';
import type { DroppedTargetJson } from '../../../../src/monitoring/contract.ts';

/** A target that isn't scraped: why, and the labels that relabelling saw. */
export function DroppedTarget({ target: { scrape, discovered, problem } }: { target: DroppedTargetJson }): ReactNode {
  const address = discovered['__address__'] || 'no address';
  return (
    <li>
      <div className="list-row">
        <div className="list-body">
          <div className="strong">{scrape}</div>
          <div className="small dim mono target-url">{address}</div>
          {problem === null ? (
            <div className="small dim">A step of relabel leaves it out.</div>
          ) : (
            <div className="small strong tone-bad target-url">{problem}</div>
          )}
        </div>
        <Tag tone={problem === null ? 'none' : 'bad'}>left out</Tag>
      </div>
      <details className="kind target-labels">
        <summary className="small">Labels of {address}</summary>
        <LabelList title="Before relabelling" labels={discovered} />
      </details>
    </li>
  );
}
