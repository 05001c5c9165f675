import { lintCheck, type LintCheck } from './contract.ts';

/** The annotation by which an author tells the linter to let something pass. */
export const IGNORE_ANNOTATION = 'nines_lint';

export interface Ignores {
  readonly ignored: readonly { readonly check: LintCheck; readonly reason: string }[];
  /** What is wrong with the annotation itself. */
  readonly problems: readonly string[];
}

const CHECKS = lintCheck.options.filter((check) => check !== 'ignore');

/** `ignore cause: the disk is the product`, several separated by `;`. Each needs its reason: whoever reads the rule next asks for it. */
export function readIgnores(text: string | undefined): Ignores {
  const ignored: { check: LintCheck; reason: string }[] = [];
  const problems: string[] = [];
  for (const part of (text ?? '').split(';').map((one) => one.trim()).filter((one) => one !== '')) {
    const [, name = '', reason = ''] = /^ignore\s+([\w-]+)\s*(?::\s*(.*))?$/s.exec(part) ?? [];
    const check = CHECKS.find((one) => one === name);
    if (name === '') problems.push(`'${part.slice(0, 60)}' is not of the form 'ignore <check>: <reason>'`);
    else if (check === undefined) problems.push(`there is no check '${name}': they are ${CHECKS.join(', ')}`);
    else if (reason.trim() === '') problems.push(`'ignore ${name}' has no reason`);
    else ignored.push({ check, reason: reason.trim() });
  }
  return { ignored, problems };
} // prettier-ignore
