/**
 * Addresses to pages, in as few bytes as that takes (the library that we would have used is 26 KB, a quarter of the
 * first screen's budget). Pages are loaded when first shown; hovering or focusing a link starts the loading.
 */
import {
  createContext,
  lazy,
  startTransition,
  useContext,
  useEffect,
  useState,
  type AnchorHTMLAttributes,
  type ComponentType,
  type LazyExoticComponent,
  type MouseEvent,
  type ReactNode,
} from 'react';

export interface PageRoute {
  /** Segments; `:name` takes one. */
  readonly path: string;
  readonly page: ComponentType | LazyExoticComponent<ComponentType>;
  readonly preload?: () => void;
}

export interface Place {
  readonly path: string;
  readonly search: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly route: PageRoute | undefined;
}

/** A route whose code comes when it is needed. */
export function lazyRoute(path: string, load: () => Promise<{ default: ComponentType }>): PageRoute {
  return { path, page: lazy(load), preload: () => void load().catch(() => undefined) };
}

/** The parameters when `path` fits `pattern`, else undefined. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = decode(value);
    else if (segment !== value) return undefined;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

let routes: readonly PageRoute[] = [];

function locate(): Place {
  const { pathname, search } = window.location;
  for (const route of routes) {
    const params = matchPath(route.path, pathname);
    if (params !== undefined) return { path: pathname, search: new URLSearchParams(search), params, route };
  }
  return { path: pathname, search: new URLSearchParams(search), params: {}, route: undefined };
}

const MOVED = 'nines:moved';

/** Goes to an address of this application. */
export function navigate(to: string, { replace = false } = {}): void {
  if (replace) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  window.dispatchEvent(new Event(MOVED));
  if (!replace) window.scrollTo(0, 0);
}

const PlaceContext = createContext<Place | undefined>(undefined);

export function Router({ table, children }: { table: readonly PageRoute[]; children: ReactNode }): ReactNode {
  routes = table;
  const [place, setPlace] = useState(locate);
  useEffect(() => {
    const moved = (): void => startTransition(() => setPlace(locate()));
    window.addEventListener('popstate', moved);
    window.addEventListener(MOVED, moved);
    return () => {
      window.removeEventListener('popstate', moved);
      window.removeEventListener(MOVED, moved);
    };
  }, []);
  return <PlaceContext value={place}>{children}</PlaceContext>;
}

export function usePlace(): Place {
  const place = useContext(PlaceContext);
  if (place === undefined) throw new Error('usePlace needs a Router around it');
  return place;
}

export const useParam = (name: string): string => usePlace().params[name] ?? '';

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

/** An ordinary link (middle click, copy, open in a new tab all work) that doesn't load the application anew. */
export function Link({ to, onClick, children, ...rest }: LinkProps): ReactNode {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  const preload = (): void => routes.find(({ path }) => matchPath(path, to.split('?', 1)[0] ?? '') !== undefined)?.preload?.();
  return (
    <a href={to} onClick={follow} onPointerEnter={preload} onFocus={preload} {...rest}>
      {children}
    </a>
  );
}

/** What the tab and the history say. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'nines' : `${title} · nines`;
  }, [title]);
}
