import type { UpOptions } from './up-options.ts';

// The server's own code is loaded by the commands that need it alone: asking a server takes no database.

/** Starts nines in this process. */
export async function loadUp(): Promise<(options: UpOptions) => Promise<void>> {
  return (await import('../src/app/index.ts')).up;
}

export async function loadFolderReader() {
  const { kinds } = await import('../src/app/index.ts');
  const { readFolder } = await import('../src/catalog/index.ts');
  const { foreignKinds } = kinds();
  return (place: string) => readFolder(place, foreignKinds);
}

/** Runs unit tests of rules. */
export async function loadRuleTests() {
  const { ruleTestKind, runRuleTests } = await import('../src/app/index.ts');
  return { kind: ruleTestKind.kind, runRuleTests };
}

/** What checks documents, every kind of them that this nines understands, and the linter's settings and links. */
export async function loadChecker() {
  const { kinds, lintSettingsOf, linksOfFile, checkLinks, ruleFileKind } = await import('../src/app/index.ts');
  const { checkDocuments } = await import('../src/catalog/index.ts');
  return { kinds, lintSettingsOf, linksOfFile, checkLinks, ruleFileKind: ruleFileKind.kind, checkDocuments };
}

/** Makes a data folder of a backup. */
export async function loadRestore() {
  return (await import('../src/app/index.ts')).restore;
}
