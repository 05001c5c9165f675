import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { DEFAULT_RULES_YAML, parsePromQL } from '../../monitoring/index.ts';
import { ruleFileSpec } from '../rules/rule-file-spec.ts';
import { documentationOf, lintRule, type LintContext } from './lint-rule.ts';

const context: LintContext = {
  serviceOf: (name) =>
    ({ shop: { owner: 'store', runbook: 'https://wiki.example.org/shop' }, bare: { owner: 'store' } })[name as 'shop' | 'bare'],
};

interface Given {
  alert?: string;
  expr?: string;
  graphite?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A rule that the linter has nothing to say of, but for what is given. */
const lint = (
  { alert = 'Errors', expr = 'job:errors:ratio > 0.01', graphite, labels, annotations }: Given,
  over: Partial<LintContext> = {},
) =>
  lintRule(
    {
      name: alert,
      expr: graphite ?? expr,
      parsed: graphite === undefined ? parsePromQL(expr) : undefined,
      labels: labels ?? { service: 'shop', severity: 'critical' },
      annotations: annotations ?? { summary: 'Restart the web servers' },
    },
    { ...context, ...over },
  );
const found = (given: Given, over: Partial<LintContext> = {}): string =>
  lint(given, over)
    .findings.map(({ check, path }) => `${check} at ${path.join('.')}`)
    .join(', ');
const summary = (text: string): Given => ({ annotations: { summary: text } });
const critical = (expr: string): Given => ({ expr });
const link = (annotations: Record<string, string>): Given => ({
  labels: { service: 'bare', severity: 'today' },
  annotations: { summary: 'Restart the web servers', ...annotations },
});

const LENGTH = 'length at annotations.summary';
const IMPERATIVE = 'imperative at annotations.summary';
const CAUSE = 'cause at expr';

test.each<[string, Given, string]>([
  ['nothing to say', {}, ''],
  ['no summary', { annotations: {} }, 'subject at alert'],
  ['an empty summary', { annotations: { summary: '  ' } }, 'subject at alert'],
  ['50 characters', summary(`Restart ${'x'.repeat(42)}`), ''],
  ['51 characters', summary(`Restart ${'x'.repeat(43)}`), LENGTH],
  ['characters, not code units', summary(`Restart ${'🐢'.repeat(42)}`), ''],
  ['values do not count', summary(`Restart ${'x'.repeat(30)} {{ $labels.a_very_long_name_of_a_label }}`), ''],
  ['but what is around them', summary(`Restart {{ $labels.job }}: ${'x'.repeat(45)}`), LENGTH],
  ['braces within a value', summary('Restart {{ printf "}} %s" $labels.job }} now'), ''],
  ['a quoted quote within a value', summary('Restart {{ printf "\\"}}" }} now'), ''],
  ['a noun first', summary('High error rate'), IMPERATIVE],
  ['a subject and a verb', summary('Checkout is down'), IMPERATIVE],
  ['a participle', summary('Failing checkouts'), IMPERATIVE],
  ['a number', summary('5 % of requests fail'), IMPERATIVE],
  ['a preposition before an article', summary('On the shop errors rise'), IMPERATIVE],
  ['a value first', summary('{{ $labels.job }} is down'), IMPERATIVE],
  ['a condition first', summary('{{ if eq $labels.env "prod" }}Restart{{ else }}Look at{{ end }} the shop'), ''],
  ['a range first', summary('{{ range query "up" }}Restart {{ .Labels.job }}{{ end }}'), ''],
  ['a verb', summary('Roll back the shop'), ''],
  ['a verb with a colon', summary('Restore checkout: payments fail'), ''],
  ['a verb in capitals', summary('RESTART the shop'), ''],
  ['again', summary('Re-run the import of prices'), ''],
  ['words that hurry', summary('Please immediately restart checkout'), ''],
  ['a verb that is not in the list', summary('Ping the provider of cards'), ''],
  ['a noun that looks so', summary('Availability the worst ever'), IMPERATIVE],
  ['no severity', { labels: { service: 'shop' } }, 'severity at alert'],
  ['a severity of another house', { labels: { service: 'shop', severity: 'p1' } }, 'severity at labels.severity'],
  ["Prometheus' warning", { labels: { service: 'shop', severity: 'warning' } }, ''],
  ['in any spelling', { labels: { service: 'shop', severity: ' Page ' } }, ''],
  ['a severity from the series', { labels: { service: 'shop', severity: '{{ $labels.s }}' } }, ''],
  ['no owner', { labels: { severity: 'today' }, annotations: { summary: 'Restart it', runbook_url: 'https://w/x' } }, 'owner at alert'],
  ['a service without a document', { labels: { severity: 'today', service: 'who' }, annotations: { summary: 'Restart it', docs: 'https://w/x' } }, 'owner at labels.service'],
  ['a team', { labels: { severity: 'today', team: 'x' }, annotations: { summary: 'Restart it', runbook_url: 'https://w/x' } }, ''],
  ['an owner', { labels: { severity: 'today', owner: 'x' }, annotations: { summary: 'Restart it', runbook_url: 'https://w/x' } }, ''],
  ['a service from the series', { labels: { severity: 'today', service: '{{ $labels.job }}' } }, ''],
  ['no documentation', link({}), 'documentation at alert'],
  ['a runbook', link({ runbook_url: 'https://wiki/x' }), ''],
  ['documentation', link({ docs_url: 'https://wiki/x' }), ''],
  ['a path is no link', link({ runbook: 'wiki/x' }), 'documentation at annotations.runbook'],
  ['a link from the series', link({ runbook_url: '{{ $labels.url }}' }), ''],
  ['a critical one has documentation and no steps', { ...link({ docs_url: 'https://wiki/x' }), labels: { service: 'bare', severity: 'critical' } }, 'runbook at alert'],
  ['processors', critical('instance:node_cpu:ratio > 0.9'), CAUSE],
  ['processors, rated', critical('1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.95'), CAUSE],
  ['load', critical('node_load5 > 10'), CAUSE],
  ['memory', critical('node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05'), CAUSE],
  ['memory of a container', critical('container_memory_working_set_bytes > 1e9'), CAUSE],
  ['a heap', critical('jvm_memory_bytes_used{area="heap"} > 1e9'), CAUSE],
  ['a disk', critical('node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.05'), CAUSE],
  ['threads', critical('jvm_threads_current > 500'), CAUSE],
  ['restarts', critical('increase(kube_pod_container_status_restarts_total[1h]) > 3'), CAUSE],
  ['one instance is down', critical('up == 0'), CAUSE],
  ['one instance of a job', critical('up{job="shop"} < 1'), CAUSE],
  ['one instance, over time', critical('max_over_time(up{job="shop"}[5m]) == 0'), CAUSE],
  ['kept by instance', critical('max by (instance, job) (up) == 0'), CAUSE],
  ['how many instances are left', critical('avg by (job) (up{job="shop"}) < 0.5'), ''],
  ['none is there', critical('absent(up{job="shop"})'), ''],
  ['a symptom', critical('job:errors:ratio > 0.01'), ''],
  ['latency', critical('histogram_quantile(0.99, rate(http_request_duration_seconds_bucket[5m])) > 1'), ''],
  ['requests that a disk delays', critical('disk_requests_failed_total > 1'), ''],
  ['a cause with its symptom', critical('node_load5 > 10 and on () job:errors:ratio > 0.01'), ''],
  ['no metric', critical('vector(1)'), ''],
  ['any metric', critical('{job="shop"} > 1'), ''],
  ['a cause that waits for the morning', { expr: 'node_load5 > 10', labels: { service: 'shop', severity: 'today' } }, ''],
  ['processors in Graphite', { graphite: 'movingAverage(servers.*.cpu.user, 5)' }, CAUSE],
  ['a symptom in Graphite', { graphite: 'sumSeries(shop.*.responses.500)' }, ''],
  ['ignored with a reason', { expr: 'up == 0', annotations: { summary: 'Restart it', nines_lint: 'ignore cause: there is one instance' } }, ''],
  ['ignored without one', { expr: 'up == 0', annotations: { summary: 'Restart it', nines_lint: 'ignore cause' } }, `${CAUSE}, ignore at annotations.nines_lint`],
  ['two ignored', { expr: 'up == 0', annotations: { nines_lint: 'ignore cause: one instance; ignore subject: made by a machine' } }, ''],
  ['an unknown check', { annotations: { summary: 'Restart it', nines_lint: 'ignore colour: red' } }, 'ignore at annotations.nines_lint'],
  ['no sentence', { annotations: { summary: 'Restart it', nines_lint: 'leave me alone' } }, 'ignore at annotations.nines_lint'],
])('%s', (_, given, expected) => expect(found(given)).toBe(expected)); // prettier-ignore

test('a link by default is documentation and runbook', () => {
  const bare = { labels: { service: 'bare', severity: 'critical' } };
  expect(found(bare)).toBe('documentation at alert');
  expect(found(bare, { docsUrl: 'https://docs.example.org/' })).toBe('');
});

test.each<[string, Record<string, string>, string]>([
  ['service as legend', { service: 'bare' }, 'https://docs.example.org/High%20load#bare'],
  ['a legend of its own', { service: 'bare', legend: 'eu/west' }, 'https://docs.example.org/High%20load#eu%2Fwest'],
  ['no legend', {}, 'https://docs.example.org/High%20load'],
  ['a legend from the series', { legend: '{{ $labels.x }}' }, 'https://docs.example.org/High%20load'],
  ["the service's runbook comes first", { service: 'shop' }, 'https://wiki.example.org/shop'],
])('the link of an alert: %s', (_, labels, expected) => {
  const rule = { name: 'High load', expr: '1', parsed: undefined, labels, annotations: {} };
  expect(documentationOf(rule, { ...context, docsUrl: 'https://docs.example.org/' })).toBe(expected);
});

test('a link that is dead is told where it is written', () => {
  const over = { deadLinks: new Map([['https://wiki/x', 'answers 404'], ['https://wiki.example.org/shop', "has no place '#a'"]]) }; // prettier-ignore
  expect(found({}, over)).toBe('link at alert');
  expect(found(link({ runbook_url: 'https://wiki/x' }), over)).toBe('link at annotations.runbook_url');
});

test('what an author let pass is told, as long as there is something to let pass', () => {
  const annotations = { summary: 'Restart it', nines_lint: 'ignore cause: there is one; ignore length: never' };
  expect(lint({ expr: 'up == 0', annotations }).ignored).toEqual([{ check: 'cause', reason: 'there is one' }]);
});

test('the rules that come with nines say what to do, and wake nobody for a cause without a reason', () => {
  const { groups } = ruleFileSpec.parse(parseYaml(DEFAULT_RULES_YAML));
  const all = groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined));
  expect(all.length).toBeGreaterThan(5);
  const findings = all.flatMap(({ alert, expr, labels, annotations }) =>
    lintRule({ name: alert!, expr, parsed: parsePromQL(expr), labels, annotations }, { ...context, docsUrl: 'https://x' }).findings
      .filter(({ check }) => check !== 'owner')
      .map(({ check }) => `${alert}: ${check}`),
  ); // prettier-ignore
  expect(findings).toEqual([]);
});
