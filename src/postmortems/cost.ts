import type { z } from 'zod';
import type { objectiveCost } from '../objectives/contract.ts';

/** What a span of time cost an objective, in its own numbers. */
export type ObjectiveCost = z.infer<typeof objectiveCost>;
