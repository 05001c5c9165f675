import type { PagedAlert } from './alert-sink.ts';

/** PostgreSQL keeps neither NUL nor half a character: a label that holds one must not stop a page. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');

const storableMap = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [storableText(name), storableText(value)]));

/** An alert as it can be kept. Infinite values, which JSON doesn't know, are told as missing. */
export function storable(alert: PagedAlert): PagedAlert {
  const { labels, annotations, rule, expr, value } = alert;
  return {
    ...alert,
    labels: storableMap(labels),
    annotations: storableMap(annotations),
    rule: storableText(rule),
    expr: storableText(expr),
    value: value !== null && Number.isFinite(value) ? value : null,
  };
}
