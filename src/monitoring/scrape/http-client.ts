/** Asks an address over HTTP: directly, through a proxy, or through a proxy's tunnel; with the TLS that is given. */
import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions } from 'node:tls';
import { expandEnvironment, type Environment } from '../probe/credentials.ts';
import type { Deadline } from '../probe/deadline.ts';
import { networkReason } from '../probe/network-reason.ts';
import type { HostResolver, ResolvedAddress } from '../probe/resolve-host.ts';
import type { ProxySpec, ScrapeTls } from './client-spec.ts';
import { proxyFor } from './no-proxy.ts';

export interface HttpQuestion {
  readonly url: URL;
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: ScrapeTls | undefined;
  readonly proxy?: ProxySpec | undefined;
  /** `${NAME}` is text and no variable. */
  readonly literal: boolean;
}

export interface HttpClient {
  /** The answer, its body unread. Rejects with an Error in words for a person, without anything secret. */
  send(question: HttpQuestion, deadline: Deadline): Promise<IncomingMessage>;
  /** Closes kept connections. */
  close(): void;
}

/** A connection that nothing used for two minutes is closed: its target may be gone. */
const KEPT = { keepAlive: true, timeout: 120_000 };

export function createHttpClient(resolver: HostResolver, environment: Environment): HttpClient {
  const agents = { http: new HttpAgent(KEPT), https: new HttpsAgent(KEPT) };

  async function send(question: HttpQuestion, deadline: Deadline): Promise<IncomingMessage> {
    const { url, method = 'GET', headers, body, literal } = question;
    const secure = url.protocol === 'https:';
    const proxy = proxyOf(question, environment);
    const security = secure ? await tlsOptions(question.tls, literal ? undefined : environment, deadline) : {};
    for (let attempt = 1; ; attempt += 1) {
      const common: RequestOptions = { method, headers, signal: deadline.signal, lookup: lookupWith(resolver, deadline.signal) };
      let request: ClientRequest;
      if (proxy === undefined) {
        request = secure
          ? httpsRequest(url, { ...common, ...security, agent: agents.https })
          : httpRequest(url, { ...common, agent: agents.http });
      } else if (secure) {
        const socket = await tunnel(proxy, url, question, common, deadline);
        const host = url.hostname.replace(/^\[|\]$/g, '');
        const options: ConnectionOptions = { ...(isIP(host) === 0 && { servername: host }), host, ...security, socket };
        // An agent of its own: without one, Node would not ask us for the connection, and go past the proxy.
        const agent = Object.assign(new HttpsAgent(), { createConnection: () => tlsConnect(options) });
        request = httpsRequest(url, { ...common, agent });
      } else request = throughProxy(proxy, url, headers, common);
      try {
        return await deadline.race(answerOf(request, body));
      } catch (error) {
        request.destroy();
        if (deadline.signal.aborted) throw deadline.signal.reason;
        // A kept connection may have been closed at the same moment: that says nothing about the target.
        if (request.reusedSocket && attempt === 1) continue;
        throw new Error(networkReason(error, proxy !== undefined && !secure ? `the proxy ${proxy.host}` : url.host), { cause: error });
      }
    }
  }

  /** A plain request goes to the proxy as it is, with the whole address in its first line. */
  function throughProxy(proxy: URL, url: URL, given: HttpQuestion['headers'], common: RequestOptions): ClientRequest {
    const target = new URL(url);
    target.hash = '';
    const headers = { ...given, host: url.host, ...proxyAuthorization(proxy) };
    const options = { ...common, path: target.href, headers };
    return proxy.protocol === 'https:'
      ? httpsRequest(originOf(proxy), { ...options, agent: agents.https })
      : httpRequest(originOf(proxy), { ...options, agent: agents.http });
  }

  async function tunnel(proxy: URL, url: URL, question: HttpQuestion, common: RequestOptions, deadline: Deadline): Promise<Socket> {
    const authority = `${url.hostname}:${url.port || '443'}`;
    const headers: Record<string, string | string[]> = { host: authority, ...proxyAuthorization(proxy) };
    for (const [name, value] of Object.entries(question.proxy?.connectHeaders ?? {})) {
      const expand = (text: string): string => (question.literal ? text : expandEnvironment(text, environment));
      headers[name.toLowerCase()] = typeof value === 'string' ? expand(value) : value.map(expand);
    }
    const options: RequestOptions = { ...common, method: 'CONNECT', path: authority, headers, agent: false };
    const request = proxy.protocol === 'https:' ? httpsRequest(originOf(proxy), options) : httpRequest(originOf(proxy), options);
    let opened: { socket: Socket; status: number };
    try {
      opened = await deadline.race(connected(request));
    } catch (error) {
      request.destroy();
      if (deadline.signal.aborted) throw deadline.signal.reason;
      throw new Error(networkReason(error, `the proxy ${proxy.host}`), { cause: error });
    }
    if (opened.status === 200) return opened.socket;
    opened.socket.destroy();
    throw new Error(`the proxy ${proxy.host} answered status ${opened.status} to CONNECT, expected 200`);
  }

  return {
    send,
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function proxyOf({ url, proxy, literal }: HttpQuestion, environment: Environment): URL | undefined {
  if (proxy?.url === undefined || literal) return proxyFor(url, proxy, environment);
  return proxyFor(url, { ...proxy, url: expandEnvironment(proxy.url, environment) }, environment);
}

const originOf = ({ protocol, host }: URL): URL => new URL(`${protocol}//${host}`);

function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}

/** @param environment undefined: `${NAME}` is text */
async function tlsOptions(given: ScrapeTls | undefined, environment: Environment | undefined, deadline: Deadline) {
  const { minVersion, maxVersion, serverName, insecureSkipVerify = false } = given ?? {};
  const pem = (text: string | undefined, file: string | undefined): Promise<string | undefined> => {
    if (text !== undefined) return Promise.resolve(environment === undefined ? text : expandEnvironment(text, environment));
    return file === undefined ? Promise.resolve(undefined) : deadline.race(readFile(file, 'utf8'));
  };
  const [ca, cert, key] = await Promise.all([
    pem(given?.ca, given?.caFile),
    pem(given?.cert, given?.certFile),
    pem(given?.key, given?.keyFile),
  ]);
  return {
    rejectUnauthorized: !insecureSkipVerify,
    ...(serverName !== undefined && { servername: serverName }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
  };
}

function answerOf(request: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
    request.end(body);
  });
}

function connected(request: ClientRequest): Promise<{ socket: Socket; status: number }> {
  return new Promise((resolve, reject) => {
    request.on('connect', (response, socket: Socket) => resolve({ socket, status: response.statusCode ?? 0 }));
    request.on('response', (response) => resolve({ socket: response.socket, status: response.statusCode ?? 0 }));
    request.on('error', reject);
    request.end();
  });
}

function lookupWith(resolver: HostResolver, signal: AbortSignal): LookupFunction {
  return (host, { all }, done) => {
    const answer = async (): Promise<void> => {
      let addresses: ResolvedAddress[];
      try {
        addresses = await resolver(host, signal);
      } catch (error) {
        done(error as Error, '');
        return;
      }
      if (all) done(null, addresses);
      else done(null, addresses[0]!.address, addresses[0]!.family);
    };
    void answer();
  };
}
