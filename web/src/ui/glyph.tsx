import type { ReactNode } from 'react';

/** What a colour would say, for those who don't see it: every tone has a shape of its own. */
export type Tone = 'ok' | 'warn' | 'bad' | 'none';

const SHAPES: Readonly<Record<Tone, ReactNode>> = {
  ok: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" opacity=".16" />
      <path d="m4.6 8.3 2.3 2.3 4.5-4.9" fill="none" stroke="currentColor" strokeWidth="1.9" strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  warn: (
    <>
      <path d="M8 1.6 15 14H1Z" fill="currentColor" stroke="currentColor" strokeWidth="1.2" strokeLinejoin="round" />
      <path d="M8 6v3.4m0 2.2v.1" stroke="var(--surface)" strokeWidth="1.9" strokeLinecap="round" />
    </>
  ),
  bad: (
    <>
      <path d="M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5Z" fill="currentColor" />
      <path d="M5.5 5.5l5 5m0-5-5 5" stroke="var(--surface)" strokeWidth="1.9" strokeLinecap="round" />
    </>
  ),
  none: <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.6 2.4" />,
};

/** Decoration beside a word: never the only thing that says it. */
export function Glyph({ tone }: { tone: Tone }): ReactNode {
  return (
    <svg className={`glyph tone-${tone}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[tone]}
    </svg>
  );
}

export function Tag({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode {
  return (
    <span className={`tag tone-${tone}`}>
      <Glyph tone={tone} />
      {children}
    </span>
  );
}
