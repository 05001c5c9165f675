import { createServer, type Server, type Socket } from 'node:net';

import { senderOf } from './sender-sinks.ts';

export interface TcpIntakeOptions {
  readonly host?: string | undefined;
  /** Makes what reads one connection. */
  connection(sender: string): TcpReader;
  readonly maxConnections?: number;
  /** A connection that is silent for so long is closed. */
  readonly idleMs?: number;
}

export interface TcpReader {
  /** Takes bytes; nothing more is read from the connection before it resolves. A rejection closes the connection. */
  data(chunk: Uint8Array): Promise<void> | void;
  end(): Promise<void> | void;
}

/** A TCP port whose senders get no answers. Each waits for its own samples to be stored, so none can fill the memory. */
export class TcpListener {
  readonly #options: TcpIntakeOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(options: TcpIntakeOptions) {
    this.#options = options;
  }

  /** Resolves with the port. Rejects when it can't be had. */
  async start(port: number): Promise<number> {
    const server = createServer((socket) => void this.#serve(socket));
    server.maxConnections = this.#options.maxConnections ?? 4096;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, this.#options.host, () => {
        server.off('error', reject);
        server.on('error', () => undefined);
        resolve();
      });
    });
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server?.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.setTimeout(this.#options.idleMs ?? 3_600_000, () => socket.destroy());
    const reader = this.#options.connection(senderOf(socket.remoteAddress ?? ''));
    try {
      for await (const chunk of socket) await reader.data(chunk as Buffer);
    } catch {
      // A sender that was cut off, or samples that could not be stored: who read them has said so.
    }
    try {
      await reader.end();
    } catch {
      // As above.
    }
    socket.destroy();
  }
}
