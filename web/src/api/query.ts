import { QueryClient, useMutation, useQuery, useQueryClient, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';
import { ApiProblem, listOf, request } from './http.ts';

/** Where the native API lives. */
export const API = '/nines/v1';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The browser's own idea of being online is about the internet, not about a nines on the local network.
      networkMode: 'always',
      staleTime: 2_000,
      gcTime: 10 * 60_000,
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 500),
      retryDelay: (attempt) => 500 * 2 ** attempt,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

interface GetOptions {
  /** Ask again every so many milliseconds: for what no event announces, such as a measured number. */
  readonly every?: number;
  /** An answer of 404 or 403 isn't worth asking again. */
  readonly enabled?: boolean;
}

export type Loaded<T> = UseQueryResult<T, ApiProblem>;

/** One address of the API, kept up to date. The address is its key, so that the live stream can say what is stale. */
export function useGet<T>(path: string, { every, enabled = true }: GetOptions = {}): Loaded<T> {
  return useQuery<T, ApiProblem>({
    queryKey: [path],
    queryFn: ({ signal }) => request<T>('GET', path, undefined, signal),
    enabled,
    ...(every !== undefined && { refetchInterval: every }),
  });
}

export function useList<T>(path: string, { every, enabled = true }: GetOptions = {}): Loaded<T[]> {
  return useQuery<unknown, ApiProblem, T[]>({
    queryKey: [path],
    queryFn: ({ signal }) => request<unknown>('GET', path, undefined, signal),
    select: listOf<T>,
    enabled,
    ...(every !== undefined && { refetchInterval: every }),
  });
}

/** An action. On success everything whose address starts with one of `touches` is asked again. */
export function useAction<Input, Output = unknown>(
  act: (input: Input) => Promise<Output>,
  touches: readonly string[],
): UseMutationResult<Output, ApiProblem, Input> {
  const client = useQueryClient();
  return useMutation<Output, ApiProblem, Input>({
    mutationFn: act,
    onSuccess: () => refresh(touches, client),
  });
}

/** Marks as stale, and asks again where shown, each query whose address starts with one of the prefixes. */
export async function refresh(prefixes: readonly string[], client: QueryClient = queryClient): Promise<void> {
  await client.invalidateQueries({
    predicate: ({ queryKey }) => prefixes.some((prefix) => String(queryKey[0]).startsWith(prefix)),
  });
}
