import type { Matcher } from '../../series.ts';
import { GraphiteError } from '../graphite-error.ts';
import { found, pythonRegExp } from '../python-regexp.ts';

const EXPRESSION = /^([^;!=]+)(!?=~?)([^;]*)$/s;

/** The label of a tag: `name` is the metric's. */
export const labelOf = (tag: string): string => (tag === 'name' ? '__name__' : tag);
export const tagOf = (label: string): string => (label === '__name__' ? 'name' : label);

/**
 * What `tag=value`, `tag!=value`, `tag=~regexp` and `tag!=~regexp` ask of labels. A regular expression must match from the
 * beginning of a value, not to its end. At least one of them must not fit a series without the tag.
 * @throws GraphiteError
 */
export function tagMatchers(expressions: readonly string[]): Matcher[] {
  let narrow = false;
  const matchers = expressions.map((text) => {
    const parsed = EXPRESSION.exec(text);
    if (parsed === null)
      throw new GraphiteError(`'${text.slice(0, 200)}' is no tag expression: write tag=value, tag!=value, tag=~regexp or tag!=~regexp.`);
    const [, tag = '', operator = '', value = ''] = parsed;
    const name = labelOf(tag);
    const not = operator.startsWith('!');
    if (!operator.endsWith('~')) {
      if ((value === '') === not) narrow = true;
      return { name, op: not ? '!=' : '=', value } as const;
    }
    const pattern = value.startsWith('^') ? value.slice(1) : value;
    if (found(pythonRegExp(`^(?:${pattern})`), '') === not) narrow = true;
    return { name, op: not ? '!~' : '=~', value: `(?:${pattern}).*` } as const;
  });
  if (!narrow) throw new GraphiteError('At least one tag expression must not fit series without the tag: add one such as name=~.+');
  return matchers;
}
