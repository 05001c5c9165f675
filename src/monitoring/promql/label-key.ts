import type { Labels } from '../series.ts';

/** The same for the same labels, whatever their order; a label without a value is none. */
export const labelKey = (labels: Labels): string =>
  JSON.stringify(
    Object.keys(labels)
      .filter((name) => labels[name] !== '')
      .sort()
      .map((name) => [name, labels[name]]),
  );
