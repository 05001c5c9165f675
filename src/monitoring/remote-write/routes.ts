import { problemReply, reply, route, type Route } from '../../platform/http/index.ts';
import { writeMessageOf } from './negotiate.ts';
import { DEFAULT_REMOTE_WRITE_SETTINGS, type RemoteWrite, type RemoteWriteAnswer } from './remote-write.ts';

interface Writers {
  readonly v1: RemoteWrite;
  readonly v2: (body: Uint8Array) => Promise<RemoteWriteAnswer>;
}

/** What a 2.0 sender must be told also where something was refused: without them it takes everything for lost. */
const written = ({ samples, histograms, exemplars }: RemoteWriteAnswer): Record<string, string> => ({
  'x-prometheus-remote-write-samples-written': String(samples),
  'x-prometheus-remote-write-histograms-written': String(histograms),
  'x-prometheus-remote-write-exemplars-written': String(exemplars),
});

/** `POST /api/v1/write`, where Prometheus, agents and collectors send their samples. */
export function remoteWriteRoutes({ v1, v2 }: Writers, maxBody: number = DEFAULT_REMOTE_WRITE_SETTINGS.maxBody): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/write',
      access: 'intake',
      summary: 'Takes Prometheus remote write 1.0 and 2.0 (snappy-compressed protobuf)',
      bodyAs: 'raw',
      // Compressed it is smaller than it may be decompressed.
      bodyLimit: maxBody,
      async handler({ body, headers, requestId }) {
        const second = writeMessageOf(headers) === 'io.prometheus.write.v2.Request';
        const answer = await (second ? v2(body as Buffer) : v1(body as Buffer, headers));
        const told = second ? written(answer) : {};
        return answer.problem ? problemReply(answer.problem, requestId, told) : reply(answer.status, undefined, told);
      },
    }),
  ];
}
