import { useState, type ReactNode } from 'react';
import { useTimeText } from './clock.ts';
import { clockTime, duration, relative, stopwatch, toMs } from './format.ts';
import type { Tone } from './glyph.tsx';

interface CardProps {
  readonly title: ReactNode;
  /** At the right of the title: a link, a count. */
  readonly aside?: ReactNode;
  readonly alarm?: boolean;
  readonly id?: string;
  readonly children: ReactNode;
}

export function Card({ title, aside, alarm = false, id, children }: CardProps): ReactNode {
  return (
    <section className={alarm ? 'card card-bad' : 'card'} id={id}>
      <div className="card-head">
        <h2>{title}</h2>
        {aside !== undefined && <div className="small dim">{aside}</div>}
      </div>
      {children}
    </section>
  );
}

export function PageHead({ title, children }: { title: ReactNode; children?: ReactNode }): ReactNode {
  return (
    <header className="page-head">
      <h1>{title}</h1>
      {children !== undefined && <div className="dim">{children}</div>}
    </header>
  );
}

/** A moment: how long ago, with the exact time in UTC on hover. */
export function Ago({ time }: { time: string | number }): ReactNode {
  const text = useTimeText((now) => relative(time, now));
  return (
    <time dateTime={iso(time)} title={iso(time)}>
      {text}
    </time>
  );
}

/** A moment on the reader's clock. */
export function At({ time, seconds = false }: { time: string | number; seconds?: boolean }): ReactNode {
  const text = useTimeText((now) => clockTime(time, now, seconds));
  return (
    <time dateTime={iso(time)} title={iso(time)} className="nowrap">
      {text}
    </time>
  );
}

/** Counts up from a moment, or stands still at its end. */
export function Elapsed({ from, to = null, exact = false }: { from: string; to?: string | null; exact?: boolean }): ReactNode {
  const text = useTimeText((now) => {
    const span = Math.max(0, (to === null ? now : toMs(to)) - toMs(from));
    return exact ? stopwatch(span) : duration(span);
  });
  return <span className="nowrap">{text}</span>;
}

function iso(time: string | number): string {
  const ms = toMs(time);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}

/** How much is left of something: 1 is all of it; below 0 is hatched. */
export function Meter({ label, value, text, tone }: { label: string; value: number | null; text: string; tone: Tone }): ReactNode {
  const shown = Math.max(0, Math.min(1, value ?? 0));
  return (
    <div
      className={`meter-track tone-${tone}`}
      role="meter"
      aria-label={label}
      aria-valuenow={Math.round(shown * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={text}
    >
      {value !== null && value < 0 ? <div className="meter-over" /> : <div className="meter-fill" style={{ width: `${shown * 100}%` }} />}
    </div>
  );
}

interface NoteProps {
  readonly tone?: 'bad' | 'warn' | 'ok' | 'plain';
  readonly children: ReactNode;
}

export function Note({ tone = 'plain', children }: NoteProps): ReactNode {
  return (
    <div className={tone === 'plain' ? 'note' : `note note-${tone}`}>
      <div>{children}</div>
    </div>
  );
}

/** A text to copy into a terminal or a file, whole and as it is. */
export function CopyText({ label, text }: { label: string; text: string }): ReactNode {
  return (
    <div className="copy">
      <div className="row row-apart">
        <span className="small dim">{label}</span>
        <CopyButton text={text} label="Copy" what={label} plain />
      </div>
      <pre className="code">{text}</pre>
    </div>
  );
}

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  /** What is copied, for those who listen, where the label doesn't say it. */
  readonly what?: string;
  readonly plain?: boolean;
}

export function CopyButton({ text, label, what, plain = false }: CopyButtonProps): ReactNode {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    });
  };
  return (
    <button type="button" className={plain ? 'button button-plain' : 'button'} onClick={copy}>
      <span aria-live="polite">{copied ? 'Copied' : label}</span>
      {what !== undefined && <span className="sr-only">: {what}</span>}
    </button>
  );
}
