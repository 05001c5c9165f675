import type { ProblemDocument } from '../../../src/platform/contract.ts';

/** An answer that is no success, in the words of the server's problem document. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** 0 when there was no answer at all. */
  readonly status: number;
  readonly document: Partial<ProblemDocument>;

  constructor(status: number, detail: string, document: Partial<ProblemDocument> = {}) {
    super(detail);
    this.status = status;
    this.document = document;
  }
}

const TIMEOUT_MS = 20_000;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Asks the server; the session's cookie goes along. Resolves to undefined on 204. Throws `ApiProblem`. */
export async function request<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    const early = method === 'GET' ? takeEarly(path) : undefined;
    response = await (early ??
      fetch(path, {
        method,
        credentials: 'same-origin',
        headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      }));
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, timeout.aborted ? `nines did not answer within ${TIMEOUT_MS / 1000} s.` : 'nines cannot be reached.');
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  if (text === '') return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiProblem(response.status, `${path} did not answer JSON. Is something else in front of nines?`);
  }
}

const startedAt = Date.now();
const EARLY_MS = 5_000;

/** The answer that boot.js asked for before this code was here; each only once, and not when it has grown old. */
function takeEarly(path: string): Promise<Response> | undefined {
  const { ninesEarly } = globalThis as { ninesEarly?: Record<string, Promise<Response>> };
  const early = ninesEarly?.[path];
  if (ninesEarly === undefined || early === undefined) return undefined;
  delete ninesEarly[path];
  return Date.now() - startedAt > EARLY_MS ? undefined : early;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const fallback = `nines answered ${response.status} ${response.statusText}`.trim();
  const document = (await response.json().catch(() => ({}))) as Partial<ProblemDocument> & { error?: unknown };
  const { detail, title, error } = document;
  // The Prometheus API says `error` where the native API says `detail`.
  return new ApiProblem(response.status, detail ?? (typeof error === 'string' ? error : (title ?? fallback)), document);
}

/** Parameters that are undefined, null or empty are left out. */
export function withQuery(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The things of a list's answer: a bare array, or an object around one (`{ services: [...], marker }`). */
export function listOf<T>(answer: unknown): T[] {
  if (Array.isArray(answer)) return answer as T[];
  if (typeof answer === 'object' && answer !== null) {
    const list = Object.values(answer).find(Array.isArray);
    if (list !== undefined) return list as T[];
  }
  return [];
}
