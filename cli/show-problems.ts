import type { DocumentProblem } from '../src/catalog/contract.ts';
import type { Context } from './context.ts';
import { cleanLine } from './style.ts';
import { shorten } from './table.ts';

/** Each problem as `file:line:column: error: what; what would be right`; for a person also the line, and where in it. */
export function showProblems(
  { say, paint, terminal }: Context,
  problems: readonly DocumentProblem[],
  files: readonly { file: string; text: string }[],
): void {
  const texts = new Map(files.map(({ file, text }) => [file, text.split(/\r?\n/)]));
  for (const { file, line, column, severity, message, hint } of problems) {
    const colour = severity === 'error' ? 'red' : 'yellow';
    say(`${paint('bold', `${file}:${line}:${column}:`)} ${paint(colour, `${severity}:`)} ${cleanLine(message)}${hint === null ? '' : `; ${cleanLine(hint)}`}`); // prettier-ignore
    const source = texts.get(file)?.[line - 1];
    if (!terminal.interactive || source === undefined || column > terminal.columns - 10) continue;
    const gutter = `${line} | `;
    // A tab must be as wide in the line below as in the line itself.
    const indent = source.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
    say(paint('dim', `  ${gutter}`) + shorten(source.replaceAll(/[^\t\P{Cc}]/gu, ''), terminal.columns - gutter.length - 2));
    say(`  ${' '.repeat(gutter.length)}${indent}${paint(colour, '^')}`);
  }
}

/** `2 errors, 1 warning in 14 documents of 3 files.` */
export function summary(problems: readonly DocumentProblem[], documents: number, files: number): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const found = [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : ''].filter((one) => one !== '');
  return `${found.length === 0 ? 'No problems' : found.join(', ')} in ${count(documents, 'document')} of ${count(files, 'file')}.`;
}

export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
