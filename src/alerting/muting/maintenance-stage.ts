import type { MaintenanceWindow } from './maintenance-window.ts';
import type { Mute, Stage } from './mute.ts';
import { spanAt } from './recurrence.ts';

/** Alerts of services under maintenance. Of several windows, the one that ends last. */
export function maintenanceStage(windows: readonly MaintenanceWindow[]): Stage {
  return (alerts, now) => {
    const byService = new Map<string, Mute & { until: number }>();
    for (const window of windows) {
      const span = spanAt(window, now);
      if (span === undefined || span.from > now) continue;
      const mute = { by: 'maintenance', ref: window.id, why: `maintenance: ${window.reason}`, until: span.to } as const;
      for (const service of window.services) if (span.to > (byService.get(service)?.until ?? 0)) byService.set(service, mute);
    }
    const mutes = new Map<string, Mute>();
    if (byService.size === 0) return mutes;
    for (const { fingerprint, service } of alerts) {
      const mute = service === null ? undefined : byService.get(service);
      if (mute !== undefined) mutes.set(fingerprint, mute);
    }
    return mutes;
  };
}
