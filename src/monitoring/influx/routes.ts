import type { Clock } from '../../platform/clock.ts';
import { reply, route, type Reply, type Route, type RouteRequest } from '../../platform/http/index.ts';
import { badRequest } from '../../platform/problem.ts';
import { createSenderSinks, readBody, type IntakeBook } from '../intakes/index.ts';
import type { LabelLimits } from '../label-limits.ts';
import type { SinkFor } from '../series.ts';
import { createInfluxWrite } from './influx-write.ts';
import type { Precision } from './line-reader.ts';

export interface InfluxRoutesOptions {
  readonly sinkFor: SinkFor;
  readonly book: IntakeBook;
  readonly clock: Clock;
  readonly limits: LabelLimits;
  readonly retention: number;
  /** Bytes of a body, compressed or not. */
  readonly maxBody: number;
}

const PRECISIONS: Readonly<Record<string, Precision>> = {
  '': 'ns',
  n: 'ns',
  ns: 'ns',
  u: 'us',
  us: 'us',
  µ: 'us',
  ms: 'ms',
  s: 's',
  m: 'm',
  h: 'h',
};

/** Clients ask which InfluxDB this is. The protocol is that of 1.8, which has the writes of 1 and of 2. */
const VERSION = { 'x-influxdb-version': '1.8.10', 'x-influxdb-build': 'nines' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** InfluxDB's ways in: `/write` of version 1, `/api/v2/write` of version 2, and what their clients ask before. */
export function influxRoutes({ sinkFor, book, clock, limits, retention, maxBody }: InfluxRoutesOptions): Route[] {
  const intake = book.intake('influx');
  const write = createInfluxWrite({ sink: sinkFor({ protocol: 'influx', name: '' }), intake, clock, limits, retention });
  const sinkOf = createSenderSinks(sinkFor, 'influx');
  const writeRoute = (path: string, summary: string, dbParameter: string): Route =>
    route({
      method: 'POST',
      path,
      access: 'intake',
      summary,
      bodyAs: 'raw',
      bodyLimit: maxBody,
      async handler({ body, headers, search, principal, ip }) {
        const precision = PRECISIONS[search.get('precision') ?? ''];
        if (!precision) throw badRequest(`The precision '${search.get('precision')?.slice(0, 20) ?? ''}' is none of ns, us, ms, s, m, h.`);
        const bytes = await readBody(body as Buffer, headers['content-encoding'], maxBody);
        await write({
          bytes,
          db: (search.get(dbParameter) ?? '').slice(0, limits.maxValueLength),
          precision,
          sink: sinkOf(principal.kind === 'anonymous' ? ip : principal.name),
        });
        return reply(204, undefined, VERSION);
      },
    });
  return [
    writeRoute('/write', "Takes InfluxDB's line protocol, as version 1 (db, precision)", 'db'),
    writeRoute('/api/v2/write', "Takes InfluxDB's line protocol, as version 2 (bucket, precision)", 'bucket'),
    ...questionRoutes(),
  ];
}

/** What clients ask before they write. */
function questionRoutes(): Route[] {
  const databases = new Set<string>();
  const query = (request: RouteRequest): Reply => {
    const form = new URLSearchParams((request.body as Buffer | undefined)?.toString('utf8') ?? '');
    return answerQuery(request.search.get('q') ?? form.get('q') ?? '', databases);
  };
  const asked = { path: '/query', access: 'intake', summary: 'Answers CREATE DATABASE and SHOW DATABASES of InfluxDB 1' } as const;
  return [
    route({ method: 'GET', ...asked, handler: query }),
    route({ method: 'POST', ...asked, bodyAs: 'raw', handler: query }),
    route({
      method: 'GET',
      path: '/ping',
      head: true,
      access: 'public',
      summary: 'Tells InfluxDB clients that writes are taken here',
      handler: () => reply(204, undefined, VERSION),
    }),
    route({
      method: 'GET',
      path: '/health',
      head: true,
      access: 'public',
      summary: 'Tells InfluxDB 2 clients that writes are taken here',
      handler: () => ({ name: 'influxdb', message: 'ready for writes', status: 'pass', checks: [], version: '1.8.10', commit: 'nines' }),
    }),
  ];
}

const MOST_NAMES = 1000;

/** There is nothing to create: a database is a label. */
function answerQuery(q: string, databases: Set<string>): Reply {
  const created = /^\s*create\s+database\s+("([^"]{1,200})"|(\S{1,200}?))(\s+with\s.{0,500})?\s*;?\s*$/i.exec(q.slice(0, 1000));
  if (created) {
    if (databases.size < MOST_NAMES) databases.add(created[2] ?? created[3] ?? '');
    return answer({ statement_id: 0 });
  }
  if (/^\s*show\s+databases\s*;?\s*$/i.test(q)) {
    const values = [...databases].map((name) => [name]);
    return answer({ statement_id: 0, series: [{ name: 'databases', columns: ['name'], ...(values.length > 0 && { values }) }] });
  }
  const error = 'InfluxQL is not spoken here, but for CREATE DATABASE and SHOW DATABASES; ask in PromQL at /api/v1/query';
  return reply(400, JSON.stringify({ error }), { ...JSON_TYPE, ...VERSION });
}

const answer = (result: object): Reply => reply(200, JSON.stringify({ results: [result] }), { ...JSON_TYPE, ...VERSION });
