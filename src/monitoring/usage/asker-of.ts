/** Kinds of askers by what their program calls itself: few, so that they can be counted by. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^Grafana\b/i, 'grafana'],
  [/^Mozilla\//, 'web'],
  [/^nines\b/i, 'nines command'],
  [/^(?:promtool|Prometheus)\b/i, 'prometheus'],
];

/** Who asks, from an HTTP request's `user-agent`: `web`, `grafana`, `prometheus`, `nines command`, or `api` for any other program. */
export function askerOf(userAgent: string | readonly string[] | undefined): string {
  const text = typeof userAgent === 'string' ? userAgent.slice(0, 200) : '';
  return KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'api';
}
