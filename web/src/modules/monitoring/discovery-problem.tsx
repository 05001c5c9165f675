import type { ReactNode } from 'react';
import { Ago, Note } from '../../ui/part.tsx';
import type { DiscoveryProblemJson } from '../../../../src/monitoring/contract.ts';

/** A file, a name or an address that should say what to scrape, and doesn't. */
export function DiscoveryProblem({ problem: { scrape, problem, since } }: { problem: DiscoveryProblemJson }): ReactNode {
  return (
    <Note tone="warn">
      <div className="strong">Targets of {scrape} can't be looked up</div>
      <div className="small target-url">{problem}</div>
      <div className="small dim">
        It began <Ago time={since} />. Targets found elsewhere, and before it broke, are scraped on.
      </div>
    </Note>
  );
}
