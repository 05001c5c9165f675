import { setFlagsFromString } from 'node:v8';
import { createContext, Script } from 'node:vm';
import { badRequest } from '../../platform/problem.ts';

// A person may type (a+)+$: after 50,000 steps back V8 turns to its automaton, which is linear in the text, as RE2 is.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
// Lets an expression be asked, by this flag, whether the automaton can take it.
setFlagsFromString('--enable-experimental-regexp-engine');
const LINEAR = 'l';

/** Shorter texts can't keep anybody waiting. */
const HARMLESS = 16;
const PATIENCE_MS = 100;
/** An expression is asked of one label value after the other: all of them together may take this long. */
const PATIENCE_TOGETHER_MS = 1_000;
/** After such a pause it is another query that asks. */
const PAUSE_MS = 1_000;

/** An expression that never takes long: linear in the text, or else given up with a 400 `Problem` after a tenth of a second for a text, or a second for many. */
export function guardedRegExp(source: string, flags = ''): RegExp {
  const pattern = new RegExp(source, flags);
  try {
    Reflect.construct(RegExp, [source, LINEAR + flags]);
    return pattern;
  } catch {
    // The automaton knows no repetitions beyond 16: most of those are harmless, but nobody can tell.
    return new ImpatientRegExp(source, flags);
  }
}

const room = { pattern: /(?:)/, text: '' };
const context = createContext(room);
const script = new Script('pattern.exec(text)');

class ImpatientRegExp extends RegExp {
  private readonly pattern: RegExp;
  private spent = 0;
  private last = -Infinity;

  constructor(source: string, flags: string) {
    super(source, flags);
    this.pattern = new RegExp(source, flags);
  }

  override exec(text: string): RegExpExecArray | null {
    this.pattern.lastIndex = this.lastIndex;
    if (text.length <= HARMLESS) return this.found(this.pattern.exec(text));
    const began = performance.now();
    if (began - this.last > PAUSE_MS) this.spent = 0;
    if (this.spent > PATIENCE_TOGETHER_MS) throw this.tooSlow();
    room.pattern = this.pattern;
    room.text = text;
    try {
      return this.found(script.runInContext(context, { timeout: PATIENCE_MS }) as RegExpExecArray | null);
    } catch {
      throw this.tooSlow();
    } finally {
      this.last = performance.now();
      this.spent += this.last - began;
    }
  }

  private found(match: RegExpExecArray | null): RegExpExecArray | null {
    this.lastIndex = this.pattern.lastIndex;
    return match;
  }

  private tooSlow(): Error {
    return badRequest(`The regular expression ${this.source.slice(0, 100)} takes too long: write it with fewer repetitions.`);
  }
}
