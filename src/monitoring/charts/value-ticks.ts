import { type Scale, scaleFor } from './number-format.ts';
import type { Tick } from './time-ticks.ts';

export interface ValueAxis {
  readonly min: number;
  readonly max: number;
  readonly scale: Scale;
  readonly ticks: readonly Tick[];
}

/**
 * An axis with round numbers that holds all `values`. It begins at zero unless the values are far from it compared
 * with how much they vary, since a line's height is read as its size.
 */
export function valueAxis(values: readonly number[], unit: string, most: number): ValueAxis {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [0, 1];
  if (low >= 0 && low < 3 * (high - low)) low = 0;
  if (high <= 0 && -high < 3 * (high - low)) high = 0;
  if (low === high) [low, high] = low === 0 ? [0, 1] : low > 0 ? [0, high] : [low, 0];
  const scale = scaleFor(Math.max(Math.abs(low), Math.abs(high)), unit);
  const step = roundStep((high - low) / scale.divisor / most) * scale.divisor;
  const min = Math.floor(low / step + 1e-9) * step;
  const max = Math.ceil(high / step - 1e-9) * step;
  const ticks: Tick[] = [];
  for (let i = 0; i <= Math.round((max - min) / step); i++) {
    const at = min + i * step;
    ticks.push({ at, label: `${tidy(at / scale.divisor, step / scale.divisor)}${scale.suffix}` });
  }
  return { min, max, scale, ticks };
}

/** 1, 2 or 5 times a power of ten, and at least `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((one) => one * power >= step * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** As many decimals as the steps need, all alike. */
function tidy(value: number, step: number): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const text = (Math.abs(value) < step / 1e6 ? 0 : value).toFixed(Math.min(20, decimals));
  return text.replace('-', '−');
}
