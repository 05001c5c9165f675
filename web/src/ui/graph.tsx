import { lazy, Suspense, useMemo, type ReactNode } from 'react';
import { bytes, duration, number, percent } from './format.ts';

export type Unit = 'number' | 'ratio' | 'seconds' | 'bytes' | 'per second' | 'times';

export interface Line {
  readonly label: string;
  /** Seconds since the epoch, ascending. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export interface GraphProps {
  /** What is shown, in words, for those who can't see it. */
  readonly title: string;
  /** The y axis' name, short; the title where there is none. */
  readonly axis?: string;
  readonly unit: Unit;
  readonly lines: readonly Line[];
  /** Seconds. */
  readonly from: number;
  readonly to: number;
  readonly height?: number;
}

const FORMATS: Readonly<Record<Unit, (value: number) => string>> = {
  number,
  ratio: percent,
  seconds: (value) => duration(value * 1_000),
  bytes,
  'per second': (value) => `${number(value)}/s`,
  times: (value) => `${number(value)}×`,
};

export const withUnit = (value: number | null | undefined, unit: Unit): string =>
  value === null || value === undefined || Number.isNaN(value) ? '–' : FORMATS[unit](value);

const Canvas = lazy(() => import('./graph-canvas.tsx'));

/** Beyond so many, lines can't be told apart. */
const MOST_LINES = 16;

/** Time on x, a named axis with its unit on y, and a key with the latest value of each line. The drawing code comes when first needed. */
export function Graph(props: GraphProps): ReactNode {
  const { title, unit, lines, height = 220 } = props;
  // The same array for the same lines: a new one would draw anew.
  const shown = useMemo(() => lines.slice(0, MOST_LINES), [lines]);
  return (
    <figure className="graph" style={{ minHeight: height + 26 }}>
      <div role="img" aria-label={describe(title, unit, lines)} style={{ minHeight: height }}>
        <Suspense fallback={<div style={{ height }} />}>
          <Canvas {...props} lines={shown} height={height} />
        </Suspense>
      </div>
      <figcaption>
        <ul className="graph-key">
          {shown.map((line, index) => (
            <li key={`${index} ${line.label}`}>
              <span
                className="graph-swatch"
                style={{ borderColor: `var(--c${(index % 8) + 1})`, borderTopStyle: index < 8 ? 'solid' : 'dashed' }}
              />
              <span>
                {line.label} <span className="strong nowrap">{withUnit(lastOf(line), unit)}</span>
              </span>
            </li>
          ))}
          {lines.length > shown.length && <li>and {lines.length - shown.length} more lines, not drawn: narrow the query</li>}
        </ul>
      </figcaption>
    </figure>
  );
}

const lastOf = ({ values }: Line): number | undefined => values.findLast((value) => !Number.isNaN(value));

function describe(title: string, unit: Unit, lines: readonly Line[]): string {
  const parts = lines.slice(0, 4).map((line) => {
    const values = line.values.filter((value) => Number.isFinite(value));
    return `${line.label}: from ${withUnit(Math.min(...values), unit)} to ${withUnit(Math.max(...values), unit)}, now ${withUnit(lastOf(line), unit)}`;
  });
  return `Graph of ${title}. ${parts.join('. ')}`;
}
