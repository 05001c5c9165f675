import { useState, type ReactNode } from 'react';

export const TONES = { active: 'warn', pending: 'none', expired: 'ok' } as const;
export const WORDS = { active: 'In force', pending: 'Waits', expired: 'Ended' } as const;

interface EndButtonProps {
  /** What ends, for those who listen. */
  readonly about: string;
  /** What the second press says. */
  readonly sure: string;
  readonly pending: boolean;
  readonly onEnd: () => void;
}

/** Asks once more: what it held back pages at once. */
export function EndButton({ about, sure, pending, onEnd }: EndButtonProps): ReactNode {
  const [asked, ask] = useState(false);
  return (
    <button
      type="button"
      className={asked ? 'button button-alarm' : 'button button-plain'}
      disabled={pending}
      onClick={() => (asked ? onEnd() : ask(true))}
      onBlur={() => ask(false)}
    >
      {asked ? sure : 'End'}
      <span className="sr-only"> {about}</span>
    </button>
  );
}
