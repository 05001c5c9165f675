import { z } from 'zod';
import { durationText } from '../../platform/duration.ts';

/** The setting `deadMansSwitch`. */
export const switchSettings = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('what is asked (GET) for as long as a page would arrive: a Heartbeat of another nines, or any dead man\'s switch'),
  every: durationText({ min: '10s', max: '1h' }).default('1m').describe('how often'),
}).optional().describe('who outside is told again and again that nines works, and notices when it is silent'); // prettier-ignore
export type SwitchSettings = NonNullable<z.output<typeof switchSettings>>;
