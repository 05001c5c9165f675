import { reply, route, type Route } from '../../platform/http/index.ts';
import { remoteRead, type RemoteReadDeps } from './remote-read.ts';

/** `POST /api/v1/read`, where a Prometheus asks for samples that it doesn't have itself. */
export const remoteReadRoutes = (deps: RemoteReadDeps): Route[] => [
  route({
    method: 'POST',
    path: '/api/v1/read',
    access: 'viewer',
    summary: 'Answers Prometheus remote read, as samples or as a stream of XOR chunks',
    bodyAs: 'raw',
    async handler({ body, signal }) {
      const { type, encoding, body: answer } = await remoteRead(deps, body as Buffer, signal);
      return reply(200, answer, { 'content-type': type, ...(encoding !== undefined && { 'content-encoding': encoding }) });
    },
  }),
];
