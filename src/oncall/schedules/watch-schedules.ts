import fs from 'node:fs';
import path from 'node:path';
import type { Desk } from '../desk.ts';
import { CALENDAR, getCalendar, reportCalendars, syncCalendars } from './calendars.ts';
import { GAPS, reportGaps, watchGaps } from './gap-watch.ts';
import { expireSwap, SWAP_ENDS } from './swaps.ts';

/** Getting a calendar may take a while: longer than this it is given up, and tried again. */
const CALENDAR_TIMEOUT_MS = 40_000;

/** What schedules need done by themselves: calendars got, gaps looked for, offers ended. */
export function watchSchedules(desk: Desk, config: string | undefined): { start(): Promise<void> } {
  const folder = config === undefined ? undefined : folderOf(config);
  desk.jobs.handle(CALENDAR, {
    concurrency: 2,
    timeoutMs: CALENDAR_TIMEOUT_MS,
    run: (job, signal) => getCalendar({ ...desk, folder }, job, signal),
  });
  desk.jobs.handle(GAPS, { concurrency: 1, run: () => watchGaps(desk) });
  desk.jobs.handle(SWAP_ENDS, { run: ({ key }) => expireSwap(desk, key) });
  const look = async (): Promise<void> => {
    await syncCalendars(desk, desk.catalog.current());
    await desk.sql.transaction((tx) => desk.jobs.enqueue(tx, { kind: GAPS, key: 'all' }));
  };
  let started = false;
  desk.catalog.onChange(() => {
    if (started) look().catch((error: unknown) => desk.log.error({ err: error }, 'schedules could not be looked through after a change'));
  });
  return {
    async start() {
      started = true;
      await desk.rosters.refresh(desk.sql);
      reportGaps(desk);
      await reportCalendars(desk);
      await look();
    },
  };
}

/** The folder of documents; where one file of them is watched, that which it is in. */
function folderOf(config: string): string {
  try {
    return fs.statSync(config).isDirectory() ? config : path.dirname(config);
  } catch {
    return config;
  }
}
