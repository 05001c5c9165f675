import { z } from 'zod';
import { compileMatchers, matchesAll, type Labels, type Matcher } from '../../monitoring/index.ts';

const MOST_MATCHERS = 50;
const LONGEST = 1_000;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** One matcher on a label's value, as Alertmanager's: `=~` and `!~` are RE2, anchored at both ends; a label that isn't there is empty. */
const matcher = z.strictObject({
  name: z.string().max(200).regex(LABEL_NAME, "a label's name is letters, digits and '_', such as 'alertname'"),
  op: z.enum(['=', '!=', '=~', '!~']),
  value: z.string().max(LONGEST),
});

export const matchers = z
  .array(matcher)
  .min(1, 'at least one matcher')
  .max(MOST_MATCHERS)
  .check((context) => {
    context.value.forEach((one, i) => {
      const compiled = compileMatchers([one]);
      if ('problem' in compiled)
        context.issues.push({ code: 'custom', message: `${compiled.problem} (label ${one.name})`, input: one.value, path: [i, 'value'] });
    });
  });

/** Whether labels fit all matchers. An expression that turns out too slow fits nothing: better a page too many. */
export function labelTest(list: readonly Matcher[]): (labels: Labels) => boolean {
  const compiled = compileMatchers(list);
  if ('problem' in compiled) return () => false;
  return (labels) => {
    try {
      return matchesAll(compiled, labels);
    } catch {
      return false;
    }
  };
}

/** Labels that every alert has. */
const ALWAYS = new Set(['alertname', 'severity']);
const NONSENSE = 'no value that anything has';

/** Whether nearly every alert fits: each of the matchers takes what nobody thought of, and a label that isn't there. */
export const matchesEverything = (list: readonly Matcher[]): boolean =>
  list.every((one) => {
    const fits = labelTest([one]);
    return fits({ [one.name]: NONSENSE }) && (ALWAYS.has(one.name) || fits({}));
  });

export const formatMatcher = ({ name, op, value }: Matcher): string => `${name}${op}${JSON.stringify(value)}`;
export const formatMatchers = (list: readonly Matcher[]): string => `{${list.map(formatMatcher).join(', ')}}`;

const TEXT = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;

/**
 * One matcher as people type it: `service=shop`, `instance=~"web-.+"`; a bare word is the alert's name, as amtool has it.
 * Undefined where it is none.
 */
export function parseMatcher(text: string): Matcher | undefined {
  const [, name, op, raw] = TEXT.exec(text) ?? [];
  if (name === undefined || raw === undefined)
    return LABEL_NAME.test(text.trim()) ? { name: 'alertname', op: '=', value: text.trim() } : undefined;
  if (!raw.startsWith('"')) return { name, op: op as Matcher['op'], value: raw };
  try {
    return { name, op: op as Matcher['op'], value: z.string().parse(JSON.parse(raw)) };
  } catch {
    return undefined;
  }
}
