import { route, type Route } from '../../platform/http/index.ts';
import { intakesAnswer } from './contract.ts';
import type { IntakeBook } from './intake-book.ts';

/** What senders sent, and what was wrong with it: who sends by UDP hears of nothing, so people look here. */
export const intakeRoutes = (book: IntakeBook): Route[] => [
  route({
    method: 'GET',
    path: '/nines/v1/intakes',
    access: 'viewer',
    summary: 'What is open for samples that are pushed, what was taken, and the last that was refused, with the reason',
    response: intakesAnswer,
    handler: () => ({
      intakes: book.list().map(({ protocol, port, open, problem, taken, lost, refusals }) => ({
        protocol,
        port: port ?? null,
        open,
        problem: problem ?? null,
        taken,
        lostPackets: lost,
        refused: refusals.reduce((sum, { count }) => sum + count, 0),
        refusals: refusals.map((one) => ({ ...one, at: new Date(one.at).toISOString() })),
      })),
    }),
  }),
];
