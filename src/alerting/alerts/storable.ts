import type { AlertState } from './alert.ts';

/** PostgreSQL keeps neither NUL nor half a character: a label that came with one must not keep its alert from being told. */
const storableText = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');

const storableMap = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [storableText(name), storableText(value)]));

const isStorable = (map: Readonly<Record<string, string>>): boolean =>
  Object.entries(map).every(([name, value]) => isStorableText(name) && isStorableText(value));
const isStorableText = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

/** The alert as it can be kept: nearly always itself. */
export function storableAlert(alert: AlertState): AlertState {
  if (isStorable(alert.labels) && isStorable(alert.annotations) && isStorableText(alert.service ?? '')) return alert;
  const service = alert.service === null ? null : storableText(alert.service);
  const groupKey = storableText(alert.groupKey);
  return { ...alert, service, groupKey, labels: storableMap(alert.labels), annotations: storableMap(alert.annotations) };
}
