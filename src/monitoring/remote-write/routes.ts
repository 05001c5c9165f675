import { reply, route, type Route } from '../../platform/http/index.ts';
import { DEFAULT_REMOTE_WRITE_SETTINGS, type RemoteWrite } from './remote-write.ts';

/** `POST /api/v1/write`, where Prometheus, agents and collectors send their samples. */
export function remoteWriteRoutes(write: RemoteWrite, maxBody: number = DEFAULT_REMOTE_WRITE_SETTINGS.maxBody): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/write',
      access: 'intake',
      summary: 'Takes Prometheus remote write 1.0 (snappy-compressed protobuf)',
      bodyAs: 'raw',
      // Compressed it is smaller than it may be decompressed.
      bodyLimit: maxBody,
      async handler(request) {
        const { status, problem } = await write(request.body as Buffer, request.headers);
        if (problem) throw problem;
        return reply(status);
      },
    }),
  ];
}
