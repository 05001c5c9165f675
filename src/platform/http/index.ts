export { createCallRoute, type CallRoute } from './call-route.ts';
export { created, reply, route, type Access, type Principal, type Reply, type Role, type Route, type RouteRequest } from './route.ts';
export { createHttpServer, type Gate, type HttpServerOptions } from './server.ts';
export { problemReply } from './send-problem.ts';
