import { readFile } from 'node:fs/promises';

/**
 * Packets for this UDP port that the system has dropped since the socket was opened, for want of room in its buffer. Undefined where
 * the system doesn't say. Source: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
 */
export async function readUdpDrops(port: number): Promise<number | undefined> {
  const tables = await Promise.all(['/proc/self/net/udp', '/proc/self/net/udp6'].map((file) => readFile(file, 'utf8').catch(() => '')));
  return udpDrops(tables.join('\n'), port);
}

export function udpDrops(table: string, port: number): number | undefined {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  let found: number | undefined;
  for (const line of table.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (words[1]?.endsWith(`:${hex}`) === true && /^\d+$/.test(words.at(-1) ?? '')) found = (found ?? 0) + Number(words.at(-1));
  }
  return found;
}
