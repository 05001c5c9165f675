import type { Context, Setup } from '../context.ts';

interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

export const sqlCommand: Setup = (program, run) => {
  program
    .command('sql')
    .description('ask in SQL what PromQL cannot: a SELECT over points, samples, series, metadata and exemplars')
    .argument('<select>', "the statement, such as 'SELECT metric, count() FROM points GROUP BY metric'")
    .action(run((context, [select = '']) => sql(context, select)));
};

async function sql({ client, json, printJson, table }: Context, query: string): Promise<void> {
  const answer = await client.send<Answer>('POST', '/nines/v1/sql', { query });
  if (json) return printJson(answer);
  const columns = answer.columns.map(({ name, type }, i) => ({
    head: name,
    align: /^(?:Nullable\()?(?:U?Int|Float|Decimal)/.test(type) ? ('right' as const) : ('left' as const),
    flexible: /String|Map|Array/.test(type),
    cell: (row: readonly unknown[]) => text(row[i]),
  }));
  table(columns, answer.rows, 'No rows.');
}

const text = (cell: unknown): string => (typeof cell === 'string' ? cell : cell === null ? '' : JSON.stringify(cell));
