/** How the command writes numbers and times for people. */

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** The two largest units that say something: `3d 4h`, `12m`, `45s`, `<1s`. */
export function span(ms: number): string {
  const parts: string[] = [];
  let left = Math.abs(ms);
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    if (count === 0 && parts.length === 0) continue;
    left -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
    // Seconds matter below ten minutes, minutes below ten hours, and so on.
    if (parts.length === 2 || count >= 10 || count === 0) break;
  }
  return parts.length === 0 ? '<1s' : parts.join(' ');
}

export const ago = (iso: string | null, now: number): string => (iso === null ? '' : relative(Date.parse(iso) - now));

const relative = (ms: number): string => (ms > 0 ? `in ${span(ms)}` : `${span(ms)} ago`);

/** `2026-03-01 09:05`, with seconds where asked for. */
export function localTime(time: string | number | null, timeZone: string, withSeconds = false): string {
  if (time === null) return '';
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(withSeconds && { second: '2-digit' }),
  }).formatToParts(new Date(time));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}${withSeconds ? `:${part('second')}` : ''}`;
}

/** A ratio as a percentage with the digits that vary: 0.999 → `99.9%`, 0.99951 → `99.951%`, -0.5 → `-50%`. */
export function percent(ratio: number | null, digits?: number): string {
  if (ratio === null || !Number.isFinite(ratio)) return '–';
  const value = ratio * 100;
  if (digits !== undefined) return `${trim(value.toFixed(digits))}%`;
  // Near 100 it is the distance from it that is read.
  const distance = Math.abs(100 - value);
  const places = distance === 0 || distance >= 10 ? 0 : Math.min(6, Math.max(1, 1 - Math.floor(Math.log10(distance))));
  return `${trim(value.toFixed(places))}%`;
}

const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** Three significant digits, and none lost of a large whole number: 0.0123, 12.3, 48213. */
export function figure(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  if (Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** `512 B`, `1.5 MB`: powers of 1024, as every size in nines. */
export function byteSize(bytes: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${figure(power === 0 ? Math.round(bytes) : bytes / 1024 ** power)} ${['B', 'KB', 'MB', 'GB', 'TB'][power]}`;
}

const BARS = '▁▂▃▄▅▆▇█';

/** A line of bars, scaled from the least to the greatest; gaps stay empty. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const buckets = Math.min(width, values.length);
  const means = Array.from({ length: buckets }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / buckets), Math.floor(((i + 1) * values.length) / buckets));
    const known = part.filter((value): value is number => value !== null && Number.isFinite(value));
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
  const known = means.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return means
    .map((value) => {
      if (value === null) return ' ';
      return BARS[high === low ? 3 : Math.min(BARS.length - 1, Math.floor(((value - low) / (high - low)) * BARS.length))];
    })
    .join('');
}
