import type { Parameter, Parameters } from './columns.ts';

/**
 * Parameters travel as `SET param_name = '…';` before the statement: three times faster than the package's own binding, and safe,
 * because the value is a string literal whose every quote and backslash is escaped, and the engine parses it by the placeholder's type.
 */

const NAME = /^[a-z_][a-z0-9_]*$/i;

/** A ClickHouse string literal with this content. Control characters are escaped too, so that no text ends a statement. */
export function quote(value: string): string {
  const escaped = value.replace(/[\\'\0\n\r\t\b\f\v]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `'${escaped}'`;
}

/** Placeholder values are read in the engine's TSV escaping, inside the literal. */
const tsv = (value: string): string => value.replace(/[\\\t\n\r\0]/g, (c) => TSV[c] ?? c);
const TSV: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' };

function literal(value: Parameter): string {
  if (typeof value === 'string') return quote(tsv(value));
  if (typeof value === 'object')
    return quote(`[${value.map((item) => (typeof item === 'string' ? quote(item) : finite(item))).join(',')}]`);
  if (typeof value === 'boolean') return value ? "'1'" : "'0'";
  return `'${typeof value === 'bigint' ? value : finite(value)}'`;
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`${value} can't be a parameter of a query.`);
  return value;
}

/** The statements to put before a query that uses `{name:Type}` placeholders. */
export function bindParameters(params: Parameters): string {
  return Object.entries(params)
    .map(([name, value]) => {
      if (!NAME.test(name)) throw new RangeError(`'${name}' can't be the name of a parameter.`);
      return `SET param_${name} = ${literal(value)}; `;
    })
    .join('');
}
