import type { Review, ReviewedAlert } from '../../src/alerting/review/contract.ts';
import type { Context, Setup } from '../context.ts';
import { span } from '../format.ts';
import { cleanLine } from '../style.ts';

export const reviewCommand: Setup = (program, run) => {
  program
    .command('review')
    .description("the week's alerts: what fired, whether people answered as promised, what the data suggest")
    .option('--week <week>', 'such as 2026-W47 (default: the last whole one)')
    .option('--team <name>', 'only alerts that a team answers for')
    .action(run((context, _, options: { week?: string; team?: string }) => review(context, options)));
};

async function review(context: Context, options: { week?: string; team?: string }): Promise<void> {
  const { client, json, printJson, say, paint, table } = context;
  const { week, team, alerts, responses, reviewed, partial } = await client.get<Review>('/nines/v1/review', options);
  if (json) return printJson({ week, team, alerts, responses, reviewed, partial });
  say(`${paint('bold', `Week ${week}`)}${team === null ? '' : ` of ${team}`}: ${reviewed} of ${alerts.length} alerts reviewed`);
  for (const { severity, promisedMs, promisedUpToMs, pages, inTime, medianMs } of responses)
    if (promisedMs !== null)
      say(`  ${severity}: ${inTime} of ${pages} pages answered within ${span(promisedMs)}${promisedUpToMs === promisedMs || promisedUpToMs === null ? '' : ` to ${span(promisedUpToMs)}, as was promised`}${medianMs === null ? '' : `, half of the answers within ${span(medianMs)}`}`);
  table<ReviewedAlert>(
    [
      { head: 'RULE', cell: ({ rule }) => rule },
      { head: 'SERVICE', cell: ({ service }) => service ?? '–' },
      { head: 'SEVERITY', cell: ({ severity }) => severity },
      { head: 'FIRED', align: 'right', cell: ({ fired }) => String(fired) },
      { head: 'PAGES', align: 'right', cell: ({ pages }) => String(pages) },
      { head: 'ACKED', align: 'right', cell: ({ acknowledged }) => String(acknowledged) },
      { head: 'NIGHTS', align: 'right', cell: ({ nights }) => String(nights) },
      { head: 'ANSWERS', align: 'right', cell: ({ answers }) => `${answers.length} of 5` },
    ],
    alerts,
    'Nothing fired in this week.',
  );
  for (const { rule, suggestions } of alerts)
    for (const { title, evidence } of suggestions) say(`\n${paint('yellow', cleanLine(rule))}: ${cleanLine(title)}. ${paint('dim', cleanLine(evidence))}`);
  if (partial) say(paint('yellow', 'More happened in this week than was looked at.'));
} // prettier-ignore
