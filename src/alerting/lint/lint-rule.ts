/**
 * What is wrong with an alert for whoever it wakes. Sources of the checks: 'Real-World SRE' (an alert is actionable, links to what
 * to do, tells of a symptom) and Rob Ewaschuk, 'My Philosophy on Alerting'. Pure; each check is a small function of its own.
 */
import { isImperative, LONGEST_SUBJECT } from '../../catalog/index.ts';
import type { Expr } from '../../monitoring/index.ts';
import { severityOf } from '../rules/index.ts';
import { causeOf } from './causes.ts';
import type { LintCheck } from './contract.ts';
import { defaultDocumentation, legendOf, LINK_ANNOTATIONS, type DocumentationSettings } from './documentation.ts';
import { IGNORE_ANNOTATION, readIgnores, type Ignores } from './ignores.ts';
import { literalText } from './literal-text.ts';

/** A rule as it is written: labels (its group's among them) and annotations are templates. */
export interface LintedRule {
  readonly name: string;
  readonly expr: string;
  /** Undefined for an expression that is not PromQL. */
  readonly parsed: Expr | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface LintContext extends DocumentationSettings {
  /** What is known of a service by its document. */
  readonly serviceOf: (name: string) => { readonly owner?: string | undefined; readonly runbook?: string | undefined } | undefined;
  /** What is wrong with links that were asked, by their address. */
  readonly deadLinks?: ReadonlyMap<string, string>;
}

export interface RuleFinding {
  readonly check: LintCheck;
  /** Within the rule: `['annotations', 'summary']`; `['alert']` for what isn't there. */
  readonly path: readonly string[];
  readonly message: string;
  readonly hint: string;
}

type Check = (rule: LintedRule, context: LintContext) => RuleFinding | undefined;

const inAnnotation = (name: string): string[] => ['annotations', name];
const HERE = ['alert'];
const critical = ({ labels }: LintedRule): boolean => severityOf(labels['severity']) === 'critical';

const subject: Check = ({ name, annotations }) =>
  (annotations['summary'] ?? '').trim() === ''
    ? {
        check: 'subject',
        path: HERE,
        message: `alert '${name}' has no annotation summary: it is the subject of the page`,
        hint: `say what to do, in at most ${LONGEST_SUBJECT} characters: 'Restore checkout: payments fail'`,
      }
    : undefined;

const length: Check = ({ annotations }) => {
  const { summary } = annotations;
  if (summary === undefined) return undefined;
  const { text, templated } = literalText(summary);
  const count = Array.from(text).length;
  if (count <= LONGEST_SUBJECT) return undefined;
  return {
    check: 'length',
    path: inAnnotation('summary'),
    message: `the summary has ${count} characters${templated ? ' without its values' : ''}: a locked phone shows ${LONGEST_SUBJECT}`,
    hint: 'say what to do in the summary, and the details in description',
  };
};

const imperative: Check = ({ annotations }) => {
  const { summary } = annotations;
  if (summary === undefined || summary.trim() === '') return undefined;
  const { text, beginsWithValue } = literalText(summary);
  if (!beginsWithValue && isImperative(text)) return undefined;
  return {
    check: 'imperative',
    path: inAnnotation('summary'),
    message: beginsWithValue
      ? 'the summary begins with a value: it says what is, not what to do'
      : `the summary does not begin with a verb: '${text.split(' ', 3).join(' ')} …' says what is, not what to do`,
    hint: "begin with what the reader is to do: 'Restart …', 'Roll back …', 'Free disk space on …'",
  };
};

const linkOf = ({ annotations }: LintedRule): { name: string; text: string } | undefined => {
  const name = LINK_ANNOTATIONS.find((one) => (annotations[one] ?? '').trim() !== '');
  return name === undefined ? undefined : { name, text: annotations[name]!.trim() };
};

const serviceOf = (rule: LintedRule, context: LintContext) => {
  const service = rule.labels['service'];
  return service === undefined || service.includes('{{') ? undefined : context.serviceOf(service);
};
/** A label that is filled in from the series can't be known here. */
const fromSeries = (label: string | undefined): boolean => label?.includes('{{') === true;

/** The link that alerts of the rule carry, where that can be known. */
export function documentationOf(rule: LintedRule, context: LintContext): string | undefined {
  const own = linkOf(rule);
  if (own !== undefined) return own.text;
  const legend = legendOf(rule.labels);
  return serviceOf(rule, context)?.runbook ?? defaultDocumentation(context, rule.name, fromSeries(legend) ? '' : legend);
}

const documentation: Check = (rule, context) => {
  const own = linkOf(rule);
  if (own !== undefined) {
    if (/^https?:\/\/./.test(own.text) || own.text.startsWith('{{')) return undefined;
    return {
      check: 'documentation',
      path: inAnnotation(own.name),
      message: `${own.name} is no link: '${own.text.slice(0, 60)}'`,
      hint: 'write the whole address, with https:// before it',
    };
  }
  if (documentationOf(rule, context) !== undefined || fromSeries(rule.labels['service'])) return undefined;
  return {
    check: 'documentation',
    path: HERE,
    message: `alert '${rule.name}' links to no documentation: whoever it wakes has to guess what it means`,
    hint: 'add the annotation runbook_url, give its service a runbook, or set rules.docsUrl for all alerts',
  };
};

/** Critical ones are read at night: a general page is not enough, it takes the steps. */
const runbook: Check = (rule, context) => {
  if (!critical(rule) || documentation(rule, context) !== undefined || fromSeries(rule.labels['service'])) return undefined;
  const { annotations, name } = rule;
  if ((annotations['runbook_url'] ?? annotations['runbook'] ?? annotations['playbook_url']) !== undefined) return undefined;
  if (serviceOf(rule, context)?.runbook !== undefined || context.docsUrl !== undefined) return undefined;
  return {
    check: 'runbook',
    path: HERE,
    message: `critical alert '${name}' has documentation and no runbook: at night it takes steps, one after the other`,
    hint: 'add the annotation runbook_url, or a runbook to its service',
  };
};

const owner: Check = (rule, context) => {
  const { service, owner: label, team } = rule.labels;
  if ((label ?? team) !== undefined || fromSeries(service) || serviceOf(rule, context)?.owner !== undefined) return undefined;
  return {
    check: 'owner',
    path: service === undefined ? HERE : ['labels', 'service'],
    message: `alert '${rule.name}' has no owner: ${service === undefined ? 'nobody will mend or remove it' : `'${service}' is no Service document`}`,
    hint: 'add the label service (of a Service document, which has an owner), or the label team',
  };
};

const KNOWN: ReadonlySet<string> = new Set(
  (
    'critical page emergency disaster today ticket warning warn error major minor high medium average ' +
    'eventually info information notice low none'
  ).split(' '),
);

const severity: Check = ({ name, labels }) => {
  const given = labels['severity'];
  const hint = 'severity is critical (wakes someone), today (working hours) or eventually (waits in the queue)';
  if (given === undefined)
    return { check: 'severity', path: HERE, message: `alert '${name}' has no severity: it is taken for today`, hint };
  if (fromSeries(given) || KNOWN.has(given.trim().toLowerCase())) return undefined;
  return {
    check: 'severity',
    path: ['labels', 'severity'],
    message: `'${given.slice(0, 60)}' is no severity: it is taken for today`,
    hint,
  };
};

const cause: Check = (rule) => {
  if (!critical(rule)) return undefined;
  const found = causeOf(rule.expr, rule.parsed);
  if (found === undefined) return undefined;
  return {
    check: 'cause',
    path: ['expr'],
    message: `critical alert '${rule.name}' looks at a cause: ${found.what}. It wakes people when nobody is hurt, and sleeps when other causes hurt them`,
    hint: `wake people for a symptom: ${found.symptom}; make this one 'today', or let it pass with the annotation ${IGNORE_ANNOTATION}: 'ignore cause: <why>'`,
  };
};

const link: Check = (rule, context) => {
  const address = documentationOf(rule, context);
  const problem = address === undefined ? undefined : context.deadLinks?.get(address);
  if (problem === undefined) return undefined;
  const own = linkOf(rule);
  return {
    check: 'link',
    path: own === undefined ? HERE : inAnnotation(own.name),
    message: `the documentation ${address} ${problem}`,
    hint: 'mend the page or the link: at night nobody searches for it',
  };
};

const CHECKS: readonly Check[] = [subject, length, imperative, documentation, runbook, owner, severity, cause, link];

export interface RuleLintResult {
  readonly findings: readonly RuleFinding[];
  /** Those that the rule's author let pass: only what would have been found. */
  readonly ignored: Ignores['ignored'];
}

export function lintRule(rule: LintedRule, context: LintContext): RuleLintResult {
  const { ignored, problems } = readIgnores(rule.annotations[IGNORE_ANNOTATION]);
  const all = CHECKS.map((check) => check(rule, context)).filter((one) => one !== undefined);
  const own = problems.map((message): RuleFinding => ({
    check: 'ignore',
    path: inAnnotation(IGNORE_ANNOTATION),
    message,
    hint: "write 'ignore <check>: <reason>', several separated by ';'",
  }));
  return {
    findings: [...all.filter((one) => !ignored.some(({ check }) => check === one.check)), ...own],
    ignored: ignored.filter(({ check }) => all.some((one) => one.check === check)),
  };
}
