import type { Terminal } from './terminal.ts';

export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

const CODES: Readonly<Record<Colour, readonly [number, number]>> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export type Paint = (colour: Colour | undefined, text: string) => string;

/** Colours only for a person at a terminal that has them, who did not say no (https://no-color.org). */
export function paintFor({ env, interactive }: Terminal, allowed = true): Paint {
  const forced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0';
  const on = allowed && (env['NO_COLOR'] ?? '') === '' && (forced || (interactive && env['TERM'] !== 'dumb'));
  return (colour, text) => {
    if (!on || colour === undefined || text === '') return text;
    const [open, close] = CODES[colour];
    return `\u001B[${open}m${text}\u001B[${close}m`;
  };
}

/** What came from outside must not move the cursor, colour the screen or turn the text around: such characters are taken out. */
export const clean = (text: string): string => text.replaceAll(/(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu, '');
export const cleanLine = (text: string): string => clean(text.replaceAll(/\s+/g, ' '));
