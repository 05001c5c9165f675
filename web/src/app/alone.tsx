import type { ReactNode } from 'react';
import { Brand } from './brand.tsx';

/** A page without the shell: before anyone is signed in. */
export function Alone({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <main className="alone" id="main">
      <span className="brand">
        <Brand />
        nines
      </span>
      <h1>{title}</h1>
      {children}
    </main>
  );
}
