import type { ReactNode } from 'react';

const PATHS = {
  now: 'M3 12h4l2.5-6 4.5 12 2.5-6H21',
  incident: 'M12 3 2.5 20h19L12 3Zm0 6.5v5m0 2.6v.1',
  alert: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15L6 16Zm4 4.5h4',
  document: 'M6 3h8l4 4v14H6V3Zm3.5 8h5m-5 4h5',
  graph: 'M4 4v16h16M7.5 15l3.5-4 3 2.5 4.5-6',
  more: 'M5 12h.1M12 12h.1M19 12h.1',
  sun: 'M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM12 2.5v1.6m0 15.8v1.6M2.5 12h1.6m15.8 0h1.6M5.3 5.3l1.1 1.1m11.2 11.2 1.1 1.1m0-13.4-1.1 1.1M6.4 17.6l-1.1 1.1',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
  system: 'M4 5h16v11H4V5Zm5 15h6m-3-4v4',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): ReactNode {
  return (
    <svg
      viewBox="0 0 24 24"
      width="22"
      height="22"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
