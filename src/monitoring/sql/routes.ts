import { z } from 'zod';
import { reply, route, type Route } from '../../platform/http/index.ts';
import { createSql, type SqlSettings, type SqlSource } from './run-sql.ts';

interface Answer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly unknown[])[];
}

/** `POST /nines/v1/sql`: JSON, or CSV where the asker wants that. */
export function sqlRoutes(source: SqlSource, settings: SqlSettings): Route[] {
  const run = createSql(source, settings);
  return [
    route({
      method: 'POST',
      path: '/nines/v1/sql',
      access: 'viewer',
      summary: 'A SELECT over samples, series, metadata and exemplars, as JSON or (Accept: text/csv) as CSV',
      body: z.strictObject({ query: z.string().describe('a SELECT') }),
      response: z.object({ columns: z.array(z.object({ name: z.string(), type: z.string() })), rows: z.array(z.array(z.unknown())) }),
      async handler({ body, headers }) {
        if (String(headers['accept'] ?? '').includes('text/csv')) {
          return reply(200, await run(body.query, 'CSVWithNames'), {
            'content-type': 'text/csv; charset=utf-8',
            'cache-control': 'no-store',
          });
        }
        const { meta, data } = JSON.parse((await run(body.query, 'JSONCompact')).toString('utf8')) as Answer;
        return { columns: meta, rows: data };
      },
    }),
  ];
}
