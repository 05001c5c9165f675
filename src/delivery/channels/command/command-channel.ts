import { spawn } from 'node:child_process';
import { type Channel, type Outcome, unconfigured, unlessStopped } from '../channel.ts';
import { messageParts, type Message } from '../../messages/index.ts';
import { secretsOf, withoutSecrets } from '../secrets.ts';
import { withinTime } from '../time-limit.ts';

/** By name: the program and its arguments. */
export type CommandSettings = Readonly<Record<string, readonly string[]>>;

const UNSET = 'No command is set, so its messages wait. Set command in nines.yaml: {siren: [/usr/local/bin/siren, --loud]}.';
const TIMEOUT_MS = 15_000;
const MAX_OUTPUT = 2_048;
/** Said in the environment; a program's arguments and environment have limits. */
const MAX_TEXT = 32 * 1024;
/** sysexits.h: what it was told is wrong, or nobody of that name. Anything else may work later. */
const FINAL = new Set([65, 67, 68]);

/**
 * Runs a program of nines.yaml, without a shell: the siren in the office. The message is its standard input (subject, an
 * empty line, the text) and in its environment (NINES_SUBJECT, NINES_TEXT, NINES_KEY, NINES_REASON, NINES_URGENT,
 * NINES_PERSON, NINES_ABOUT, NINES_SERVICE, NINES_LINK), which holds nothing else of nines' own but PATH, HOME and LANG.
 * Exit code 0 is success. The same key may come twice: after a crash.
 */
export function createCommandChannel(
  commands: CommandSettings | undefined,
  { timeoutMs = TIMEOUT_MS, environment = process.env }: { timeoutMs?: number; environment?: NodeJS.ProcessEnv } = {},
): Channel {
  if (commands === undefined) return unconfigured('command', UNSET);
  return {
    name: 'command',
    peer: (address) => `The command '${address}'`,
    async send(message, signal) {
      const argv = Object.hasOwn(commands, message.address) ? commands[message.address] : undefined;
      const [program, ...args] = argv ?? [];
      if (program === undefined) return { kind: 'unconfigured', error: `nines.yaml has no command '${message.address}': set command.${message.address} to a list, the program first.` }; // prettier-ignore
      const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME = '/', LANG = 'C.UTF-8' } = environment;
      const env = { PATH, HOME, LANG, ...variables(message) };
      const input = `${message.subject}\n\n${message.text}\n`;
      const hide = (output: string): string => withoutSecrets(output, secretsOf(message));
      return unlessStopped(signal, await withinTime(signal, timeoutMs, (limit) => run({ program, args, env, input, timeoutMs, limit, hide })));
    },
  }; // prettier-ignore
}

function variables(message: Message): Record<string, string> {
  const { title, links } = messageParts(message);
  const { key, reason, priority, person, about, service, text } = message;
  // No variable may hold a NUL.
  const plain = (value: string): string => value.replaceAll('\0', '').slice(0, MAX_TEXT);
  return {
    NINES_SUBJECT: plain(title),
    NINES_TEXT: plain(text),
    NINES_KEY: key,
    NINES_REASON: plain(reason),
    NINES_URGENT: priority === 0 ? '1' : '0',
    NINES_PERSON: plain(person ?? ''),
    NINES_ABOUT: plain(about ?? ''),
    NINES_SERVICE: plain(service ?? ''),
    NINES_LINK: plain(links[0]?.url ?? ''),
  };
}

interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly input: string;
  readonly timeoutMs: number;
  readonly limit: AbortSignal;
  /** What a program prints of its message is kept: without the link that acknowledges. */
  readonly hide: (output: string) => string;
}

/** In a process group of its own, so that what it started ends with it when time is up. */
function run({ program, args, env, input, timeoutMs, limit, hide }: Run): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    let output = '';
    const keep = (data: Buffer): void => void (output = (output + data.toString('utf8')).slice(0, MAX_OUTPUT));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const done = (outcome: Outcome): void => {
      limit.removeEventListener('abort', late);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(outcome);
    };
    const late = (): void => {
      if (child.pid !== undefined) endGroup(child.pid);
      done({ kind: 'failed', error: `not done within ${timeoutMs / 1000} s, so it was ended`, channelDown: true });
    };
    limit.addEventListener('abort', late, { once: true });
    child.on('error', (error) => done({ kind: 'failed', error: `${program} can't be run: ${error.message}`, channelDown: true }));
    // Its end counts, not that of what it leaves behind with the same output; what it wrote until then is there a moment later.
    child.on('exit', (code, killed) => setImmediate(() => done(judge(code, killed, hide(output).trim()))));
    // A program that does not read its input is none the worse for it.
    child.stdin.on('error', () => undefined).end(input);
    if (limit.aborted) late();
  });
}

function judge(code: number | null, killed: NodeJS.Signals | null, output: string): Outcome {
  const said = `exit ${code ?? killed ?? 'unknown'}${output === '' ? '' : `: ${output.slice(0, 300)}`}`;
  if (code === 0) return { kind: 'accepted', answer: said, delivered: true };
  if (code !== null && FINAL.has(code)) return { kind: 'refused', error: said };
  return { kind: 'failed', error: said, channelDown: true };
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
