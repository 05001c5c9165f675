import {
  bindUdp,
  LineSplitter,
  LONGEST_PACKET,
  readUdpDrops,
  TcpListener,
  waitingPackets,
  type UdpPort,
  type WaitingPackets,
} from '../intakes/index.ts';
import { Aggregator, type AggregatorOptions } from './aggregator.ts';
import type { FlushBatch } from './flush-batch.ts';

export interface StatsdServerOptions extends AggregatorOptions {
  readonly host: string | undefined;
  readonly port: number;
}

/** Room for the packets of one turn of the event loop. */
const BUFFER = 1024 * 1024;
const MOST_LINE = 65_536;
/** So many packets in one turn of the event loop are a flood: the others that wait are read in a row. */
const FLOOD = 4;
/** And no more of them before others have their turn. */
const MOST_IN_A_ROW = 4096;
/** So many packets in a row have one sender before those that are read without an address count as its own. */
const STEADY = 1000;

/** The sockets of StatsD and what is aggregated behind them: on a thread of its own, where the rest of nines can't keep it waiting. */
export class StatsdServer {
  readonly #options: StatsdServerOptions;
  readonly #emit: (batch: FlushBatch) => void;
  readonly #aggregator: Aggregator;
  readonly #buffer = new Uint8Array(BUFFER);
  readonly #view = new DataView(this.#buffer.buffer);
  readonly #tcp: TcpListener;
  #used = 0;
  /** Of what is in the buffer. */
  #sender = '';
  #waiting = false;
  /** Packets of this turn, and those since another sender's. */
  #inTurn = 0;
  #steady = 0;
  #udp: UdpPort | undefined;
  #packets: WaitingPackets | undefined;
  #timer: NodeJS.Timeout | undefined;
  #drops: number | undefined;

  constructor(options: StatsdServerOptions, emit: (batch: FlushBatch) => void) {
    this.#options = options;
    this.#emit = emit;
    this.#aggregator = new Aggregator(options, Date.now());
    this.#tcp = new TcpListener({ host: options.host, connection: (sender) => this.#connection(sender) });
  }

  /** Resolves with the port of both, and the system's buffer for packets in bytes. */
  async start(): Promise<{ port: number; receiveBuffer: number }> {
    const port = await this.#tcp.start(this.#options.port);
    try {
      this.#udp = await bindUdp(port, this.#options.host, (packet, sender) => this.#packet(packet, sender));
    } catch (error) {
      await this.#tcp.stop();
      throw error;
    }
    this.#packets = waitingPackets(port);
    this.#drops = await readUdpDrops(port);
    this.#schedule();
    return { port, receiveBuffer: this.#udp.receiveBuffer };
  }

  /** What came until now is flushed. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lost = await this.#lost();
    this.#packets?.close();
    await Promise.all([this.#udp?.close(), this.#tcp.stop()]);
    this.#read();
    this.#emit(this.#aggregator.flush(Date.now(), lost));
  }

  /** At whole multiples of the interval, so that the samples of all metrics and of two runs share their times. */
  #schedule(): void {
    const { flushInterval } = this.#options;
    const now = Date.now();
    const next = (Math.floor(now / flushInterval) + 1) * flushInterval;
    this.#timer = setTimeout(() => void this.#flush(next), next - now);
  }

  async #flush(at: number): Promise<void> {
    const lost = await this.#lost();
    if (this.#timer === undefined) return;
    this.#read();
    // A clock that jumped back must not make an interval of nothing.
    const now = Math.abs(Date.now() - at) < this.#options.flushInterval ? at : Date.now();
    this.#emit(this.#aggregator.flush(now, lost, () => this.#steady >= STEADY && this.#keepWaiting()));
    this.#read();
    this.#schedule();
  }

  async #lost(): Promise<number> {
    const before = this.#drops;
    if (this.#udp === undefined || before === undefined) return 0;
    this.#drops = await readUdpDrops(this.#udp.port);
    return Math.max(0, (this.#drops ?? before) - before);
  }

  /** A sender's packets of one turn are read together. */
  #packet(packet: Uint8Array, sender: string): void {
    if (sender !== this.#sender) {
      this.#read();
      this.#sender = sender;
      this.#steady = 0;
    }
    if (this.#used + packet.length + 1 > BUFFER) this.#read();
    this.#buffer.set(packet, this.#used);
    this.#used += packet.length;
    this.#buffer[this.#used++] = 10;
    this.#steady++;
    if (++this.#inTurn >= FLOOD && this.#steady >= STEADY) this.#takeWaiting();
    if (this.#waiting) return;
    this.#waiting = true;
    setImmediate(() => {
      this.#waiting = false;
      this.#inTurn = 0;
      this.#read();
    });
  }

  /** Reads what waits without an event for each packet, which costs several times as much as all that is done with one. */
  #takeWaiting(): void {
    this.#inTurn = 0;
    for (let left = MOST_IN_A_ROW; left > 0;) {
      const kept = this.#keepWaiting(left);
      // Less than there was room for: nothing waits any more.
      if (this.#used + LONGEST_PACKET < BUFFER) return;
      left -= kept;
      this.#read();
    }
  }

  /** Takes packets that wait, as far as there is room for them until they are read; how many. */
  #keepWaiting(most = MOST_IN_A_ROW): number {
    let kept = 0;
    while (kept < most && this.#used + LONGEST_PACKET < BUFFER) {
      const length = this.#packets?.next(this.#buffer, this.#used) ?? -1;
      if (length < 0) break;
      this.#used += length;
      this.#buffer[this.#used++] = 10;
      kept++;
    }
    return kept;
  }

  #read(): void {
    const length = this.#used;
    this.#used = 0;
    if (length > 0) this.#aggregator.read(this.#buffer, this.#view, length, Date.now(), this.#sender);
  }

  #connection(sender: string) {
    const lines = new LineSplitter(MOST_LINE, (start) =>
      this.#aggregator.refuse('too-long', `a line is longer than ${MOST_LINE} bytes`, Buffer.from(start).toString('utf8', 0, 200)),
    );
    const read = (bytes: Uint8Array): void => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#aggregator.read(bytes, view, bytes.length, Date.now(), sender);
    };
    return { data: (chunk: Uint8Array) => read(lines.push(chunk)), end: () => read(lines.end()) };
  }
}
