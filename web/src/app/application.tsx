import { Suspense, useEffect, type ReactNode } from 'react';
import { QueryClientProvider } from '@tanstack/react-query';
import { ApiProblem } from '../api/http.ts';
import { queryClient } from '../api/query.ts';
import { Skeleton } from '../ui/answer.tsx';
import { Link, navigate, Router, usePlace, useTitle } from '../ui/router.tsx';
import { ALONE, ROUTES } from './routes.ts';
import { Shell } from './shell.tsx';

export function Application(): ReactNode {
  return (
    <QueryClientProvider client={queryClient}>
      <Router table={ROUTES}>
        <Pages />
      </Router>
    </QueryClientProvider>
  );
}

function Pages(): ReactNode {
  const { route } = usePlace();
  useSignInWhenAsked();
  const Page = route?.page ?? NotFound;
  const page = (
    <Suspense fallback={<Skeleton lines={8} />}>
      <Page />
    </Suspense>
  );
  return route !== undefined && ALONE.includes(route.path) ? page : <Shell>{page}</Shell>;
}

/** Any answer of 401 leads to the sign-in page, and from there back. */
function useSignInWhenAsked(): void {
  useEffect(() => {
    const refused = (error: unknown): void => {
      const { pathname, search } = window.location;
      if (!(error instanceof ApiProblem) || error.status !== 401 || ALONE.includes(pathname)) return;
      navigate(`/signin?next=${encodeURIComponent(pathname + search)}`, { replace: true });
    };
    const queries = queryClient.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'error') refused(event.action.error);
    });
    const actions = queryClient.getMutationCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'error') refused(event.action.error);
    });
    return () => {
      queries();
      actions();
    };
  }, []);
}

function NotFound(): ReactNode {
  useTitle('Not found');
  return (
    <div className="stack">
      <h1>There is no such page</h1>
      <p>
        <Link to="/">Are we OK?</Link>
      </p>
    </div>
  );
}
