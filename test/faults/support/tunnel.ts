import net, { type AddressInfo } from 'node:net';

/** A way to a server that can be cut: silent, as where a network is gone, until it is healed; bytes that were on the way then go on. */
export interface Tunnel extends AsyncDisposable {
  readonly port: number;
  cut(): void;
  heal(): void;
  /** Ends every connection that goes through it, as when the process at this end is gone. */
  drop(): void;
}

export async function openTunnel(to: { host: string; port: number }): Promise<Tunnel> {
  const pairs = new Set<readonly [net.Socket, net.Socket]>();
  let silent = false;
  const quiet = (socket: net.Socket): void => void (silent ? socket.pause() : socket.resume());
  const server = net.createServer((near) => {
    const far = net.connect(to);
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const [one, other] of [[near, far], [far, near]] as const) {
      one.on('data', (bytes) => other.write(bytes));
      one.on('error', end);
      one.on('close', end);
      quiet(one);
    }
  }); // prettier-ignore
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const all = (): net.Socket[] => [...pairs].flat();
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      silent = true;
      all().forEach(quiet);
    },
    heal() {
      silent = false;
      all().forEach(quiet);
    },
    drop: () => all().forEach((socket) => socket.destroy()),
    [Symbol.asyncDispose]: async () => {
      all().forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
