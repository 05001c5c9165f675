import type { PostmortemDetail, PostmortemSummary } from '../../src/postmortems/contract.ts';
import type { Setup } from '../context.ts';
import { ago, span } from '../format.ts';
import { clean } from '../style.ts';

const POSTMORTEMS = '/nines/v1/postmortems';

export const postmortemCommand: Setup = (program, run) => {
  const postmortem = program.command('postmortem').description('list and read postmortems');
  postmortem
    .command('list', { isDefault: true })
    .description('list postmortems')
    .action(
      run(async (context) => {
        const found = await context.client.list<PostmortemSummary>(POSTMORTEMS);
        if (context.json) return context.printJson(found);
        const duration = (ms: number | null): string => (ms === null ? '–' : span(ms));
        context.table<PostmortemSummary>(
          [
            { head: 'POSTMORTEM', cell: ({ id }) => id },
            { head: 'INCIDENT', align: 'right', cell: ({ incidentNumber }) => String(incidentNumber) },
            { head: 'STATE', cell: ({ state }) => state },
            { head: 'TITLE', flexible: true, cell: ({ title }) => title },
            { head: 'MTTA', align: 'right', cell: ({ mttaMs }) => duration(mttaMs) },
            { head: 'MTTR', align: 'right', cell: ({ mttrMs }) => duration(mttrMs) },
            { head: 'CHANGED', cell: ({ updatedAt }) => ago(updatedAt, context.now) },
          ],
          found,
          'There are no postmortems: one is drafted at the all-clear of each incident.',
        );
      }),
    );
  postmortem
    .command('show')
    .description('print a postmortem as Markdown')
    .argument('<id>', 'the postmortem, as `nines postmortem list` lists it')
    .action(
      run(async ({ client, json, printJson, say }, [id = '']) => {
        const found = await client.get<PostmortemDetail>(`${POSTMORTEMS}/${encodeURIComponent(id)}`);
        if (json) printJson(found);
        else say(clean(found.markdown).trimEnd());
      }),
    );
};
