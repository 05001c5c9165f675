import type { ScrapeSpec } from '../contract.ts';
import type { Labels } from '../series.ts';

/**
 * A scraped series' labels with the target's put on. Where both have a label, the scraped one moves to `exported_…`,
 * or stays with `honorLabels` (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config).
 * Labels without a value are as if absent, but with `honorLabels` they keep the target's away.
 */
export function mergeLabels(scraped: Labels, target: Labels, honorLabels: boolean): Labels {
  const merged: Record<string, string> = { ...scraped };
  for (const [name, value] of Object.entries(target)) {
    const conflict = Object.hasOwn(scraped, name);
    if (conflict && honorLabels) continue;
    if (conflict && scraped[name] !== '') {
      let exported = `exported_${name}`;
      while (Object.hasOwn(merged, exported) || Object.hasOwn(target, exported)) exported = `exported_${exported}`;
      merged[exported] = scraped[name]!;
    }
    merged[name] = value;
  }
  for (const name in merged) if (merged[name] === '') delete merged[name];
  return merged;
}

type LabelLimits = Pick<ScrapeSpec, 'labelLimit' | 'labelNameLengthLimit' | 'labelValueLengthLimit'>;

/** Which limit the labels break, in words, or undefined. */
export function brokenLabelLimit(labels: Labels, limits: LabelLimits): string | undefined {
  const names = Object.keys(labels);
  const series = labels.__name__ ?? '';
  if (names.length > limits.labelLimit) {
    return `the series ${series} has ${names.length} labels, more than labelLimit (${limits.labelLimit})`;
  }
  for (const name of names) {
    if (name.length > limits.labelNameLengthLimit) {
      return `a label name of ${series} has ${name.length} characters, more than labelNameLengthLimit (${limits.labelNameLengthLimit})`;
    }
    const { length } = labels[name]!;
    if (length > limits.labelValueLengthLimit) {
      return `the label ${name} of ${series} has ${length} characters, more than labelValueLengthLimit (${limits.labelValueLengthLimit})`;
    }
  }
  return undefined;
}
