import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { request } from '../../api/http.ts';
import { useNow } from '../../ui/clock.ts';
import { Select, TextField } from '../../ui/form.tsx';
import { Card, CopyButton, PageHead } from '../../ui/part.tsx';
import { navigate, usePlace, useTitle } from '../../ui/router.tsx';
import type { Unit } from '../../ui/graph.tsx';
import { ShareGraph } from './share-graph.tsx';
import { RangeGraph } from './range-graph.tsx';
import { absoluteLink, parseTime, rangeOf, unitOf } from './graph-address.ts';

const SPANS = [
  ['15 min', 900_000],
  ['1 h', 3_600_000],
  ['6 h', 21_600_000],
  ['1 d', 86_400_000],
  ['7 d', 604_800_000],
  ['30 d', 2_592_000_000],
] as const;
const UNITS: readonly Unit[] = ['number', 'ratio', 'seconds', 'bytes', 'per second', 'times'];

/** Any query over any span. The address says it all: with `from` and `to` it shows the same tomorrow. */
export default function GraphPage(): ReactNode {
  const { search } = usePlace();
  const now = useNow(15_000);
  const expr = search.get('expr') ?? '';
  const range = rangeOf(search, now);
  useTitle(expr === '' ? 'Graph' : expr);
  const go = (change: Record<string, string | null>): void => {
    const next = new URLSearchParams(search);
    for (const [key, value] of Object.entries(change))
      if (value === null || value === '') next.delete(key);
      else next.set(key, value);
    navigate(`/graph?${next.toString()}`, { replace: change['expr'] === undefined });
  };
  const unit = (search.get('unit') as Unit | null) ?? unitOf(expr);
  const shift = (parts: number): void => {
    const by = (range.toMs - range.fromMs) * parts;
    go({ from: new Date(range.fromMs + by).toISOString(), to: new Date(range.toMs + by).toISOString(), span: null });
  };
  return (
    <div className="stack">
      <PageHead title="Graph" />
      <QueryBox key={expr} expr={expr} show={(next) => go({ expr: next, unit: null })} />
      <Card
        title={expr === '' ? 'Nothing asked yet' : range.fixed ? 'Fixed span' : 'Up to now'}
        aside={
          <span className="row">
            {SPANS.map(([label, ms]) => (
              <button
                key={label}
                type="button"
                className="button button-plain span-button"
                aria-pressed={!range.fixed && range.toMs - range.fromMs === ms}
                onClick={() => go({ span: String(ms / 1_000), from: null, to: null })}
              >
                {label}
              </button>
            ))}
          </span>
        }
      >
        {expr === '' ? (
          <p className="empty">
            Type a PromQL query above, such as <code>rate(node_cpu_seconds_total[5m])</code>.
          </p>
        ) : (
          <RangeGraph title={short(expr)} expr={expr} unit={unit} range={range} height={320} />
        )}
        <div className="form-line" style={{ marginTop: 12 }}>
          <button type="button" className="button" onClick={() => shift(-0.5)}>
            ← Earlier
          </button>
          <button type="button" className="button" onClick={() => shift(0.5)}>
            Later →
          </button>
          <Span key={`${range.fixed} ${search.toString()}`} fromMs={range.fromMs} toMs={range.toMs} go={go} />
          <Select label="Unit" value={unit} options={UNITS} onChange={(next) => go({ unit: next })} />
          <CopyButton label="Copy link to this span" text={absoluteLink(window.location.origin, expr, range)} />
          {expr !== '' && <ShareGraph expr={expr} range={range} />}
        </div>
      </Card>
    </div>
  );
}

const short = (expr: string): string => (expr.length > 48 ? `${expr.slice(0, 47)}…` : expr);

function QueryBox({ expr, show }: { expr: string; show: (expr: string) => void }): ReactNode {
  const [text, setText] = useState(expr);
  const names = useQuery({
    queryKey: ['metric names'],
    staleTime: 300_000,
    queryFn: ({ signal }) => request<{ data: string[] }>('GET', '/api/v1/label/__name__/values', undefined, signal),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') show(text.trim());
  };
  return (
    <form className="form-line" onSubmit={submit} role="search">
      <div style={{ flex: '1 1 260px' }}>
        <TextField
          label="Query (PromQL)"
          className="mono"
          data-key="/"
          list="metric-names"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <datalist id="metric-names">
          {(names.data?.data ?? []).slice(0, 2_000).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </div>
      <button type="submit" className="button button-main">
        Show
      </button>
    </form>
  );
}

/** `2026-11-21T03:10` on the reader's clock, as the input wants it. */
function localInput(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}

function Span({ fromMs, toMs, go }: { fromMs: number; toMs: number; go: (change: Record<string, string>) => void }): ReactNode {
  const [from, setFrom] = useState(localInput(fromMs));
  const [to, setTo] = useState(localInput(toMs));
  const change = (nextFrom: string, nextTo: string): void => {
    const [a, b] = [parseTime(nextFrom), parseTime(nextTo)];
    if (a !== undefined && b !== undefined && a < b) go({ from: new Date(a).toISOString(), to: new Date(b).toISOString() });
  };
  return (
    <>
      <TextField
        label="From"
        type="datetime-local"
        value={from}
        onChange={(e) => setFrom(e.target.value)}
        onBlur={() => from !== localInput(fromMs) && change(from, to)}
      />
      <TextField
        label="To"
        type="datetime-local"
        value={to}
        onChange={(e) => setTo(e.target.value)}
        onBlur={() => to !== localInput(toMs) && change(from, to)}
      />
    </>
  );
}
