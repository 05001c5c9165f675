import type { ReactNode } from 'react';

export function Brand(): ReactNode {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent-ground)" />
      <path
        d="M21.5 13a5.5 5.5 0 1 0-5.5 5.5 5.5 5.5 0 0 0 5.5-5.5c0 6-2 10-7 12.5"
        fill="none"
        stroke="var(--accent-ink)"
        strokeWidth="3.2"
        strokeLinecap="round"
      />
    </svg>
  );
}
