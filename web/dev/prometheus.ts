/** Answers of the Prometheus API for the fixture: smooth curves that look like days, with a failure in the last quarter of an hour. */

interface Series {
  readonly metric: Record<string, string>;
  readonly at: (seconds: number) => number;
}

const wave = (seconds: number, period: number, phase = 0): number => Math.sin((seconds / period + phase) * 2 * Math.PI);
const jitter = (seconds: number): number => (((seconds * 9301 + 49297) % 233280) / 233280 - 0.5) * 2;

function seriesFor(expr: string, nowSeconds: number): Series[] {
  const failing = (seconds: number): boolean => seconds > nowSeconds - 840;
  if (expr === 'empty') return [];
  if (expr.includes('MemTotal_bytes') && !expr.includes('/')) return [{ metric: {}, at: () => 16 * 2 ** 30 }];
  if (expr.includes('MemAvailable')) return [{ metric: {}, at: (s) => 0.42 + 0.03 * wave(s, 3_000) }];
  if (expr.includes('filesystem'))
    return ['/', '/var'].map((mountpoint, index) => ({ metric: { mountpoint }, at: () => [0.61, 0.88][index] ?? 0 }));
  if (expr.includes('cpu')) return [{ metric: {}, at: (s) => 0.23 + 0.08 * wave(s, 1_800) + 0.02 * jitter(s) }];
  if (expr.includes('load')) return [{ metric: { __name__: 'node_load1' }, at: (s) => 0.7 + 0.3 * wave(s, 1_200) }];
  if (expr.includes('by (phase)')) {
    return [
      ['processing', 0.04],
      ['tls', 0.024],
      ['connect', 0.011],
      ['resolve', 0.003],
      ['transfer', 0.002],
    ].map(([phase, base]) => ({
      metric: { phase: String(phase) },
      at: (s) => Number(base) * (1 + 0.15 * jitter(s) + (failing(s) && phase === 'processing' ? 3 : 0)),
    }));
  }
  if (expr.includes('budget_remaining'))
    return [{ metric: { objective: 'links-availability' }, at: (s) => (failing(s) ? 0.31 + (nowSeconds - s) / 2_700 : 0.62) }];
  if (expr.startsWith('1 -')) return [{ metric: {}, at: (s) => (failing(s) ? 0.14 + 0.01 * jitter(s) : 0.0004 + 0.0002 * jitter(s)) }];
  return [{ metric: { service: 'links' }, at: (s) => 420 + 60 * wave(s, 5_400) + 12 * jitter(s) }];
}

export function instantAnswer(expr: string, now = Date.now()): unknown {
  const seconds = now / 1_000;
  const result = seriesFor(expr, seconds).map(({ metric, at }) => ({ metric, value: [seconds, String(at(seconds))] }));
  return { status: 'success', data: { resultType: 'vector', result } };
}

export function rangeAnswer(expr: string, start: number, end: number, step: number, now = Date.now()): unknown {
  const result = seriesFor(expr, now / 1_000).map(({ metric, at }) => {
    const values: [number, string][] = [];
    for (let time = start; time <= end; time += step) values.push([time, String(at(time))]);
    return { metric, values };
  });
  // As nines says it where windows fit an hour's buckets.
  const infos = step % 3_600 === 0 ? ['answered from 1h rollups'] : undefined;
  return { status: 'success', data: { resultType: 'matrix', result }, ...(infos && { infos }) };
}
