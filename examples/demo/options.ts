import { parseArgs } from 'node:util';
import { BASE_PORT, basePortIn, portIn, portsFrom, type Ports } from './ports.ts';

export const USAGE = `npm run demo -- [--data DIR] [--base-port PORT] [--port PORT]

  --data DIR         where everything is kept (default ./demo-data)
  --base-port PORT   the first of the ports it uses, up to 30 above it (default ${BASE_PORT})
  --port PORT        the port of nines alone (default: the base port)`;

export interface Options {
  readonly help: boolean;
  readonly data: string;
  readonly ports: Ports;
  /** What the `nines demo` command must be told, where the ports aren't the usual ones. */
  readonly controllerOption: string;
}

/** Reads the command line; throws a sentence for the terminal. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', default: './demo-data' },
      'base-port': { type: 'string', default: String(BASE_PORT) },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const base = basePortIn(values['base-port']);
  const ports = portsFrom(base, values.port === undefined ? base : portIn('--port', values.port));
  return {
    help: values.help,
    data: values.data,
    ports,
    controllerOption: base === BASE_PORT ? '' : ` --controller http://127.0.0.1:${ports.controller}`,
  };
}
