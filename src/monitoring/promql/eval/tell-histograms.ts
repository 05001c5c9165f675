/** What Prometheus says about queries of native histograms, in its words. */
import type { Combined } from '../../histogram/index.ts';
import type { Span } from '../syntax/ast.ts';
import { quote } from '../syntax/strings.ts';
import type { Context } from './context.ts';

export const ignored = (context: Context, aggregation: string, span: Span): void =>
  context.inform(`ignored histogram in ${aggregation} aggregation`, span);

export const ignoredInRange = (context: Context, name: string, span: Span): void =>
  context.inform(`ignored histograms in a range containing both floats and histograms for metric name ${quote(name)}`, span);

export const mixedRange = (context: Context, name: string, span: Span): void =>
  context.warn(`encountered a mix of histograms and floats for metric name ${quote(name)}`, span);

export const mixedAggregation = (context: Context, span: Span): void =>
  context.warn('encountered a mix of histograms and floats for aggregation', span);

export const mixedSchemas = (context: Context, name: string, span: Span): void =>
  context.warn(`vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${quote(name)}`, span);

export const mixedClassic = (context: Context, name: string, span: Span): void =>
  context.warn(`vector contains a mix of classic and native histograms${forName(name)}`, span);

export const notCounter = (context: Context, name: string, span: Span): void =>
  context.warn(`this native histogram metric is not a counter: ${quote(name)}`, span);

export const notGauge = (context: Context, name: string, span: Span): void =>
  context.warn(`this native histogram metric is not a gauge: ${quote(name)}`, span);

export const incompatibleTypes = (context: Context, left: string, op: string, right: string, span: Span): void =>
  context.inform(`incompatible sample types encountered for binary operator ${quote(op)}: ${left} ${op} ${right}`, span);

export const incompatibleBuckets = (context: Context, op: string, span: Span): void =>
  context.warn(`incompatible bucket layout encountered for binary operator ${op}`, span);

export function combined(context: Context, { reconciled, collision }: Combined, what: string, span: Span, collisions = true): void {
  if (reconciled) context.inform(`mismatched custom buckets were reconciled during ${what}`, span);
  if (collision && collisions) context.warn(`conflicting counter resets during histogram ${what}`, span);
}

const forName = (name: string): string => (name === '' ? '' : ` for metric name ${quote(name)}`);

export const nanQuantile = (context: Context, name: string, skewed: boolean, span: Span): void =>
  context.inform(`input to histogram_quantile has NaN observations, result is ${skewed ? 'skewed higher' : 'NaN'}${forName(name)}`, span);

export const nanFraction = (context: Context, name: string, span: Span): void =>
  context.inform(`input to histogram_fraction has NaN observations, which are excluded from all fractions${forName(name)}`, span);
