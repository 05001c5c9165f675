import type { Health } from '../../platform/health.ts';

/** Pages that nobody is called for, or that nobody answered: what `oncall` says of itself in health. */
export interface Watch {
  trouble(page: string, problem: string): void;
  fine(page: string): void;
}

const MOST_TOLD = 3;

export function createWatch(health: Health): Watch {
  const troubled = new Map<string, string>();
  const report = (): void => {
    if (troubled.size === 0) return health.report('oncall', 'ok');
    const told = [...troubled.values()].slice(0, MOST_TOLD);
    const more = troubled.size > MOST_TOLD ? ` And ${troubled.size - MOST_TOLD} more pages.` : '';
    health.report('oncall', 'degraded', told.join(' ') + more);
  };
  report();
  return {
    trouble(page, problem) {
      troubled.set(page, problem);
      report();
    },
    fine(page) {
      if (troubled.delete(page)) report();
    },
  };
}
