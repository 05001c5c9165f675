import type { NotificationJson } from '../../../../src/delivery/contract.ts';
import type { Tone } from '../../ui/glyph.tsx';

export const DELIVERY_TONE: Readonly<Record<NotificationJson['state'], Tone>> = {
  queued: 'none',
  sent: 'ok',
  delivered: 'ok',
  seen: 'ok',
  acknowledged: 'ok',
  failed: 'bad',
  dropped: 'warn',
};
