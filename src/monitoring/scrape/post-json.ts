/** Tells something to a target, as it is asked: with its headers, credentials, TLS and proxy. */
import { formatDuration } from '../../platform/duration.ts';
import type { Environment } from '../probe/credentials.ts';
import { startDeadline } from '../probe/deadline.ts';
import { createHostResolver } from '../probe/resolve-host.ts';
import { createHttpClient } from './http-client.ts';
import { createTokenSource } from './oauth2.ts';
import type { Target } from './target.ts';
import { targetHeaders } from './target-headers.ts';

export interface Poster {
  /** Rejects with an Error in words for a person where the answer isn't 2xx, or there is none. */
  post(target: Target, body: string, headers?: Readonly<Record<string, string>>): Promise<void>;
  /** Closes kept connections. */
  close(): void;
}

/** So much of a refusal is told. */
const LONGEST_REASON = 200;

export function createPoster(environment: Environment = process.env): Poster {
  const client = createHttpClient(createHostResolver(), environment);
  const tokens = createTokenSource(client, environment);
  return {
    async post(target, body, extra = {}) {
      const deadline = startDeadline(target.timeoutMs, () => `no answer within ${formatDuration(target.timeoutMs)}`);
      try {
        const given = await targetHeaders(target, deadline, { environment, tokens });
        const length = String(Buffer.byteLength(body));
        const headers = { 'content-type': 'application/json', 'user-agent': 'nines', ...given, ...extra, 'content-length': length };
        const { tls, proxy, authorization } = target.spec;
        const question = { url: target.url, method: 'POST', headers, body, tls, proxy, literal: target.literal === true } as const;
        const response = await client.send(question, deadline);
        const status = response.statusCode!;
        // The token may have been withdrawn: the next one asks for another.
        if (status === 401 && authorization?.oauth2 !== undefined) tokens.forget(authorization.oauth2);
        let said = '';
        for await (const chunk of response) {
          said += (chunk as Buffer).toString('utf8', 0, LONGEST_REASON);
          if (said.length >= LONGEST_REASON) break;
        }
        if (status < 200 || status > 299) throw new Error(`status ${status} ${said.slice(0, LONGEST_REASON)}`.trim());
      } finally {
        deadline.release();
      }
    },
    close: () => client.close(),
  };
}
