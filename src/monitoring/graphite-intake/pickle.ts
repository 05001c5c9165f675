/**
 * Reads the part of Python's pickle that metrics need: lists, tuples, texts and numbers. A pickle is a program, and most of what it can
 * do (import a module, call a function) is dangerous: anything else is refused, by its opcode and where it stands.
 * Source: https://github.com/python/cpython/blob/main/Lib/pickletools.py
 *
 * One long switch: it is the list of opcodes.
 */
export type Pickled = string | number | boolean | null | bigint | readonly Pickled[];

export class PickleError extends Error {}

type Item = Pickled | Pickled[] | typeof MARK;
const MARK = Symbol('mark');

/** @throws PickleError with the byte where it went wrong */
export function readPickle(bytes: Buffer): Pickled {
  const stack: Item[] = [];
  const memo = new Map<number, Item>();
  let at = 0;
  const fail = (what: string, where = at): never => {
    throw new PickleError(`${what} at byte ${where}`);
  };
  const take = (size: number): Buffer => {
    if (size < 0 || at + size > bytes.length) fail('the pickle ends too early', bytes.length);
    at += size;
    return bytes.subarray(at - size, at);
  };
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0) fail('a line without an end');
    const text = bytes.toString('latin1', at, end);
    at = end + 1;
    return text;
  };
  const pop = (): Pickled => {
    const item = stack.pop();
    if (item === undefined || item === MARK) return fail('nothing to take from the stack');
    return item;
  };
  const popToMark = (): Pickled[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) return fail('no mark on the stack');
    const items = stack.splice(mark) as Pickled[];
    return items.slice(1);
  };
  const append = (items: readonly Pickled[]): void => {
    const list = stack.at(-1);
    if (!Array.isArray(list)) return fail('no list to append to');
    for (const item of items) list.push(item);
  };
  const tuple = (size: number): void => {
    const items: Pickled[] = [];
    for (let i = 0; i < size; i++) items.unshift(pop());
    stack.push(items);
  };
  const put = (key: number): void => void memo.set(key, stack.at(-1) ?? fail('nothing to remember'));
  const get = (key: number): void => void stack.push(memo.get(key) ?? fail(`nothing is remembered under ${key}`));
  const number = (text: string): number => {
    if (!/^[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,5})?L?$/.test(text)) {
      if (/^[+-]?(nan|inf(inity)?)$/i.test(text)) return /nan/i.test(text) ? NaN : text.startsWith('-') ? -Infinity : Infinity;
      fail(`'${text.slice(0, 40)}' is not a number,`);
    }
    return Number(text.replace(/L$/, ''));
  };
  const long = (size: number): number => {
    if (size > 8) fail(`a number of ${size} bytes`);
    let value = 0n;
    const digits = take(size);
    for (let i = size - 1; i >= 0; i--) value = value * 256n + BigInt(digits[i] as number);
    return Number(BigInt.asIntN(size * 8, value));
  };
  const bigSize = (): number => {
    const size = take(8).readBigUInt64LE();
    return size > BigInt(bytes.length) ? fail('the pickle ends too early', bytes.length) : Number(size);
  };

  for (;;) {
    const opcode = take(1)[0] as number;
    switch (String.fromCharCode(opcode)) {
      case '.':
        return pop();
      case '(':
        stack.push(MARK);
        break;
      case '0':
        if (stack.pop() === undefined) fail('nothing to take from the stack');
        break;
      case '1':
        popToMark();
        break;
      case '2':
        stack.push(stack.at(-1) ?? fail('nothing on the stack'));
        break;
      case ']':
      case ')':
        stack.push([]);
        break;
      case 'l':
      case 't':
        stack.push(popToMark());
        break;
      case 'a':
        append([pop()]);
        break;
      case 'e':
        append(popToMark());
        break;
      case '\x85':
        tuple(1);
        break;
      case '\x86':
        tuple(2);
        break;
      case '\x87':
        tuple(3);
        break;
      case 'N':
        stack.push(null);
        break;
      case '\x88':
        stack.push(true);
        break;
      case '\x89':
        stack.push(false);
        break;
      case 'I': {
        const text = line();
        stack.push(text === '01' ? true : text === '00' ? false : number(text));
        break;
      }
      case 'L':
      case 'F':
        stack.push(number(line()));
        break;
      case 'J':
        stack.push(take(4).readInt32LE());
        break;
      case 'K':
        stack.push(take(1).readUInt8());
        break;
      case 'M':
        stack.push(take(2).readUInt16LE());
        break;
      case '\x8a':
        stack.push(long(take(1).readUInt8()));
        break;
      case '\x8b':
        stack.push(long(take(4).readUInt32LE()));
        break;
      case 'G':
        stack.push(take(8).readDoubleBE());
        break;
      case 'S': {
        const text = line();
        if (!/^(['"]).*\1$/.test(text) || text.length < 2) fail('a text without quotes');
        if (text.includes('\\')) fail('a text with an escape');
        stack.push(Buffer.from(text.slice(1, -1), 'latin1').toString('utf8'));
        break;
      }
      case 'V':
        stack.push(rawUnicode(line()));
        break;
      case 'U':
      case '\x8c':
      case 'C':
        stack.push(take(take(1).readUInt8()).toString('utf8'));
        break;
      case 'T':
      case 'X':
      case 'B':
        stack.push(take(take(4).readUInt32LE()).toString('utf8'));
        break;
      case '\x8d':
      case '\x8e':
        stack.push(take(bigSize()).toString('utf8'));
        break;
      case 'p':
        put(number(line()));
        break;
      case 'q':
        put(take(1).readUInt8());
        break;
      case 'r':
        put(take(4).readUInt32LE());
        break;
      case '\x94':
        put(memo.size);
        break;
      case 'g':
        get(number(line()));
        break;
      case 'h':
        get(take(1).readUInt8());
        break;
      case 'j':
        get(take(4).readUInt32LE());
        break;
      case '\x80':
        take(1);
        break;
      case '\x95':
        take(8);
        break;
      default:
        fail(`the opcode 0x${opcode.toString(16).padStart(2, '0')} is not taken (only lists, tuples, texts and numbers are)`, at - 1);
    }
  }
}

/** Latin-1 with \uXXXX for the rest. */
const rawUnicode = (text: string): string =>
  text.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
