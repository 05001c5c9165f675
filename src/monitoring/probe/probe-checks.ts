/** What a probe expects of the answer. Pure: the first check that fails decides, and says so in one sentence. */
import type { HeaderExpectation, HttpProbe } from '../contract.ts';
import { isoDay } from './certificate.ts';
import type { Hop } from './probe-result.ts';
import { testPattern } from './test-pattern.ts';

export interface Answer {
  readonly hop: Hop;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly truncated: boolean;
  readonly bodyLimit: string;
}

export interface CheckFailure {
  readonly reason: string;
  readonly byPattern: boolean;
}

type Expectation = HttpProbe['expect'];

const DAY_MS = 86_400_000;

export function checkAnswer(expect: Expectation, answer: Answer, now: number): CheckFailure | undefined {
  const plain = (reason: string | undefined): CheckFailure | undefined => (reason === undefined ? undefined : { reason, byPattern: false });
  return (
    plain(checkStatus(expect.status, answer.hop)) ??
    checkHeaders(expect.headers ?? {}, answer.headers) ??
    checkBody(expect.body, answer) ??
    plain(checkTlsVersion(expect.tlsVersion, answer.hop.tlsVersion)) ??
    plain(checkCertificate(expect.certificateDays, answer.hop, now))
  );
}

function checkStatus(expected: Expectation['status'], { status = 0, location }: Hop): string | undefined {
  const wanted = asList<number | string>(expected);
  if (wanted.some((each) => isInRange(status, each))) return undefined;
  return `status ${status}, expected ${wanted.join(' or ')}${location === undefined ? '' : ` (it redirects to ${location})`}`;
}

function isInRange(status: number, range: number | string): boolean {
  if (typeof range === 'number') return status === range;
  if (range.endsWith('xx')) return Math.floor(status / 100) === Number(range[0]);
  const [from, to = from] = range.split('-').map(Number);
  return status >= from! && status <= to!;
}

function checkHeaders(expected: Readonly<Record<string, HeaderExpectation>>, headers: Answer['headers']): CheckFailure | undefined {
  for (const [name, expectation] of Object.entries(expected)) {
    const given = headers[name.toLowerCase()];
    const value = Array.isArray(given) ? given.join(', ') : given;
    const failure = checkHeader(name, typeof expectation === 'string' ? { equals: expectation } : expectation, value);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function checkHeader(name: string, expectation: Exclude<HeaderExpectation, string>, value: string | undefined): CheckFailure | undefined {
  const failure = (reason: string, byPattern = false): CheckFailure => ({ reason: `header ${name} ${reason}`, byPattern });
  if ('present' in expectation) {
    if (expectation.present === (value !== undefined)) return undefined;
    return failure(expectation.present ? 'is missing' : `should not be there (${quote(value!)})`);
  }
  if (value === undefined) return failure('is missing', 'matches' in expectation);
  if ('equals' in expectation)
    return value === expectation.equals ? undefined : failure(`is ${quote(value)}, expected ${quote(expectation.equals)}`);
  const outcome = testPattern(expectation.matches, value);
  if (outcome === 'too slow') return failure(`took too long to match against /${expectation.matches}/`, true);
  return outcome ? undefined : failure(`is ${quote(value)}, which does not match /${expectation.matches}/`, true);
}

function checkBody(expected: Expectation['body'], answer: Answer): CheckFailure | undefined {
  if (expected === undefined) return undefined;
  const { contains, matches, notMatches } = typeof expected === 'string' ? { contains: expected } : expected;
  const seen = describeBody(answer);
  for (const text of asList(contains)) {
    if (!answer.body.includes(text)) return { reason: `body does not contain ${quote(text)} (${seen})`, byPattern: true };
  }
  for (const [wanted, sources] of [
    [true, asList(matches)],
    [false, asList(notMatches)],
  ] as const) {
    for (const source of sources) {
      const outcome = testPattern(source, answer.body);
      if (outcome === 'too slow')
        return { reason: `body took too long to match against /${source}/: simplify the pattern`, byPattern: true };
      if (outcome !== wanted) return { reason: `body ${wanted ? 'does not match' : 'matches'} /${source}/ (${seen})`, byPattern: true };
    }
  }
  return undefined;
}

function describeBody({ body, truncated, bodyLimit }: Answer): string {
  if (body === '') return 'it is empty';
  const start = body.length <= 80 ? quote(body) : `first 80 chars: ${quote(body.slice(0, 80))}`;
  return truncated ? `${start}; only the first ${bodyLimit} were read: raise bodyLimit if it comes later` : start;
}

const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

function checkTlsVersion(oldest: string | undefined, spoken: string | undefined): string | undefined {
  if (oldest === undefined) return undefined;
  if (spoken === undefined) return `not encrypted, expected ${oldest} or newer`;
  return TLS_VERSIONS.indexOf(spoken) >= TLS_VERSIONS.indexOf(oldest) ? undefined : `speaks ${spoken}, expected ${oldest} or newer`;
}

function checkCertificate(days: number | undefined, { certificate }: Hop, now: number): string | undefined {
  if (days === undefined) return undefined;
  if (certificate === undefined) return `no certificate: the address is not https, so certificateDays can't be checked`;
  const left = Math.floor((certificate.earliestExpiry - now) / DAY_MS);
  if (left >= days) return undefined;
  const when = left < 0 ? 'has expired' : `expires in ${left} ${left === 1 ? 'day' : 'days'}`;
  return `certificate ${when} (${isoDay(certificate.earliestExpiry)}), expected at least ${days} days`;
}

const asList = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

const quote = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
