export { shortestExponential } from './decimal.ts';
export { Queries, type QueryAnswer } from './queries.ts';
export { compileTemplate, type Template, type TemplateInput } from './template.ts';
export { TemplateError } from './template-error.ts';
export { definitionsIn, expandNotification, invokedNames, mergeDefinitions, type Definitions } from './alertmanager-template.ts';
export { Data, Listing, MethodMap, Sample, Time, type Value } from './values.ts';
