/** Which alerts are worth waking for, as far as their rules say. */
export { checkLinks } from './check-links.ts';
export { defaultDocumentation, legendOf, type DocumentationSettings } from './documentation.ts';
export { lintFile, linksOfFile, type LintSettings } from './lint-file.ts';
export { lintGraphiteRule } from './lint-graphite.ts';
export { lintRoutes } from './lint-routes.ts';
