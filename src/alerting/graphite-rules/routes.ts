import { z } from 'zod';
import type { Ledger } from '../../ledger/index.ts';
import { route, type Route } from '../../platform/http/index.ts';
import type { Sql } from '../../platform/sql/index.ts';
import * as contract from './contract.ts';
import { LEVELS, type SeriesMemory } from './decide-series.ts';
import { listMemories, listRuleRows, type RuleRow } from './graphite-rule-store.ts';
import type { GraphiteRule, GraphiteRules } from './graphite-rules.ts';

const MOST_SHOWN = 1_000;
const RANK = { missing: 0, firing: 1, pending: 2, ok: 3 } as const;

export function conditionsOf({ spec }: GraphiteRule): string[] {
  const levels = LEVELS.flatMap((level) => {
    const { above, below } = spec[level] ?? {};
    return [...(above === undefined ? [] : [`${level} > ${above}`]), ...(below === undefined ? [] : [`${level} < ${below}`])];
  });
  return spec.missing === false ? levels : [...levels, `missing ${spec.missing.after}`];
}

const fired = ({ holding }: SeriesMemory): boolean => LEVELS.some((level) => holding[level]?.fired);

function ruleJson(rule: GraphiteRule, row: RuleRow | undefined, memories: readonly SeriesMemory[]): contract.GraphiteRuleJson {
  const { name, title, spec } = rule;
  return {
    name,
    title,
    target: spec.target,
    service: spec.service ?? null,
    interval: spec.interval,
    conditions: conditionsOf(rule),
    evaluatedAt: row === undefined ? null : new Date(row.evaluated_at).toISOString(),
    tookMs: row?.took_ms ?? null,
    error: row?.error ?? null,
    series: row?.series ?? 0,
    firing: memories.filter(fired).length,
    missing: memories.filter(({ holding }) => holding.missing !== undefined).length,
  };
}

function seriesJson(memory: SeriesMemory): contract.GraphiteSeries {
  const { series, value, holding, firstSeen, lastSeen } = memory;
  const levels = Object.keys(holding);
  const state = holding.missing !== undefined ? 'missing' : fired(memory) ? 'firing' : levels.length > 0 ? 'pending' : 'ok';
  return { series, value, state, levels, firstSeenAt: new Date(firstSeen).toISOString(), lastSeenAt: new Date(lastSeen).toISOString() };
}

const named = z.object({ name: z.string().max(63) });

export function graphiteRuleRoutes({ rules, sql, ledger }: { rules: GraphiteRules; sql: Sql; ledger: Ledger }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/graphite-rules',
      access: 'viewer',
      summary: 'Rules over Graphite series: their conditions, and how many series fire or are missing',
      response: contract.graphiteRulesAnswer,
      async handler() {
        const rows = await listRuleRows(sql);
        const all: contract.GraphiteRuleJson[] = [];
        for (const rule of rules.list()) all.push(ruleJson(rule, rows.find((row) => row.rule === rule.name), await listMemories(sql, rule.name))); // prettier-ignore
        return { rules: all };
      },
    }),
    route({
      method: 'GET',
      path: '/nines/v1/graphite-rules/:name',
      access: 'viewer',
      summary: 'One rule, with the series that it knows: those in trouble first',
      params: named,
      response: contract.graphiteRuleDetail,
      async handler({ params: { name } }) {
        const rule = rules.find(name);
        const memories = await listMemories(sql, name);
        const row = (await listRuleRows(sql)).find((one) => one.rule === name);
        const known = memories.map(seriesJson).sort((a, b) => RANK[a.state] - RANK[b.state]).slice(0, MOST_SHOWN); // prettier-ignore
        return { ...ruleJson(rule, row, memories), known };
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/graphite-rules/:name/forget',
      access: 'responder',
      summary: 'A series is gone for good: its alerts end, and it is no longer waited for',
      params: named,
      body: z.strictObject({ series: z.string().min(1).max(1_000) }),
      async handler({ params: { name }, body: { series }, principal }) {
        await rules.forget(name, series);
        await sql.transaction((tx) =>
          ledger.append(tx, [
            {
              kind: 'graphite-rule.series-forgotten',
              actor: principal.actor,
              title: `${principal.name} said that ${series.slice(0, 200)} is gone for good`,
              subject: `graphite-rule/${name}`,
              service: rules.find(name).spec.service,
            },
          ]),
        );
      },
    }),
  ];
}
