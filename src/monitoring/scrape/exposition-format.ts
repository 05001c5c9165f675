/** Which format to ask a target for, and which one it answered in. */
import type { ScrapeSpec } from '../contract.ts';

export type ExpositionFormat = 'text' | 'openmetrics';
type Protocol = ScrapeSpec['fallbackScrapeProtocol'];

const MEDIA_TYPES: Readonly<Record<Protocol, string>> = {
  'OpenMetricsText1.0.0': 'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8',
  'OpenMetricsText0.0.1': 'application/openmetrics-text;version=0.0.1',
  'PrometheusText1.0.0': 'text/plain;version=1.0.0;escaping=allow-utf-8',
  'PrometheusText0.0.4': 'text/plain;version=0.0.4',
};

/** Falling q-values in the order of preference, as Prometheus sends them; anything else last. */
export function acceptHeader(protocols: readonly Protocol[]): string {
  const listed = protocols.map((protocol, i) => `${MEDIA_TYPES[protocol]};q=0.${protocols.length + 1 - i}`);
  return [...listed, '*/*;q=0.1'].join(',');
}

/** The format of an answer, by its Content-Type; `fallback` where that names none that can be read. */
export function formatOf(contentType: string, fallback: Protocol): ExpositionFormat {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/openmetrics-text') return 'openmetrics';
  if (type === 'text/plain') return 'text';
  return fallback.startsWith('OpenMetrics') ? 'openmetrics' : 'text';
}
