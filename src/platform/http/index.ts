export {
  created,
  reply,
  route,
  stream,
  type Access,
  type Principal,
  type Reply,
  type Role,
  type Route,
  type RouteRequest,
} from './route.ts';
