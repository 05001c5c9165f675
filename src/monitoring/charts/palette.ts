export type Theme = 'light' | 'dark';

/**
 * Okabe and Ito's colours, told apart with every common colour blindness, darkened on white (and lightened on black)
 * until a thin line keeps a contrast of 3:1. Beyond eight series, dashes tell them apart.
 * Source: https://jfly.uni-koeln.de/color/
 */
const SERIES: Record<Theme, readonly string[]> = {
  light: ['#0072b2', '#c44e00', '#00795a', '#a8508a', '#8a6d00', '#2a86bd', '#5b3fa8', '#333333'],
  dark: ['#56b4e9', '#e69f00', '#2fc79a', '#e08fc0', '#f0e442', '#7fa8ff', '#ff8a5c', '#dddddd'],
};

export const INK: Record<Theme, { background: string; text: string; faint: string; grid: string; mark: string }> = {
  light: { background: '#ffffff', text: '#1b1f24', faint: '#57606a', grid: '#dfe3e8', mark: '#b3261e' },
  dark: { background: '#14171a', text: '#e8eaed', faint: '#a0a8b1', grid: '#2d333a', mark: '#ff8a80' },
};

const DASHES = ['', '6 3', '2 3', '8 3 2 3'];

export interface Stroke {
  readonly colour: string;
  /** For `stroke-dasharray`; empty for a full line. */
  readonly dash: string;
}

export function strokeOf(index: number, theme: Theme): Stroke {
  const colours = SERIES[theme];
  return { colour: colours[index % colours.length]!, dash: DASHES[Math.floor(index / colours.length) % DASHES.length]! };
}
