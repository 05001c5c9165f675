import type { Clock } from '../../platform/clock.ts';
import {
  bindUdp,
  createSenderSinks,
  createStoring,
  LineSplitter,
  opening,
  TcpListener,
  watchDrops,
  type IntakeBook,
  type TcpReader,
  type UdpPort,
} from '../intakes/index.ts';
import { LabelCache } from '../label-cache.ts';
import { DEFAULT_LABEL_LIMITS, type LabelLimits } from '../label-limits.ts';
import type { Listener, ListenSettings } from '../listener.ts';
import type { SinkFor } from '../series.ts';
import { FrameError, PickleFrames } from './pickle-frames.ts';
import { PathSamples } from './path-samples.ts';
import { readPlaintext } from './plaintext.ts';

export interface GraphiteIntakeOptions {
  readonly listen: Pick<ListenSettings, 'graphite' | 'graphitePickle'>;
  readonly sinkFor: SinkFor;
  readonly book: IntakeBook;
  readonly clock: Clock;
  readonly limits?: Partial<LabelLimits>;
  /** Milliseconds; samples that are older are refused. */
  readonly retention: number;
  /** The address to listen on; all of them by default. */
  readonly host?: string | undefined;
}

const MAX_LINE = 65_536;
const CACHE_BYTES = 64 * 1024 ** 2;

/** The ports of Graphite's protocols: plaintext over TCP and UDP, pickle over TCP. */
export function createGraphiteListeners(options: GraphiteIntakeOptions): Listener[] {
  const { listen, book } = options;
  if (listen.graphite === false) book.intake('graphite').closed('listen.graphite is false');
  if (listen.graphitePickle === false) book.intake('graphite-pickle').closed('listen.graphitePickle is false');
  const cache = new LabelCache(CACHE_BYTES);
  return [
    ...(listen.graphite === false ? [] : [plaintextListener(options, cache, listen.graphite)]),
    ...(listen.graphitePickle === false ? [] : [pickleListener(options, cache, listen.graphitePickle)]),
  ];
}

function plaintextListener(options: GraphiteIntakeOptions, cache: LabelCache, port: number): Listener {
  const { make, sinkOf, storing, intake } = parts(options, cache, 'graphite', port);
  const tcp = new TcpListener({
    host: options.host,
    connection(sender): TcpReader {
      const samples = make(sender);
      const lines = new LineSplitter(MAX_LINE, (start) =>
        samples.refuse('too-long', `a line is longer than ${MAX_LINE} bytes`, Buffer.from(start).toString('utf8', 0, 200)),
      );
      const read = (bytes: Uint8Array): Promise<void> => {
        readPlaintext(bytes, samples);
        return storing.now(samples);
      };
      return { data: (chunk) => read(lines.push(chunk)), end: () => read(lines.end()) };
    },
  });
  const datagrams = make('');
  let udp: UdpPort | undefined;
  let drops: Awaited<ReturnType<typeof watchDrops>> | undefined;
  return {
    name: 'graphite',
    port,
    start: () =>
      opening(intake, async () => {
        const open = await tcp.start(port);
        udp = await bindUdp(open, options.host, (packet, sender) => {
          datagrams.from(sinkOf(sender));
          readPlaintext(packet, datagrams);
          storing.soon(datagrams);
        });
        drops = await watchDrops(open, options.clock, (count) => intake.lost(count));
        return open;
      }),
    async stop() {
      await drops?.stop();
      await Promise.all([tcp.stop(), udp?.close()]);
      await storing.now(datagrams);
      intake.closed();
    },
  };
}

function pickleListener(options: GraphiteIntakeOptions, cache: LabelCache, port: number): Listener {
  const { make, storing, intake } = parts(options, cache, 'graphite-pickle', port);
  const tcp = new TcpListener({
    host: options.host,
    connection(sender): TcpReader {
      const samples = make(sender);
      const frames = new PickleFrames();
      return {
        async data(chunk) {
          try {
            frames.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), samples);
          } catch (error) {
            if (error instanceof FrameError) samples.refuse('too-long', error.message, Buffer.from(chunk).toString('latin1', 0, 100));
            await storing.now(samples);
            throw error;
          }
          await storing.now(samples);
        },
        end: () => storing.now(samples),
      };
    },
  });
  return {
    name: 'graphitePickle',
    port,
    start: () => opening(intake, () => tcp.start(port)),
    async stop() {
      await tcp.stop();
      intake.closed();
    },
  };
}

function parts({ sinkFor, book, clock, limits, retention }: GraphiteIntakeOptions, cache: LabelCache, protocol: string, port: number) {
  const intake = book.intake(protocol, port);
  const sink = sinkFor({ protocol, name: '' });
  const sinkOf = createSenderSinks(sinkFor, protocol);
  const deps = { cache, intake, limits: { ...DEFAULT_LABEL_LIMITS, ...limits }, now: () => clock.now(), retention };
  const make = (sender: string): PathSamples => new PathSamples({ ...deps, sink: sender === '' ? sink : sinkOf(sender) });
  return { intake, make, sinkOf, storing: createStoring({ sink, intake, clock }) };
}
