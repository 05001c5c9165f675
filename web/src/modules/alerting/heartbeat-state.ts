import type { Heartbeat } from '../../../../src/alerting/heartbeat/contract.ts';
import type { Tone } from '../../ui/glyph.tsx';

export const HEARTBEAT_TONES: Readonly<Record<Heartbeat['status'], Tone>> = {
  late: 'bad',
  'too-long': 'bad',
  failed: 'bad',
  waiting: 'none',
  running: 'ok',
  ok: 'ok',
};

export const HEARTBEAT_WORDS: Readonly<Record<Heartbeat['status'], string>> = {
  late: 'Late',
  'too-long': 'Runs too long',
  failed: 'Failed',
  waiting: 'Not heard yet',
  running: 'Runs',
  ok: 'Fine',
};
