/** What is sent as `authorization`: of the document, of files, or a token that is asked for. Nothing of it is ever in an error. */
import { expandEnvironment, type Environment } from '../probe/credentials.ts';
import type { Deadline } from '../probe/deadline.ts';
import type { ScrapeAuthorization } from './client-spec.ts';
import type { TokenSource } from './oauth2.ts';
import { secretIn } from './secret-file.ts';

interface AuthorizeOptions {
  /** Undefined: `${NAME}` is text. */
  readonly environment: Environment | undefined;
  readonly tokens: TokenSource;
}

/** The header's value, or undefined where there is none. Rejects with an Error in words where a variable or file is missing or can't be sent. */
export async function authorizationHeader(
  given: ScrapeAuthorization | undefined,
  deadline: Deadline,
  { environment, tokens }: AuthorizeOptions,
): Promise<string | undefined> {
  if (given === undefined) return undefined;
  const text = (value: string): string => (environment === undefined ? value : expandEnvironment(value, environment));
  const either = async (value: string | undefined, file: string | undefined): Promise<string> =>
    value !== undefined ? text(value) : file === undefined ? '' : deadline.race(secretIn(file));
  const { bearer, basic, type = 'Bearer', credentials, credentialsFile, oauth2 } = given;
  if (basic !== undefined) {
    const pair = `${await either(basic.username, basic.usernameFile)}:${await either(basic.password, basic.passwordFile)}`;
    return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
  }
  if (oauth2 !== undefined) return sendable(await tokens.headerFor(oauth2, deadline, environment === undefined), 'the token');
  const token = await either(bearer ?? credentials, credentialsFile);
  return sendable(`${type} ${token}`, credentialsFile === undefined ? 'the authorization' : `the file ${credentialsFile}`);
}

function sendable(value: string, what: string): string {
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw new Error(`${what} does not hold a token: it has characters that a header can't have`);
  return value;
}
