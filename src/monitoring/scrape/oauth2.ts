/** Tokens for clients: RFC 6749, section 4.4. One is asked for when it is needed, and kept while it is valid. */
import { expandEnvironment, type Environment } from '../probe/credentials.ts';
import { startDeadline, type Deadline } from '../probe/deadline.ts';
import type { OAuth2Spec } from './client-spec.ts';
import type { HttpClient } from './http-client.ts';
import { secretIn } from './secret-file.ts';

export interface TokenSource {
  /** The value of the header that proves who asks. Rejects with an Error in words, without a secret. */
  headerFor(spec: OAuth2Spec, deadline: Deadline, literal: boolean): Promise<string>;
  /** A token was refused: the next question asks for another. */
  forget(spec: OAuth2Spec): void;
}

interface Token {
  readonly header: string;
  /** On the monotonic clock, in milliseconds. */
  readonly until: number;
}

/** A token is no longer used so long before it ends: the way to the target takes a while. */
const EARLY_MS = 10_000;
const ASK_MS = 10_000;
const LARGEST_ANSWER = 256 * 1_024;
/** What says nothing of its end is asked for anew after an hour. */
const DEFAULT_SECONDS = 3_600;
const MOST_TOKENS = 10_000;

export function createTokenSource(client: HttpClient, environment: Environment): TokenSource {
  const kept = new Map<string, Token>();
  /** The hundred targets of a scrape ask for one token. */
  const asked = new Map<string, Promise<Token>>();

  /** In a time of its own: the target that asked first may be gone before the others are. */
  async function ask(spec: OAuth2Spec, literal: boolean): Promise<Token> {
    const deadline = startDeadline(ASK_MS, () => `no answer within ${ASK_MS / 1000} s`);
    try {
      return await askWithin(spec, deadline, literal);
    } finally {
      deadline.release();
    }
  }

  async function askWithin(spec: OAuth2Spec, deadline: Deadline, literal: boolean): Promise<Token> {
    const url = new URL(spec.tokenUrl);
    const text = (value: string): string => (literal ? value : expandEnvironment(value, environment));
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (spec.scopes.length > 0) form.set('scope', spec.scopes.join(' '));
    for (const [name, value] of Object.entries(spec.params ?? {})) form.set(name, text(value));
    const secret =
      spec.clientSecretFile === undefined ? text(spec.clientSecret ?? '') : await deadline.race(secretIn(spec.clientSecretFile));
    // Both parts are encoded as a form before they are joined: RFC 6749, section 2.3.1.
    const pair = [text(spec.clientId), secret].map(encodeURIComponent).join(':');
    const headers = {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    };
    const body = form.toString();
    const response = await client.send(
      { url, method: 'POST', headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body, tls: spec.tls, proxy: spec.proxy, literal },
      deadline,
    ); // prettier-ignore
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) {
      response.destroy();
      throw new Error(`status ${status}, expected 200`);
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > LARGEST_ANSWER) throw new Error(`an answer of more than ${LARGEST_ANSWER} bytes`);
        chunks.push(chunk);
      }
    };
    try {
      await deadline.race(read());
    } finally {
      response.destroy();
    }
    return tokenOf(Buffer.concat(chunks).toString('utf8'));
  }

  return {
    async headerFor(spec, deadline, literal) {
      const key = JSON.stringify(spec);
      const have = kept.get(key);
      if (have !== undefined && have.until > performance.now()) return have.header;
      let asking = asked.get(key);
      if (asking === undefined) {
        asking = ask(spec, literal).finally(() => asked.delete(key));
        asked.set(key, asking);
      }
      try {
        const token = await deadline.race(asking);
        if (kept.size >= MOST_TOKENS) kept.clear();
        kept.set(key, token);
        return token.header;
      } catch (error) {
        if (deadline.signal.aborted) throw deadline.signal.reason;
        const { origin, pathname } = new URL(spec.tokenUrl);
        throw new Error(`no token from ${origin}${pathname}: ${(error as Error).message}`, { cause: error });
      }
    },
    forget: (spec) => void kept.delete(JSON.stringify(spec)),
  };
}

/** Throws, without its content, where the answer has no token that can be sent. */
function tokenOf(text: string): Token {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Error('the answer is not JSON');
  }
  const given = (typeof answer === 'object' && answer !== null ? answer : {}) as Readonly<Record<string, unknown>>;
  const { access_token: token, token_type: type, expires_in: expires } = given;
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(token)) throw new Error('the answer has no access_token');
  const seconds = Number(expires);
  const lasts = Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_SECONDS;
  // 'bearer' in any spelling is Bearer; another type goes as it was given.
  const named = typeof type === 'string' && /^[\x21-\x7e]{1,100}$/.test(type) && type.toLowerCase() !== 'bearer' ? type : 'Bearer';
  return { header: `${named} ${token}`, until: performance.now() + Math.max(0, lasts * 1000 - EARLY_MS) };
}
