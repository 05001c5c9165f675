/** Which alerts are worth waking for, as far as their rules say. */
export { checkLinks } from './check-links.ts';
export { defaultDocumentation, legendOf, type DocumentationSettings } from './documentation.ts';
export { linksOfFile, type LintSettings } from './lint-file.ts';
export { lintRoutes } from './lint-routes.ts';
export { lintedGraphiteRuleKind } from './linted-graphite-rule.ts';
export { lintedRuleFileKind } from './linted-rule-file.ts';
