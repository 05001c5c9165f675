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

/** An expression that never takes long: linear in the text, or else given up after a tenth of a second with a 400 `Problem`. */
export function guardedRegExp(source: string): RegExp {
  const pattern = new RegExp(source);
  try {
    Reflect.construct(RegExp, [source, LINEAR]);
    return pattern;
  } catch {
    // The automaton knows no repetitions beyond 16: most of those are harmless, but nobody can tell.
    return new ImpatientRegExp(source);
  }
}

const room = { pattern: /(?:)/, text: '' };
const context = createContext(room);
const script = new Script('pattern.exec(text)');

class ImpatientRegExp extends RegExp {
  private readonly pattern: RegExp;

  constructor(source: string) {
    super(source);
    this.pattern = new RegExp(source);
  }

  override exec(text: string): RegExpExecArray | null {
    if (text.length <= HARMLESS) return this.pattern.exec(text);
    room.pattern = this.pattern;
    room.text = text;
    try {
      return script.runInContext(context, { timeout: PATIENCE_MS }) as RegExpExecArray | null;
    } catch {
      throw badRequest(`The regular expression ${this.source.slice(0, 100)} takes too long: write it with fewer repetitions.`);
    }
  }
}
