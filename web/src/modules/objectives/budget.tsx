import type { ReactNode } from 'react';
import type { ObjectiveStatus } from '../../../../src/objectives/contract.ts';
import { useNow } from '../../ui/clock.ts';
import { count, duration, nearOne, number, percent, relative, toMs } from '../../ui/format.ts';
import type { Tone } from '../../ui/glyph.tsx';
import { Meter } from '../../ui/part.tsx';

export function budgetTone({ state, budget }: ObjectiveStatus): Tone {
  if (state === 'no-data') return 'none';
  if (state === 'exhausted') return 'bad';
  return state === 'burning' || (budget.remaining ?? 1) < 0.25 ? 'warn' : 'ok';
}

/** The burn over the shortest window that has one: what happens now. */
export const burnNow = ({ burnRates }: ObjectiveStatus): number | null =>
  [...burnRates].sort((a, b) => a.windowMs - b.windowMs).find(({ rate }) => rate !== null)?.rate ?? null;

/** The objective to worry about first. */
export const leastLeft = (a: ObjectiveStatus, b: ObjectiveStatus): number => (a.budget.remaining ?? 2) - (b.budget.remaining ?? 2);

export function remainingText({ budget }: ObjectiveStatus): string {
  if (budget.remaining === null) return 'no data';
  if (budget.remaining >= 0) return `${percent(budget.remaining)} left`;
  return budget.remaining > -1 ? `overspent by ${percent(-budget.remaining)}` : `spent ${number(1 - budget.remaining)} times over`;
}

/** One line of a list: a bar, what is left, and how fast it goes. */
export function BudgetBar({ objective }: { objective: ObjectiveStatus }): ReactNode {
  const burn = burnNow(objective);
  const text = remainingText(objective);
  return (
    <div className="meter">
      <Meter label={`Error budget of ${objective.title}`} value={objective.budget.remaining} text={text} tone={budgetTone(objective)} />
      <div className="row small dim" style={{ justifyContent: 'space-between' }}>
        <span>Budget {text}</span>
        {burn !== null && <span className={burn > 1 ? 'strong tone-warn' : ''}>burns {number(burn)}×</span>}
      </div>
    </div>
  );
}

/** An objective in full, for the service's page. */
export function BudgetDetail({ objective }: { objective: ObjectiveStatus }): ReactNode {
  const now = useNow(10_000);
  const { title, target, windowMs, attainment, good, total, budget, burnRates, exhaustedAt } = objective;
  return (
    <div className="stack stack-tight">
      <div className="row">
        <h3>{title}</h3>
        <span className="small dim">
          {nearOne(target)} over {duration(windowMs)}
        </span>
      </div>
      <BudgetBar objective={objective} />
      <dl className="facts small">
        <dt>Attained</dt>
        <dd>
          {nearOne(attainment)}
          {total !== null && good !== null && ` (${count(total - good)} of ${count(total)} were bad)`}
        </dd>
        <dt>Budget</dt>
        <dd>
          {count(budget.spent)} spent of {count(budget.allowed)} bad events
        </dd>
        <dt>Burn rate</dt>
        <dd className="row">
          {burnRates.map(({ windowMs: over, rate }) => (
            <span key={over} className="nowrap">
              {rate === null ? '–' : `${number(rate)}×`} <span className="dim">/ {duration(over)}</span>
            </span>
          ))}
        </dd>
        <dt>Spent up</dt>
        <dd className={exhaustedAt === null && (budget.remaining ?? 1) > 0 ? '' : 'strong tone-bad'}>
          {(budget.remaining ?? 1) <= 0
            ? 'already'
            : exhaustedAt === null
              ? 'not at this rate'
              : toMs(exhaustedAt) <= now
                ? `since ${relative(exhaustedAt, now).replace(' ago', '')}`
                : relative(exhaustedAt, now)}
        </dd>
      </dl>
    </div>
  );
}
