/** Which format to ask a target for, and which one it answered in. */
import type { ScrapeSpec } from '../contract.ts';

export type ExpositionFormat = 'text' | 'openmetrics' | 'protobuf';
type Protocol = ScrapeSpec['fallbackScrapeProtocol'];

const MEDIA_TYPES: Readonly<Record<Protocol, string>> = {
  PrometheusProto: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  'OpenMetricsText1.0.0': 'application/openmetrics-text;version=1.0.0',
  'OpenMetricsText0.0.1': 'application/openmetrics-text;version=0.0.1',
  'PrometheusText1.0.0': 'text/plain;version=1.0.0',
  'PrometheusText0.0.4': 'text/plain;version=0.0.4',
};

type Asked = Pick<ScrapeSpec, 'scrapeProtocols' | 'scrapeNativeHistograms' | 'nameEscaping'>;

/** Falling q-values in the order of preference, as Prometheus sends them; anything else last. Only protobuf has native histograms. */
export function acceptHeader({ scrapeProtocols, scrapeNativeHistograms, nameEscaping }: Asked): string {
  const first = scrapeNativeHistograms && !scrapeProtocols.includes('PrometheusProto');
  const protocols = first ? (['PrometheusProto', ...scrapeProtocols] as const) : scrapeProtocols;
  // Only these versions know of escaping.
  const escaping = (protocol: Protocol): string => (protocol.endsWith('Text1.0.0') ? `;escaping=${nameEscaping}` : '');
  const listed = protocols.map((protocol, i) => `${MEDIA_TYPES[protocol]}${escaping(protocol)};q=0.${protocols.length + 1 - i}`);
  return [...listed, '*/*;q=0.1'].join(',');
}

/** The format of an answer, by its Content-Type; `fallback` where that names none that can be read. */
export function formatOf(contentType: string, fallback: Protocol): ExpositionFormat {
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  if (type === 'application/openmetrics-text') return 'openmetrics';
  if (type === 'text/plain') return 'text';
  if (type === 'application/vnd.google.protobuf' && isFamilies(parameters)) return 'protobuf';
  if (fallback === 'PrometheusProto') return 'protobuf';
  return fallback.startsWith('OpenMetrics') ? 'openmetrics' : 'text';
}

const isFamilies = (parameters: readonly string[]): boolean =>
  parameters.every(
    (one) =>
      !(one.startsWith('proto=') && one !== 'proto=io.prometheus.client.metricfamily') &&
      !(one.startsWith('encoding=') && one !== 'encoding=delimited'),
  );
