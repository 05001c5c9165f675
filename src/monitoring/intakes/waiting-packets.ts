import { readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';

/** No packet is longer. */
export const LONGEST_PACKET = 65_536;

/** Packets that wait at a UDP port of this process, read one after the other without an event, an object or an address for each. */
export interface WaitingPackets {
  /** Reads the next one to `at`, where there must be room for the longest. Its length, or -1 where none waits. */
  next(into: Uint8Array, at: number): number;
  /** Before the socket is closed: its number may become another file's. */
  close(): void;
}

/**
 * Packets of this process's only socket at the port. Undefined where the system doesn't tell which of the files that is (Linux does).
 * Source: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
 */
export function waitingPackets(port: number): WaitingPackets | undefined {
  let file = socketAt(port);
  if (file === undefined) return undefined;
  return {
    next(into, at) {
      if (file === undefined) return -1;
      try {
        return readSync(file, into, at, LONGEST_PACKET, null);
      } catch {
        // Nothing waits, or it can't be read this way: the socket's own events have what there is.
        return -1;
      }
    },
    close() {
      file = undefined;
    },
  };
}

function socketAt(port: number): number | undefined {
  const names = new Set(inodesOf(textOf('/proc/self/net/udp') + textOf('/proc/self/net/udp6'), port).map((inode) => `socket:[${inode}]`));
  const found = filesOf('/proc/self/fd').filter((file) => names.has(linkOf(`/proc/self/fd/${file}`)));
  return found.length === 1 ? Number(found[0]) : undefined;
}

/** The inodes of the sockets at the port, of whatever process. */
export function inodesOf(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.flatMap((words) => (words[1]?.endsWith(`:${hex}`) === true && words[9] !== undefined ? [words[9]] : []));
}

function textOf(file: string): string {
  return attempt(() => `${readFileSync(file, 'utf8')}\n`, '');
}

function filesOf(folder: string): string[] {
  return attempt(() => readdirSync(folder), []);
}

function linkOf(file: string): string {
  return attempt(() => readlinkSync(file), '');
}

function attempt<T>(what: () => T, otherwise: T): T {
  try {
    return what();
  } catch {
    return otherwise;
  }
}
