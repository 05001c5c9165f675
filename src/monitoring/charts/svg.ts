export const round = (value: number): number => Math.round(value * 10) / 10;

export function clip(label: string, length: number): string {
  const most = Math.max(4, Math.floor(length));
  return label.length <= most ? label : `${label.slice(0, most - 1)}…`;
}

export const text = (x: number, y: number, label: string, fill: string, more = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" fill="${fill}"${more === '' ? '' : ` ${more}`}>${escape(label)}</text>`;

/** For text and attributes; control characters, which XML does not allow at all, become spaces. */
export function escape(label: string): string {
  return label
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, ' ')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
