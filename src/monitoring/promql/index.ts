/** PromQL: parsing, evaluation, and Prometheus' HTTP answers. */
export { parse, textOf } from './parse-cache.ts';
export { format } from './syntax/format.ts';
export { PromQLSyntaxError } from './syntax/syntax-error.ts';
export type * from './syntax/ast.ts';
export { children } from './syntax/ast.ts';
export { selectorsOf, type SelectorUse } from './selectors.ts';
export { createQueryEngine, type EngineDeps, type QueryEngine, type QueryOptions } from './engine.ts';
export { RangeCache } from './range-cache/index.ts';
export { SharedResults, sharedParts } from './eval/shared-results.ts';
export type { ActiveQuery } from './running-queries.ts';
export { DEFAULT_QUERY_SETTINGS, type QuerySettings } from './settings.ts';
export type {
  InstantResult,
  MatrixResult,
  MatrixSeries,
  QueryResult,
  ScalarResult,
  StringResult,
  VectorResult,
  VectorSample,
} from './result.ts';
export { Gate } from './gate.ts';
export { guardedRegExp } from './guarded-regexp.ts';
export { compileRe2, expandTemplate, searchRe2 } from './re2.ts';
export { isWellFormed, quote, unquote } from './syntax/strings.ts';
export { parseSeriesLine } from './conformance/series-notation.ts';
export { MemorySource } from './memory-source.ts';
export { answer, type ApiAnswer } from './http/envelope.ts';
export { limitParameter, matchParameter, timeParameter } from './http/parameters.ts';
export { compileMatcher, compileMatchers, matchesAll } from './matchers.ts';
export { formatFloat, formatJson } from './number-format.ts';
export { FUNCTIONS } from './syntax/functions.ts';
export { handleFormatQuery, handleQuery, handleQueryRange } from './http/query-api.ts';
export { handleLabels, handleLabelValues, handleMetadata, handleSeries } from './http/series-api.ts';
