import { createContext, Script, type Context } from 'node:vm';
import { compilePattern } from './pattern.ts';

const SCRIPT = new Script('pattern.test(text)');
/** Made once: a context of its own for each match would cost a millisecond and a megabyte. */
let sandbox: Context | undefined;

/** Longer than any sane pattern takes on a megabyte, short enough for everything else to wait. */
const SLOWEST_MS = 200;

/**
 * Whether `text` matches. JavaScript's expressions backtrack, some of them for years: the engine's own
 * interrupt stops them, which is only reachable through `vm`. (Not a sandbox: nothing foreign is run.)
 */
export function testPattern(source: string, text: string): boolean | 'too slow' {
  const pattern = compilePattern(source);
  sandbox ??= createContext({});
  Object.assign(sandbox, { pattern, text });
  try {
    return SCRIPT.runInContext(sandbox, { timeout: SLOWEST_MS }) as boolean;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'too slow';
    throw error;
  } finally {
    Object.assign(sandbox, { pattern: undefined, text: undefined });
  }
}
