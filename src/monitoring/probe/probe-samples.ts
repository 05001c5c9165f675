import type { MetricSample } from '../../platform/metrics.ts';
import type { Labels, MetricMetadata } from '../series.ts';
import type { Probe } from './http-probe.ts';
import { PHASES, type Phase, type ProbeResult } from './probe-result.ts';

/** What all series of a probe carry. `instance` is the host and port of the address. */
export function probeLabels({ name, spec }: Probe): Labels {
  return {
    ...spec.labels,
    job: 'probe',
    instance: new URL(spec.http.url).host,
    probe: name,
    ...(spec.service !== undefined && { service: spec.service }),
  };
}

/** The result under the blackbox exporter's names, so that its dashboards and rules work as they are. */
export function probeSamples(result: ProbeResult): MetricSample[] {
  const { hops } = result;
  const last = hops.at(-1);
  const sample = (name: string, value: number, labels: Labels = {}): MetricSample => ({ name, labels, value });
  const phase = (phase: Phase): number => hops.reduce((sum, hop) => sum + (hop.phases[phase] ?? 0), 0) / 1000;
  const samples = [
    sample('probe_success', result.success ? 1 : 0),
    sample('probe_duration_seconds', result.durationMs / 1000),
    sample('probe_dns_lookup_time_seconds', phase('resolve')),
    ...PHASES.map((name) => sample('probe_http_duration_seconds', phase(name), { phase: name })),
    sample('probe_http_status_code', result.status ?? 0),
    sample('probe_http_redirects', Math.max(0, hops.length - 1)),
    sample('probe_http_content_length', result.contentLength ?? -1),
    sample('probe_http_uncompressed_body_length', result.bodyBytes),
    sample('probe_http_ssl', last?.tlsVersion === undefined ? 0 : 1),
    sample('probe_http_version', Number(last?.httpVersion ?? 0)),
    sample('probe_failed_due_to_regex', result.failedByPattern ? 1 : 0),
  ];
  if (last?.address !== undefined) samples.push(sample('probe_ip_protocol', last.address.startsWith('[') ? 6 : 4));
  if (last?.tlsVersion !== undefined) samples.push(sample('probe_tls_version_info', 1, { version: last.tlsVersion.replace('v', ' ') }));
  if (last?.certificate !== undefined) {
    const expiry = last.certificate.earliestExpiry / 1000;
    samples.push(sample('probe_ssl_earliest_cert_expiry', expiry));
    // Blackbox has 0001-01-01 here where the chain isn't trusted; no series says the same without an odd date.
    if (last.certificate.problem === undefined) samples.push(sample('probe_ssl_last_chain_expiry_timestamp_seconds', expiry));
  }
  return samples;
}

const gauge = (metric: string, help: string, unit = ''): MetricMetadata => ({ metric, type: 'gauge', help, unit });

export const PROBE_METADATA: readonly MetricMetadata[] = [
  gauge('probe_success', 'Whether the probe succeeded: 1 or 0.'),
  gauge('probe_duration_seconds', 'How long the whole probe took.', 'seconds'),
  gauge('probe_dns_lookup_time_seconds', 'How long looking up the name took.', 'seconds'),
  gauge('probe_http_duration_seconds', 'How long each phase took, over all redirects.', 'seconds'),
  gauge('probe_http_status_code', 'The status of the last answer; 0 where there was none.'),
  gauge('probe_http_redirects', 'How many redirects were followed.'),
  gauge('probe_http_content_length', 'The declared length of the body; -1 where none was declared.', 'bytes'),
  gauge('probe_http_uncompressed_body_length', 'How many bytes of the body were read.', 'bytes'),
  gauge('probe_http_ssl', 'Whether the last answer came over TLS: 1 or 0.'),
  gauge('probe_http_version', 'The HTTP version of the last answer.'),
  gauge('probe_failed_due_to_regex', 'Whether the probe failed by a pattern of its body or headers: 1 or 0.'),
  gauge('probe_ip_protocol', 'The version of the Internet Protocol that was used: 4 or 6.'),
  gauge('probe_tls_version_info', 'The version of TLS that was used.'),
  gauge('probe_ssl_earliest_cert_expiry', 'When the first certificate of the chain ends, in seconds since the epoch.', 'seconds'),
  gauge('probe_ssl_last_chain_expiry_timestamp_seconds', 'When the trusted chain ends, in seconds since the epoch.', 'seconds'),
];
