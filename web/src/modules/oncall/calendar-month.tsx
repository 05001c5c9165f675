import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import type { CalendarDay, CalendarMonth, DayPart } from './calendar-days.ts';
import './calendar.css';

const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' });
const dayName = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A colour for each person, the same on every page of a schedule. */
export const colourOf = (people: readonly { name: string }[], name: string): string =>
  `var(--c${((Math.max(0, people.findIndex((one) => one.name === name)) % 8) + 1).toString()})`; // prettier-ignore

interface MonthsProps {
  readonly months: readonly CalendarMonth[];
  readonly people: readonly { name: string }[];
  readonly now: number;
  /** Days were chosen, by dragging over them, by a click, or with Shift and the arrow keys; undefined where the reader may not act. */
  readonly onChoose: ((from: number, to: number) => void) | undefined;
}

/** Months as grids of days. Dragging goes on from one month into the next. */
export function CalendarMonths({ months, people, now, onChoose }: MonthsProps): ReactNode {
  const [chosen, setChosen] = useState<{ anchor: CalendarDay; head: CalendarDay } | null>(null);
  const dragging = useRef(false);
  const days = months.flatMap(({ weeks }) => weeks.flat()).filter(({ inMonth }) => inMonth);
  const range = chosen && { from: Math.min(chosen.anchor.start, chosen.head.start), to: Math.max(chosen.anchor.end, chosen.head.end) };
  const finish = (): void => {
    dragging.current = false;
    if (range) onChoose?.(range.from, range.to);
    setChosen(null);
  };
  const under = (event: PointerEvent): CalendarDay | undefined => {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-day]');
    return days.find(({ start }) => String(start) === cell?.dataset['day']);
  };
  const move = (event: PointerEvent): void => {
    const day = dragging.current ? under(event) : undefined;
    if (day !== undefined && chosen !== null && day !== chosen.head) setChosen({ ...chosen, head: day });
  };
  const keys = (event: KeyboardEvent, day: CalendarDay): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 7, ArrowUp: -7 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const head = days[days.indexOf(event.shiftKey && chosen ? chosen.head : day) + step];
    if (head === undefined) return;
    setChosen(event.shiftKey ? { anchor: chosen?.anchor ?? day, head } : null);
    document.querySelector<HTMLElement>(`[data-day="${head.start}"]`)?.focus();
  };
  const cell = (day: CalendarDay): ReactNode => {
    const isChosen = range !== null && day.inMonth && day.start >= range.from && day.start < range.to;
    const flags = [day.weekend && 'is-weekend', !day.inMonth && 'is-other', isChosen && 'is-chosen', day.start <= now && now < day.end && day.inMonth && 'is-today']; // prettier-ignore
    const className = ['calendar-day', ...flags.filter((one) => one !== false)].join(' ');
    const inside = (
      <>
        <span className="calendar-number">{day.dayOfMonth}</span>
        {day.parts.map((part) => (
          <ShiftBar key={part.shift.from} part={part} people={people} />
        ))}
      </>
    );
    if (onChoose === undefined || !day.inMonth || day.end <= now)
      return (
        <div key={day.start} className={className}>
          {inside}
        </div>
      );
    return (
      <button
        key={day.start}
        type="button"
        className={className}
        data-day={day.start}
        title={`${dayName.format(day.start)}: ${day.parts.map(spoken).join(', ')}. Change who is on call`}
        onPointerDown={(event) => {
          dragging.current = true;
          event.currentTarget.releasePointerCapture(event.pointerId);
          setChosen({ anchor: day, head: day });
        }}
        onKeyDown={(event) => keys(event, day)}
        onClick={(event) => {
          // A press of Enter has no pointer before it.
          if (event.detail === 0) onChoose(range?.from ?? day.start, range?.to ?? day.end);
        }}
      >
        {inside}
      </button>
    );
  };
  return (
    <div
      className="stack"
      onPointerMove={move}
      onPointerUp={() => dragging.current && finish()}
      onPointerLeave={() => dragging.current && finish()}
      onPointerCancel={() => {
        // The finger scrolls: it chose nothing.
        dragging.current = false;
        setChosen(null);
      }}
    >
      {months.map(({ start, weeks }) => (
        <section key={start} className="stack stack-tight">
          <h3>{monthName.format(start)}</h3>
          <div className="calendar">
            {WEEKDAYS.map((name) => (
              <div key={name} className="calendar-weekday">
                {name}
              </div>
            ))}
            {weeks.flat().map(cell)}
          </div>
        </section>
      ))}
    </div>
  );
}

const spoken = ({ shift, begins }: DayPart): string =>
  `${shift.primary?.title ?? 'nobody'}${begins ? ` from ${clock.format(new Date(shift.from))}` : ''}`;

function ShiftBar({ part, people }: { part: DayPart; people: readonly { name: string }[] }): ReactNode {
  const { primary, insteadOf, secondary } = part.shift;
  const time = part.begins && <span className="shift-time">{clock.format(new Date(part.shift.from))} </span>;
  if (primary === null) return <span className="shift shift-nobody">{time}Nobody</span>;
  const title = [`${primary.title} is primary`, insteadOf && `instead of ${insteadOf.title}`, secondary && `then ${secondary.title}`].filter(Boolean).join(', '); // prettier-ignore
  return (
    <span
      className={insteadOf === null ? 'shift' : 'shift shift-swapped'}
      style={{ '--shift': colourOf(people, primary.name) } as Record<string, string>}
      title={title}
    >
      {time}
      {primary.title}
      {insteadOf !== null && <span className="dim"> for {insteadOf.title}</span>}
    </span>
  );
}
