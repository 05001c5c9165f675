import type { ReactNode } from 'react';
import type { Shift } from '../../../../src/oncall/contract.ts';
import { At } from '../../ui/part.tsx';
import { colourOf } from './calendar-month.tsx';

interface ShiftListProps {
  readonly shifts: readonly Shift[];
  readonly people: readonly { name: string }[];
  readonly onChoose: ((from: number, to: number) => void) | undefined;
}

/** Shifts one after the other: what a phone shows in the place of months. */
export function ShiftList({ shifts, people, onChoose }: ShiftListProps): ReactNode {
  return (
    <ul className="list">
      {shifts.map((shift) => (
        <li key={shift.from} className="list-row">
          <div className="list-body">
            <div className="row">
              {shift.primary === null ? (
                <span className="strong tone-bad">Nobody</span>
              ) : (
                <>
                  <span className="shift-colour" style={{ '--shift': colourOf(people, shift.primary.name) } as Record<string, string>} />
                  <span className="strong">{shift.primary.title}</span>
                </>
              )}
              {shift.insteadOf !== null && <span className="small dim">for {shift.insteadOf.title}</span>}
            </div>
            <div className="small dim">
              <At time={shift.from} /> to <At time={shift.to} />
            </div>
            {(shift.secondary !== null || shift.shadows.length > 0) && (
              <div className="small dim">
                {shift.secondary !== null && `then ${shift.secondary.title}`}
                {shift.shadows.length > 0 && ` · shadow: ${shift.shadows.map(({ title }) => title).join(', ')}`}
              </div>
            )}
          </div>
          {onChoose && (
            <button type="button" className="button" onClick={() => onChoose(Date.parse(shift.from), Date.parse(shift.to))}>
              Change
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
