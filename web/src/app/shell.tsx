import { useEffect, useRef, type ReactNode } from 'react';
import { goLive, useLiveState } from '../api/live.ts';
import { API, useList } from '../api/query.ts';
import type { Incident } from '../../../src/incidents/contract.ts';
import { Guard } from '../ui/answer.tsx';
import { Link, usePlace } from '../ui/router.tsx';
import { Announcer } from './announcer.tsx';
import { Brand } from './brand.tsx';
import { Icon } from './icon.tsx';
import { Shortcuts, showShortcuts } from './shortcuts.tsx';
import { ThemeButton } from './theme.tsx';

const NAV = [
  { to: '/', label: 'Now', icon: 'now' },
  { to: '/incidents', label: 'Incidents', icon: 'incident' },
  { to: '/alerts', label: 'Alerts', icon: 'alert' },
  { to: '/postmortems', label: 'Postmortems', icon: 'document' },
  { to: '/graph', label: 'Graph', icon: 'graph' },
  { to: '/more', label: 'More', icon: 'more' },
] as const;
/** Five fit under a thumb. */
const TABS = NAV.filter(({ to }) => to !== '/postmortems');

/** What begins with which, where that is not the tab's own address; all else is under More. */
const UNDER: Readonly<Record<string, readonly string[]>> = {
  '/': ['/services'],
  '/incidents': ['/incidents'],
  '/alerts': ['/alerts', '/pages', '/silences', '/rules', '/routes', '/backtest', '/review'],
  '/postmortems': ['/postmortems'],
  '/graph': ['/graph', '/graphs'],
};

function isCurrent(to: string, path: string): boolean {
  const under = (one: string): boolean => path === one || path.startsWith(`${one}/`);
  if (to !== '/more') return path === to || (UNDER[to] ?? []).some(under);
  return path !== '/' && !Object.values(UNDER).flat().some(under);
}

/** The frame around every page of someone who is signed in. */
export function Shell({ children }: { children: ReactNode }): ReactNode {
  const { path } = usePlace();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(goLive, []);
  useEffect(() => {
    // A new page begins at its beginning for those who listen, too; not on the first, which the browser announces.
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <div className="shell">
      <a className="button skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <div className="top-inner">
          <Link to="/" className="brand" aria-label="nines: are we OK?">
            <Brand />
            nines
          </Link>
          <nav className="nav nav-wide" aria-label="Pages">
            {NAV.map(({ to, label }) => (
              <NavLink key={to} to={to} path={path}>
                {label}
              </NavLink>
            ))}
          </nav>
          <div className="top-end">
            <Live />
            <button
              type="button"
              className="icon-button wide"
              onClick={showShortcuts}
              aria-label="Keyboard shortcuts"
              title="Keyboard shortcuts (?)"
            >
              ?
            </button>
            <ThemeButton />
          </div>
        </div>
      </header>
      <main className="main" id="main" ref={main} tabIndex={-1}>
        <Guard at={path}>{children}</Guard>
      </main>
      <nav className="tabs" aria-label="Pages, below">
        {TABS.map(({ to, label, icon }) => (
          <NavLink key={to} to={to} path={path}>
            <Icon name={icon} />
            {label}
          </NavLink>
        ))}
      </nav>
      <Announcer />
      <Shortcuts />
    </div>
  );
}

function NavLink({ to, path, children }: { to: string; path: string; children: ReactNode }): ReactNode {
  return (
    <Link to={to} aria-current={isCurrent(to, path) ? 'page' : undefined}>
      {children}
      {to === '/incidents' && <OpenCount />}
    </Link>
  );
}

function OpenCount(): ReactNode {
  const open = useList<Incident>(`${API}/incidents?state=open`, { every: 60_000 }).data?.length ?? 0;
  return open > 0 ? (
    <span className="tag tone-bad" style={{ padding: '0 7px' }}>
      {open}
      <span className="sr-only"> open</span>
    </span>
  ) : null;
}

const LIVE_WORDS = { connecting: 'connecting', live: 'live', cut: 'not live', quiet: 'paused' } as const;

function Live(): ReactNode {
  const state = useLiveState();
  return (
    <span className={`live live-${state}`} role="status">
      <span
        className="live-dot"
        aria-hidden="true"
        style={state === 'live' || state === 'cut' ? {} : { background: 'var(--line-strong)' }}
      />
      {LIVE_WORDS[state]}
    </span>
  );
}
