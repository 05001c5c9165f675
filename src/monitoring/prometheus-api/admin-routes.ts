import type { Route } from '../../platform/http/index.ts';
import { post, put } from './api-route.ts';

const PATHS = ['delete_series', 'clean_tombstones', 'snapshot'];

/** Prometheus' administration of its storage, which answers here as there where it isn't switched on. */
export const adminRoutes = (): Route[] =>
  PATHS.flatMap((name) => {
    const path = `/api/v1/admin/tsdb/${name}`;
    const summary = "Prometheus' administration of its storage: refused";
    const refuse = () => ({
      status: 503,
      body: JSON.stringify({ status: 'error', errorType: 'unavailable', error: 'admin APIs disabled' }),
    });
    return [post(path, summary, refuse), put(path, summary, refuse)];
  });
