import { problemReply, reply, route, type Route } from '../../platform/http/index.ts';
import { FairQueue } from '../fair-queue.ts';
import type { SampleSink, SinkFor } from '../series.ts';
import { writeMessageOf } from './negotiate.ts';
import { DEFAULT_REMOTE_WRITE_SETTINGS, type RemoteWrite, type RemoteWriteAnswer } from './remote-write.ts';

interface Writers {
  readonly v1: RemoteWrite;
  readonly v2: (body: Uint8Array, from?: SampleSink) => Promise<RemoteWriteAnswer>;
}

/** What a 2.0 sender must be told also where something was refused: without them it takes everything for lost. */
const written = ({ samples, histograms, exemplars }: RemoteWriteAnswer): Record<string, string> => ({
  'x-prometheus-remote-write-samples-written': String(samples),
  'x-prometheus-remote-write-histograms-written': String(histograms),
  'x-prometheus-remote-write-exemplars-written': String(exemplars),
});

/** `POST /api/v1/write`, where Prometheus, agents and collectors send their samples. */
export function remoteWriteRoutes({ v1, v2 }: Writers, sinkFor: SinkFor, maxBody: number = DEFAULT_REMOTE_WRITE_SETTINGS.maxBody): Route[] {
  const queue = new FairQueue({ slots: 16, mostWaiting: 256, mostWaitingBytes: 2 * maxBody });
  return [
    route({
      method: 'POST',
      path: '/api/v1/write',
      access: 'intake',
      summary: 'Takes Prometheus remote write 1.0 and 2.0 (snappy-compressed protobuf)',
      bodyAs: 'raw',
      // Compressed it is smaller than it may be decompressed.
      bodyLimit: maxBody,
      async handler({ body, headers, requestId, principal, ip }) {
        const name = principal.kind === 'anonymous' ? ip : principal.name;
        const sink = sinkFor({ protocol: 'remote-write', name });
        const second = writeMessageOf(headers) === 'io.prometheus.write.v2.Request';
        const bytes = body as Buffer;
        const write = () => (second ? v2(bytes, sink) : v1(bytes, headers, sink));
        const answer = await queue.run(name, bytes.length, write);
        const told = second ? written(answer) : {};
        return answer.problem ? problemReply(answer.problem, requestId, told) : reply(answer.status, undefined, told);
      },
    }),
  ];
}
