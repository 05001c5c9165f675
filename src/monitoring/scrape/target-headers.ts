/** What a target is asked with, besides what every client says: the document's headers, those of files, and what proves who asks. */
import { credentialHeaders, type Environment } from '../probe/credentials.ts';
import type { Deadline } from '../probe/deadline.ts';
import { authorizationHeader } from './authorization.ts';
import type { TokenSource } from './oauth2.ts';
import { secretIn } from './secret-file.ts';
import type { Target } from './target.ts';

interface TargetHeadersOptions {
  readonly environment: Environment;
  readonly tokens: TokenSource;
}

/** Names in lower case. Rejects with an Error in words where a variable or file is missing or can't be sent. */
export async function targetHeaders(
  { spec, literal }: Pick<Target, 'spec' | 'literal'>,
  deadline: Deadline,
  { environment, tokens }: TargetHeadersOptions,
): Promise<Record<string, string>> {
  // What comes from a file of Prometheus has no variables in it.
  const variables = literal === true ? undefined : environment;
  const headers = credentialHeaders({ headers: spec.headers }, variables);
  for (const [given, files] of Object.entries(spec.headerFiles ?? {})) {
    const name = given.toLowerCase();
    const values = await Promise.all(files.map((file) => deadline.race(secretIn(file))));
    const whole = [...(headers[name] === undefined ? [] : [headers[name]]), ...values].join(', ');
    Object.assign(headers, credentialHeaders({ headers: { [name]: whole } }, undefined));
  }
  const { bearerTokenFile } = spec;
  const given = bearerTokenFile === undefined ? spec.authorization : { credentialsFile: bearerTokenFile };
  const authorization = await authorizationHeader(given, deadline, { environment: variables, tokens });
  return authorization === undefined ? headers : { ...headers, authorization };
}
