export { shortestExponential } from './decimal.ts';
export { Queries, type QueryAnswer } from './queries.ts';
export { compileTemplate, type Template, type TemplateInput } from './template.ts';
export { TemplateError } from './template-error.ts';
export { Sample } from './values.ts';
