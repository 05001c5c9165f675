import type { UpOptions } from './settings.ts';

import type { Restored, RestoreOptions } from './backup/index.ts';

export { ruleTestKind, runRuleTests, type RuleTestResult, type RuleTestSpec } from '../alerting/index.ts';
export { checkLinks, linksOfFile, ruleFileKind, type LintSettings, type RuleFileSpec } from '../alerting/index.ts';
export { kinds } from './kinds.ts';
export { lintSettingsOf } from './lint-settings.ts';
export type { UpOptions } from './settings.ts';

/** `nines up`. The server is loaded only now: `nines check` needs none of it and shall answer at once. */
export async function up(options: UpOptions): Promise<void> {
  const { up: run } = await import('./up.ts');
  await run(options);
}

/** `nines restore`, loaded only now for the same reason. */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { restoreBackup } = await import('./backup/index.ts');
  return restoreBackup(options);
}
