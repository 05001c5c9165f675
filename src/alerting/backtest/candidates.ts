/** What is tried, and what it is compared with: rules, read of what was asked for. */
import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { explainDuration, tryParseDuration } from '../../platform/duration.ts';
import { badRequest, notFound } from '../../platform/problem.ts';
import { parsePromQL } from '../../monitoring/index.ts';
import { readsOf, ruleFileSpec, rulesOfFile, type AlertRule, type Rule } from '../rules/index.ts';
import type { backtestRequest } from './contract.ts';
import { withThreshold } from './threshold.ts';

type Request = z.output<typeof backtestRequest>;

export interface Candidate {
  readonly after: AlertRule;
  readonly before: AlertRule | null;
}

/** More rules at a time are for several requests. */
const MOST_RULES = 20;

const isAlert = (rule: Rule): rule is AlertRule => rule.kind === 'alert';

/** @throws Problem 400, 404 */
export function candidatesOf(request: Request, inForce: readonly Rule[]): Candidate[] {
  const alerts = inForce.filter(isAlert);
  const tried = triedOf(request, alerts);
  if (tried.length === 0) throw badRequest('There is no alerting rule in what was sent: a backtest takes those.');
  if (tried.length > MOST_RULES)
    throw badRequest(`There are ${tried.length} alerting rules: try ${MOST_RULES} at a time, or name one with 'alert'.`);
  const others = typeof request.against === 'object' ? readFile(request.against.file, 'against').filter(isAlert) : alerts;
  return tried.map((rule) => ({
    after: changed(rule, request),
    before: request.against === 'nothing' ? null : (others.find(({ name }) => name === rule.name) ?? null),
  }));
}

function triedOf({ rule, file, alert }: Request, inForce: readonly AlertRule[]): readonly AlertRule[] {
  if (rule !== undefined) {
    const { interval, ...spec } = rule;
    return readSpec({ groups: [{ name: 'backtest', ...(interval !== undefined && { interval }), rules: [spec] }] }, 'rule').filter(isAlert);
  }
  const from = file === undefined ? inForce : readFile(file, 'file').filter(isAlert);
  const named = alert === undefined ? from : from.filter(({ name }) => name === alert);
  if (alert !== undefined && named.length === 0) throw notFound(file === undefined ? 'alerting rule in force' : 'alerting rule in the file', alert);
  return named;
} // prettier-ignore

function readFile(text: string, what: string): Rule[] {
  let document: unknown;
  try {
    document = parseYaml(text, { maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw badRequest(`${what} can't be read as YAML: ${(error as Error).message}`);
    const [place] = error.linePos ?? [];
    throw badRequest(`${what}${place === undefined ? '' : `:${place.line}:${place.col}`}: ${error.message.split('\n')[0]}`);
  }
  return readSpec(document, what);
}

function readSpec(document: unknown, what: string): Rule[] {
  const result = ruleFileSpec.safeParse(document);
  if (result.success) return rulesOfFile('backtest', result.data);
  const [issue] = result.error.issues;
  throw badRequest(`${what}${issue === undefined ? '' : ` ${issue.path.join('.')}: ${issue.message}`}`);
}

/** With the number and the `for` that are to be tried. */
function changed(rule: AlertRule, { threshold, for: forText }: Request): AlertRule {
  let next = rule;
  if (threshold !== undefined) {
    const expr = withThreshold(rule.expr, threshold);
    if (expr === undefined) throw badRequest(`The expression of ${rule.name} does not end in a comparison with a number: it has no threshold.`);
    const parsed = parsePromQL(expr);
    next = { ...next, expr, parsed, reads: readsOf(expr, parsed) };
  }
  if (forText === undefined) return next;
  const forMs = tryParseDuration(forText);
  if (forMs === undefined) throw badRequest(`for: ${explainDuration(forText)}`);
  return { ...next, forMs };
} // prettier-ignore
