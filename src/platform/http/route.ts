import type { z } from 'zod';

/** Who may call a route. Roles grow: admin may what responder may, responder what viewer may. */
export type Role = 'viewer' | 'responder' | 'admin';

/**
 * `public`: anyone; `intake`: machines with an intake token (and admins); a role: people and tokens of that role or above. `secret`:
 * whoever shows the secret of what the address names: the handler looks, for it knows which; a wrong token comes as anonymous.
 */
export type Access = 'public' | 'secret' | 'intake' | Role;

/** Who is asking, as the one place that decides (access/) found out. */
export interface Principal {
  readonly kind: 'account' | 'token' | 'anonymous';
  /** As an event's `actor`: `person:ana`, `token:ci`, `anonymous`. */
  readonly actor: string;
  /** The name a person reads. */
  readonly name: string;
  /** The Person document it stands for (matched by e-mail address), if any: who 'I' is in a page or an incident. */
  readonly person: string | null;
  readonly role: Role | 'intake' | null;
}

export interface RouteRequest<Params = Record<string, string>, Query = Record<string, string>, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  /** The query string as it came, for parameters that repeat. */
  readonly search: URLSearchParams;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly principal: Principal;
  readonly requestId: string;
  /** The sender's address. */
  readonly ip: string;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** An answer with more to say than its JSON. A handler may also return a plain value (200, JSON) or undefined (204). */
export interface Reply {
  readonly reply: true;
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** JSON unless a content-type header says otherwise; a string, Buffer or stream goes out as it is. */
  readonly body?: unknown;
}

export const reply = (status: number, body?: unknown, headers: Record<string, string> = {}): Reply => ({
  reply: true,
  status,
  headers,
  body,
});
export const created = (location: string, body: unknown): Reply => reply(201, body, { location });

/**
 * One HTTP route. The schemas check what comes in, make the OpenAPI document, and type the handler by way of `route()`.
 * A path is written with `:name` parameters; its template is what logs and metrics show.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly access: Access;
  /** HEAD answers as GET does, without the body. Only for what is cheap and changes nothing. */
  readonly head?: boolean;
  /** One line for the API reference. */
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** JSON by default. */
  readonly body?: z.ZodType;
  /** `raw`: the handler gets the bytes as a Buffer, of any content type; `form`: URL-encoded, as URLSearchParams. */
  readonly bodyAs?: 'json' | 'raw' | 'form';
  /** Largest body in bytes; 1 MiB by default. */
  readonly bodyLimit?: number;
  /** The shape of a successful answer, for the API reference and the web's types. */
  readonly response?: z.ZodType;
  handler(request: RouteRequest<never, never, never>): unknown;
}

type Out<Schema, Default> = Schema extends z.ZodType<infer T> ? T : Default;

interface TypedRoute<P extends z.ZodType | undefined, Q extends z.ZodType | undefined, B extends z.ZodType | undefined> {
  method: Route['method'];
  path: string;
  access: Access;
  head?: Route['head'];
  summary: string;
  params?: P;
  query?: Q;
  body?: B;
  bodyAs?: Route['bodyAs'];
  bodyLimit?: number;
  response?: z.ZodType;
  handler(request: RouteRequest<Out<P, Record<string, string>>, Out<Q, Record<string, string>>, Out<B, unknown>>): unknown;
}

/** Declares a route, its handler typed by its schemas. The handler returns a value, undefined, a Reply, or a promise of one. */
export function route<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(definition: TypedRoute<P, Q, B>): Route {
  return definition as unknown as Route;
}
