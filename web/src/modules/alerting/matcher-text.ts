import type { SilenceJson } from '../../../../src/alerting/muting/contract.ts';

/** As it is typed: `service=shop`; quoted only where it would be read otherwise. */
export const matcherText = ({ name, op, value }: SilenceJson['matchers'][number]): string =>
  `${name}${op}${/^[^"\s](.*\S)?$/.test(value) ? value : JSON.stringify(value)}`;
