import { Component, type ErrorInfo, type ReactNode } from 'react';

/** Grey lines in the place of what is to come. */
export function Skeleton({ lines = 3 }: { lines?: number }): ReactNode {
  const widths = ['72%', '88%', '54%', '80%', '64%'];
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} style={{ width: widths[line % widths.length] }} />
      ))}
    </div>
  );
}

interface Failure {
  readonly message: string;
  readonly status?: number;
  readonly document?: { readonly requestId?: string | undefined };
}

export function ErrorNote({ error, retry }: { error: Failure; retry?: (() => void) | undefined }): ReactNode {
  return (
    <div className="note note-bad" role="alert">
      <div>
        <p className="strong">{error.message}</p>
        {error.document?.requestId !== undefined && <p className="small dim">Request {error.document.requestId}</p>}
      </div>
      {retry && (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Empty({ children }: { children: ReactNode }): ReactNode {
  return <div className="empty">{children}</div>;
}

interface Query<T> {
  readonly data: T | undefined;
  readonly error: Failure | null;
  readonly refetch: () => unknown;
}

interface AnswerProps<T> {
  readonly query: Query<T>;
  readonly lines?: number;
  /** What to say instead of an empty list. */
  readonly empty?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** One answer of the server in each of its states: on its way, failed, empty, there, there but no longer fresh. */
export function Answer<T>({ query, lines, empty, children }: AnswerProps<T>): ReactNode {
  const { data, error } = query;
  const retry = (): void => void query.refetch();
  if (data === undefined) return error ? <ErrorNote error={error} retry={retry} /> : <Skeleton {...(lines !== undefined && { lines })} />;
  return (
    <>
      {error && (
        <ErrorNote
          error={{ message: `Not up to date: ${error.message}`, ...(error.document && { document: error.document }) }}
          retry={retry}
        />
      )}
      {empty !== undefined && Array.isArray(data) && data.length === 0 ? <Empty>{empty}</Empty> : children(data)}
    </>
  );
}

/** Keeps a defect in one page from taking the rest along; a new `at` gives the next page its chance. */
export class Guard extends Component<{ at: string; children: ReactNode }, { failed: Error | null; at: string }> {
  override state = { failed: null as Error | null, at: this.props.at };

  static getDerivedStateFromError(failed: Error): { failed: Error } {
    return { failed };
  }

  static getDerivedStateFromProps(props: { at: string }, state: { at: string }): { failed: null; at: string } | null {
    return props.at === state.at ? null : { failed: null, at: props.at };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    const { failed } = this.state;
    if (failed === null) return this.props.children;
    // After an upgrade of nines the code of a page not seen so far is gone: loading anew gets the new one.
    return <ErrorNote error={{ message: `This page failed: ${failed.message}` }} retry={() => window.location.reload()} />;
  }
}
