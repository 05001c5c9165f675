import type { UpOptions } from './settings.ts';

export { ruleTestKind, runRuleTests, type RuleTestResult, type RuleTestSpec } from '../alerting/index.ts';
export { kinds } from './kinds.ts';
export type { UpOptions } from './settings.ts';

/** `nines up`. The server is loaded only now: `nines check` needs none of it and shall answer at once. */
export async function up(options: UpOptions): Promise<void> {
  const { up: run } = await import('./up.ts');
  await run(options);
}
