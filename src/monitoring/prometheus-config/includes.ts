import { parse } from 'yaml';

/** Longer is none that a person writes, and would only be looked through in vain. */
const LARGEST = 1_000_000;

/** The patterns of `rule_files` and `scrape_config_files` of a `prometheus.yml`; none where it isn't one. */
export function includesOf(text: string): string[] {
  if (text.length > LARGEST || !/^["']?(?:rule_files|scrape_config_files)["']?\s*:/m.test(text)) return [];
  try {
    const value: unknown = parse(text, { maxAliasCount: 100, logLevel: 'silent' });
    if (typeof value !== 'object' || value === null || ['kind', 'groups', 'tests'].some((key) => key in value)) return [];
    const { rule_files: rules, scrape_config_files: scrapes } = value as Readonly<Record<string, unknown>>;
    return [rules, scrapes].flatMap((one) => (Array.isArray(one) ? one : [])).filter((one) => typeof one === 'string' && one !== '');
  } catch {
    // What is wrong with it is said when it is read as a document.
    return [];
  }
}
