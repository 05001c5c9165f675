/** What is sent along to prove who asks. Secrets stay in the environment: documents only name them. */
import type { Authorization } from '../contract.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `text` with each `${NAME}` replaced. Throws where a variable is not set: an empty credential would mislead. */
export function expandEnvironment(text: string, environment: Environment): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = environment[name];
    if (value === undefined) throw new Error(`the environment variable ${name} is not set`);
    return value;
  });
}

/** Header names in lower case; without an environment `${NAME}` is text. Throws where a variable is not set or a value can't be a header. */
export function credentialHeaders(
  given: { headers?: Record<string, string> | undefined; authorization?: Authorization | undefined },
  environment: Environment | undefined,
): Record<string, string> {
  const expand = (text: string): string => (environment === undefined ? text : expandEnvironment(text, environment));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given.headers ?? {})) headers[name.toLowerCase()] = expand(value);
  const { bearer, basic } = given.authorization ?? {};
  if (bearer !== undefined) headers.authorization = `Bearer ${expand(bearer)}`;
  if (basic !== undefined) {
    const pair = `${expand(basic.username)}:${expand(basic.password)}`;
    headers.authorization = `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw new Error(`the header ${name} has characters that a header can't have`);
  }
  return headers;
}

/** What may go along when a redirect leads to another origin: nothing that could be a secret. */
export function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = ['accept', 'accept-language', 'user-agent'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.includes(name)));
}
