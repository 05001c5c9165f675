import { createContext, Script } from 'node:vm';
import { compilePattern } from './pattern.ts';

const SCRIPT = new Script('pattern.test(text)');

/** Longer than any sane pattern takes on a megabyte, short enough for everything else to wait. */
const SLOWEST_MS = 200;

/**
 * Whether `text` matches. JavaScript's expressions backtrack, some of them for years: the engine's own
 * interrupt stops them, which is only reachable through `vm`. (Not a sandbox: nothing foreign is run.)
 */
export function testPattern(source: string, text: string): boolean | 'too slow' {
  const context = createContext({ pattern: compilePattern(source), text });
  try {
    return SCRIPT.runInContext(context, { timeout: SLOWEST_MS }) as boolean;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'too slow';
    throw error;
  }
}
