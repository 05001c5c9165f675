/** Which groups and rules `/api/v1/rules` tells of. Source: https://prometheus.io/docs/prometheus/latest/querying/api/#rules */
import { createHash } from 'node:crypto';
import { compileMatchers, matchesAll, matchParameter, quote } from '../../monitoring/index.ts';
import { badRequest } from '../../platform/problem.ts';
import type { RuleStatus } from '../evaluation/index.ts';
import type { AlertRule, RecordRule } from '../rules/index.ts';

type Shown = 'kind' | 'name' | 'group' | 'source' | 'expr' | 'intervalMs' | 'limit' | 'labels';
/** What is told of a rule, whatever evaluates it. */
export type ToldRule = Pick<AlertRule, Shown | 'forMs' | 'keepFiringForMs' | 'annotations'> | Pick<RecordRule, Shown>;
export interface ToldStatus extends Omit<RuleStatus, 'rule'> {
  readonly rule: ToldRule;
}

/** A group, all of its rules, and those of them that were asked for: at least one. */
export interface AskedGroup {
  readonly all: readonly ToldStatus[];
  readonly asked: readonly ToldStatus[];
}

export interface AskedGroups {
  readonly groups: readonly AskedGroup[];
  /** Where there are more: what `group_next_token` takes for the next page. */
  readonly next: string | undefined;
}

const invalid = (name: string, problem: string): Error => badRequest(`invalid parameter "${name}": ${problem}`);

/** The labels that a rule gives to what it makes; a template stands as it was written. */
export const labelsOf = (rule: ToldRule): Record<string, string> => textsOf(rule.labels);

export const textsOf = (list: readonly (readonly [string, string | { readonly text: string }])[]): Record<string, string> =>
  Object.fromEntries(list.map(([name, text]) => [name, typeof text === 'string' ? text : text.text]));

/**
 * `type`, `rule_name[]`, `rule_group[]`, `file[]`, `match[]`, and a page of `group_limit` groups from `group_next_token` on.
 * @throws Problem 400
 */
export function askedGroups(statuses: readonly ToldStatus[], params: URLSearchParams): AskedGroups {
  const wanted = ruleFilter(params);
  const { limit, token } = page(params);
  const groups = inOrder(statuses);
  const first = token === '' ? 0 : groups.findIndex((group) => tokenOf(group) === token);
  if (first < 0) throw invalid('group_next_token', `${quote(token.slice(0, 60))} is no token of a group. Were rule groups changed?`);
  const found: AskedGroup[] = [];
  for (const all of groups.slice(first)) {
    const asked = all.filter(({ rule }) => wanted(rule));
    if (asked.length === 0) continue;
    if (found.length === limit) return { groups: found, next: tokenOf(all) };
    found.push({ all, asked });
  }
  return { groups: found, next: undefined };
}

/** By file and name, as Prometheus has them: so that pages follow each other. */
function inOrder(statuses: readonly ToldStatus[]): ToldStatus[][] {
  const groups = new Map<string, ToldStatus[]>();
  for (const status of statuses) {
    const key = `${status.rule.source}\u0000${status.rule.group}`;
    const group = groups.get(key);
    if (group) group.push(status);
    else groups.set(key, [status]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

const tokenOf = ([first]: readonly ToldStatus[]): string =>
  createHash('sha256')
    .update(JSON.stringify([first?.rule.source, first?.rule.group]))
    .digest('hex')
    .slice(0, 40);

function ruleFilter(params: URLSearchParams): (rule: ToldRule) => boolean {
  const type = (params.get('type') ?? '').toLowerCase();
  if (!['', 'alert', 'record'].includes(type)) throw invalid('type', `${quote(type.slice(0, 60))} is neither alert nor record`);
  const [names, groups, files] = ['rule_name[]', 'rule_group[]', 'file[]'].map((name) => new Set(params.getAll(name)));
  const within = (values: ReadonlySet<string> | undefined, value: string): boolean => !values?.size || values.has(value);
  const selectors = matchParameter(params).map((matchers) => {
    const compiled = compileMatchers(matchers);
    if ('problem' in compiled) throw invalid('match[]', compiled.problem);
    return compiled;
  });
  return (rule) =>
    (type === '' || type === rule.kind) &&
    within(names, rule.name) &&
    within(groups, rule.group) &&
    within(files, rule.source) &&
    (selectors.length === 0 || selectors.some((matchers) => matchesAll(matchers, labelsOf(rule))));
}

function page(params: URLSearchParams): { readonly limit: number; readonly token: string } {
  const text = params.get('group_limit') ?? '';
  const token = params.get('group_next_token') ?? '';
  if (text === '') {
    if (token !== '') throw invalid('group_next_token', 'group_limit must be given too, to go through the groups page by page');
    return { limit: Infinity, token };
  }
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw invalid('group_limit', 'must be a whole number, 1 or more');
  return { limit: Number(text), token };
}

/** `exclude_alerts`, in the ways in which Go writes a truth. @throws Problem 400 */
export function withoutAlerts(params: URLSearchParams): boolean {
  const text = params.get('exclude_alerts') ?? '';
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(?:|0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw invalid('exclude_alerts', `${quote(text.slice(0, 60))} is neither true nor false`);
}
