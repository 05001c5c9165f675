import net from 'node:net';

/** Where everything of the demo listens, on loopback. */
export interface Ports {
  readonly nines: number;
  readonly balancer: number;
  readonly instances: readonly [number, number, number];
  readonly store: number;
  readonly visits: number;
  readonly controller: number;
}

export const BASE_PORT = 9900;
/** A base and the ports after it that the demo may use. */
const SPAN = 40;
const HIGHEST_BASE = 65_535 - SPAN;

/** All ports from one number, in the pattern 9900, 9910 … 9913, 9921, 9922, 9930; `nines` alone may be elsewhere. */
export const portsFrom = (base: number, nines: number = base): Ports => ({
  nines,
  balancer: base + 10,
  instances: [base + 11, base + 12, base + 13],
  store: base + 21,
  visits: base + 22,
  controller: base + 30,
});

/** A port that was typed; throws a sentence for the terminal. */
export function portIn(option: string, text: string, highest = 65_535): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1024 && port <= highest) return port;
  throw new Error(`${option} takes a whole number from 1024 to ${highest}; '${text}' is none.`);
}

export const basePortIn = (text: string): number => portIn('--base-port', text, HIGHEST_BASE);

const named = ({ nines, balancer, instances, store, visits, controller }: Ports): [string, number][] => [
  ['nines', nines],
  ["the shortener's balancer", balancer],
  ...instances.map((port, i): [string, number] => [`the shortener's instance ${i + 1}`, port]),
  ['the link store', store],
  ['the visit log', visits],
  ['the control of the demo', controller],
];

/** Throws a sentence for the terminal that names the first port that is taken and says what to do. */
export async function refuseTakenPorts(ports: Ports): Promise<void> {
  for (const [what, port] of named(ports)) {
    if (await isFree(port)) continue;
    const other = await freeBase(ports.balancer - 10 + SPAN);
    const elsewhere = other === undefined ? '' : `, or start the demo on other ports: npm run demo -- --base-port ${other}`;
    throw new Error(`Port ${port}, which ${what} needs, is in use (by another demo, or 'npm start'?). Stop that program${elsewhere}`);
  }
}

async function freeBase(from: number): Promise<number | undefined> {
  for (let base = from; base <= HIGHEST_BASE && base < from + 5 * SPAN; base += SPAN) {
    const free = await Promise.all(named(portsFrom(base)).map(([, port]) => isFree(port)));
    if (!free.includes(false)) return base;
  }
  return undefined;
}

/** Nobody answers there and it can be bound: either alone misses a case, where somebody listens on all addresses. */
const isFree = async (port: number): Promise<boolean> => !(await answers(port)) && (await binds(port));

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(true));
  });

const binds = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
