import type { ReactNode } from 'react';
import { count } from '../../ui/format.ts';
import type { TargetPoolJson } from '../../../../src/monitoring/contract.ts';

interface PoolsProps {
  readonly pools: readonly TargetPoolJson[];
  readonly chosen: string;
  /** Called with the empty text for all. */
  readonly choose: (pool: string) => void;
}

/** How many targets of each scrape are up; each chooses, or chooses no more, its scrape. */
export function TargetPools({ pools, chosen, choose }: PoolsProps): ReactNode {
  if (pools.length === 0) return null;
  return (
    <div className="row" role="group" aria-label="Scrapes">
      {pools.map(({ name, up, down, unknown, dropped }) => (
        <button
          key={name}
          type="button"
          className={name === chosen ? 'button button-main' : 'button'}
          aria-pressed={name === chosen}
          onClick={() => choose(name === chosen ? '' : name)}
        >
          <span className="strong">{name}</span>
          <span className="small">
            {count(up)} of {count(up + down + unknown)} up{dropped > 0 && `, ${count(dropped)} left out`}
          </span>
        </button>
      ))}
    </div>
  );
}
