import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { senderOf } from './sender-sinks.ts';

export interface UdpPort {
  readonly port: number;
  /** Bytes that the system keeps of packets that are not read yet: it may give less than asked. */
  readonly receiveBuffer: number;
  close(): Promise<void>;
}

type PacketReader = (bytes: Buffer, sender: string) => void;

/** Asked of the system, so that packets wait where nines is busy. */
const RECEIVE_BUFFER = 16 * 1024 ** 2;

/** Opens a UDP port, for IPv6 and IPv4 where there is IPv6. Rejects when it can't be had. */
export async function bindUdp(port: number, host: string | undefined, packet: PacketReader): Promise<UdpPort> {
  if (host !== undefined && isIPv4(host)) return bind('udp4', port, host, packet);
  try {
    return await bind('udp6', port, host ?? '::', packet);
  } catch (error) {
    if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL', 'ENOTFOUND'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return bind('udp4', port, host ?? '0.0.0.0', packet);
  }
}

async function bind(type: 'udp4' | 'udp6', port: number, address: string, packet: PacketReader): Promise<UdpPort> {
  const socket = createSocket({ type });
  try {
    await bound(socket, port, address);
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => undefined);
  socket.on('message', (bytes, { address: from }) => packet(bytes, senderOf(from)));
  setReceiveBuffer(socket);
  return {
    port: socket.address().port,
    receiveBuffer: socket.getRecvBufferSize(),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function bound(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port, address, exclusive: true }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}

/** The most that the system gives: it refuses, or gives less, beyond net.core.rmem_max. */
function setReceiveBuffer(socket: Socket): void {
  for (let size = RECEIVE_BUFFER; size >= 65_536; size /= 2) {
    try {
      socket.setRecvBufferSize(size);
      return;
    } catch {
      // Less, then.
    }
  }
}
