import { Metadata, Server, ServerCredentials, type handleUnaryCall, type ServiceDefinition } from '@grpc/grpc-js';
import type { Gate, Principal } from '../../platform/http/index.ts';
import type { Log } from '../../platform/log.ts';
import { Problem } from '../../platform/problem.ts';
import type { Listener } from '../listener.ts';
import { grpcCode, type TakeOtlp } from './otlp.ts';
import { encodeResponse } from './response.ts';

export interface OtlpGrpcDeps {
  readonly take: TakeOtlp;
  readonly gate: Gate;
  readonly log: Log;
  readonly host: string;
  readonly port: number;
  /** Bytes of a message once it is unpacked. */
  readonly maxBody: number;
}

const same = (bytes: Buffer): Buffer => bytes;
const SERVICE: ServiceDefinition = {
  Export: {
    path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
};

/**
 * OTLP over gRPC, compressed or not.
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
export function otlpGrpcListener({ take, gate, log, host, port, maxBody }: OtlpGrpcDeps): Listener {
  let server: Server | undefined;
  let bound = port;
  const handle: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    void (async () => {
      const ip = call.getPeer().replace(/:\d+$/, '');
      const principal = await identify(gate, call.metadata, ip);
      const source = { protocol: 'otlp', name: principal.kind === 'token' ? principal.name : ip };
      return encodeResponse(await take(call.request, source));
    })().then(
      (answer) => callback(null, answer),
      (error: unknown) => {
        if (!(error instanceof Problem)) log.error({ err: error }, 'an OTLP request failed');
        callback(failure(error));
      },
    );
  };
  return {
    name: 'otlpGrpc',
    get port() {
      return bound;
    },
    async start() {
      const started = new Server({ 'grpc.max_receive_message_length': maxBody });
      started.addService(SERVICE, { Export: handle });
      bound = await new Promise<number>((resolve, reject) => {
        started.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, given) =>
          error ? reject(bindFault(error)) : resolve(given),
        );
      });
      server = started;
    },
    async stop() {
      server?.forceShutdown();
      server = undefined;
    },
  };
}

/** The library tells a port in use only in words. */
const bindFault = (error: Error): Error => (error.message.includes('EADDRINUSE') ? Object.assign(error, { code: 'EADDRINUSE' }) : error);

async function identify(gate: Gate, metadata: Metadata, ip: string): Promise<Principal> {
  const headers = { authorization: metadata.get('authorization').map(String)[0] };
  const principal = await gate.identify({ headers, method: 'POST', ip, access: 'intake', search: new URLSearchParams() });
  if (gate.permits(principal, 'intake')) return principal;
  const detail = "Send a token that may send samples: metadata 'authorization: Bearer <token>'.";
  throw new Problem(principal.kind === 'anonymous' ? 401 : 403, 'unauthenticated', detail);
}

/** What the sender is told; with when to come back, where that makes sense. */
function failure(error: unknown): { code: number; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  if (error instanceof Problem && error.retryAfter !== undefined) metadata.set('grpc-status-details-bin', retryInfo(error));
  return { code: grpcCode(error), details: error instanceof Problem ? error.message : 'internal error', metadata };
}

/** `google.rpc.Status` with a `google.rpc.RetryInfo`: without it, a sender may not try again after RESOURCE_EXHAUSTED. */
function retryInfo(error: Problem): Buffer {
  const field = (number: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  const delay = field(1, Buffer.from([8, Math.min(127, error.retryAfter ?? 0)]));
  const any = Buffer.concat([field(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')), field(2, delay)]);
  return Buffer.concat([Buffer.from([8, grpcCode(error)]), field(2, Buffer.from(error.message).subarray(0, 100)), field(3, any)]);
}
