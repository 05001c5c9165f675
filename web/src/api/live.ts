import { useSyncExternalStore } from 'react';
import type { LedgerEvent } from '../../../src/ledger/contract.ts';
import { API, queryClient, refresh } from './query.ts';

/** `quiet`: this tab is in the background and has hung up on purpose. */
export type LiveState = 'connecting' | 'live' | 'cut' | 'quiet';

type Listener = (event: LedgerEvent) => void;

const RETRY_MS = 3_000;
/** A browser opens six connections to a host: tabs in the background must not hold them. */
const HANG_UP_HIDDEN_MS = 15_000;
const GATHER_MS = 150;

/** Which addresses an event of a kind makes stale, by the kind's first word. */
const STALE: Readonly<Record<string, readonly string[]>> = {
  incident: ['/incidents', '/oncall'],
  page: ['/pages', '/incidents', '/alerts', '/notifications'],
  notification: ['/pages', '/mailbox', '/notifications', '/alerts'],
  schedule: ['/schedules', '/oncall'],
  swap: ['/swaps', '/schedules', '/oncall'],
  oncall: ['/oncall', '/schedules'],
  drill: ['/drills'],
  review: ['/review'],
  integration: ['/integrations'],
  delivery: ['/notifications', '/health'],
  alert: ['/alerts', '/silences', '/objectives', '/incidents', '/probes'],
  silence: ['/silences', '/alerts'],
  maintenance: ['/maintenance', '/alerts'],
  postmortem: ['/postmortems', '/incidents'],
  change: ['/incidents'],
  health: ['/health'],
  access: ['/accounts', '/tokens'],
  config: ['/config', '/services', '/objectives', '/oncall', '/probes', '/targets', '/alerts', '/alert-routes', '/schedules', '/resources'],
};

/** The address prefixes that an event of this kind makes stale; every event is also in the lists of events. */
export function staleAfter(kind: string): string[] {
  return ['/events', ...(STALE[kind.split('.', 1)[0] ?? ''] ?? [])].map((path) => `${API}${path}`);
}

let source: EventSource | undefined;
let state: LiveState = 'connecting';
let retry: ReturnType<typeof setTimeout> | undefined;
let hangUp: ReturnType<typeof setTimeout> | undefined;
let gather: ReturnType<typeof setTimeout> | undefined;
let stale = new Set<string>();
const stateListeners = new Set<() => void>();
const eventListeners = new Set<Listener>();

function become(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of stateListeners) listener();
}

function hear(message: MessageEvent<string>): void {
  let event: LedgerEvent;
  try {
    event = JSON.parse(message.data) as LedgerEvent;
  } catch {
    return;
  }
  if (typeof event.kind !== 'string') return;
  for (const path of staleAfter(event.kind)) stale.add(path);
  // One failure makes a burst of events: ask once for all of them.
  gather ??= setTimeout(() => {
    gather = undefined;
    const paths = [...stale];
    stale = new Set();
    void refresh(paths);
  }, GATHER_MS);
  for (const listener of eventListeners) listener(event);
}

function open(): void {
  clearTimeout(retry);
  source?.close();
  const mine = new EventSource(`${API}/events/stream`);
  source = mine;
  let opened = false;
  mine.addEventListener('open', () => {
    // Whatever happened while we were cut off was not heard: ask for everything that is shown.
    if (state === 'cut' || state === 'quiet' || opened) void queryClient.invalidateQueries();
    opened = true;
    become('live');
  });
  mine.addEventListener('message', hear);
  mine.addEventListener('event', hear as EventListener);
  mine.addEventListener('error', () => {
    become('cut');
    // A refused stream (signed out, restarting) closes for good; a cut one the browser reopens by itself.
    if (mine.readyState === EventSource.CLOSED && source === mine) retry = setTimeout(open, RETRY_MS);
  });
}

/** Opens the one stream that all pages share. Returns what closes it. */
export function goLive(): () => void {
  const seen = (): void => {
    clearTimeout(hangUp);
    if (!document.hidden) {
      if (state === 'quiet') open();
      return;
    }
    hangUp = setTimeout(() => {
      source?.close();
      clearTimeout(retry);
      become('quiet');
    }, HANG_UP_HIDDEN_MS);
  };
  document.addEventListener('visibilitychange', seen);
  open();
  return () => {
    document.removeEventListener('visibilitychange', seen);
    clearTimeout(hangUp);
    clearTimeout(retry);
    source?.close();
    source = undefined;
    become('connecting');
  };
}

/** Calls back for each event as it arrives. Returns what stops it. */
export function onEvent(listener: Listener): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    () => state,
  );
}
