/** Sizes as people write them. Powers of 1024, as in Prometheus: `1KB` and `1KiB` are both 1024 bytes. */
import { badRequest } from './problem.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** Bytes, or undefined where `text` is no size. */
export function tryParseByteSize(text: string): number | undefined {
  const match = /^(\d{1,15})\s?(?:([KMGT])i?)?B?$/i.exec(text);
  if (match === null) return undefined;
  const bytes = Number(match[1]) * UNITS[(match[2] ?? '').toUpperCase()]!;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

export const explainByteSize = (text: string): string =>
  `${JSON.stringify(text.slice(0, 40))} is not a size: write a whole number and a unit, such as '512KB' or '10MB'`;

/** Bytes. Throws a 400 `Problem` that says what would be right. */
export function parseByteSize(text: string): number {
  const bytes = tryParseByteSize(text);
  if (bytes === undefined) throw badRequest(explainByteSize(text));
  return bytes;
}

/** `1536` is `1.5 KiB`: two digits that vary, as people read them. */
export function formatByteSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
