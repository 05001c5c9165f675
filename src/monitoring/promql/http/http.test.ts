import { expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import type { SeriesIndex } from '../../series.ts';
import { createQueryEngine } from '../engine.ts';
import { MemorySource } from '../memory-source.ts';
import { handleFormatQuery, handleQuery, handleQueryRange } from './query-api.ts';
import { handleLabels, handleLabelValues, handleMetadata, handleSeries } from './series-api.ts';

const source = new MemorySource();
source.add({ __name__: 'up', job: 'api', z: 'é"' }, [0, 60_000], [1, 0.1]);
source.add({ __name__: 'up', job: 'db' }, [0, 60_000], [NaN, Infinity]);
source.add({ __name__: 'big' }, [60_000], [1e21]);
const engine = createQueryEngine({ source, clock: systemClock, settings: { maxPoints: 100, maxSamples: 1000 } });
const params = (text: string): URLSearchParams => new URLSearchParams(text);
const UP = '{"__name__":"up","job":"api","z":"é\\""}';

test.each([
  [
    'query=up&time=60',
    `{"resultType":"vector","result":[{"metric":${UP},"value":[60,"0.1"]},{"metric":{"__name__":"up","job":"db"},"value":[60,"+Inf"]}]}`,
  ],
  ['query=big&time=1970-01-01T00:01:00.25Z', '{"resultType":"vector","result":[{"metric":{"__name__":"big"},"value":[60.250,"1e+21"]}]}'],
  ['query=1e-7&time=-1.5', '{"resultType":"scalar","result":[-1.500,"1e-07"]}'],
  ['query="x"&time=0', '{"resultType":"string","result":[0,"x"]}'],
  ['query=big[5m]&time=90', '{"resultType":"matrix","result":[{"metric":{"__name__":"big"},"values":[[60,"1e+21"]]}]}'],
  ['query=big&time=90&lookback_delta=10s', '{"resultType":"vector","result":[]}'],
])('query %s', async (text, data) => {
  const { status, body } = await handleQuery(engine, params(text), 90_000);
  expect(body).toBe(`{"status":"success","data":${data}}`);
  expect(status).toBe(200);
});

test('query takes the current time where none is given, and tells when the limit cut', async () => {
  const { body } = await handleQuery(engine, params('query=up&limit=1'), 90_500);
  expect(JSON.parse(String(body))).toEqual({
    status: 'success',
    data: { resultType: 'vector', result: [{ metric: { __name__: 'up', job: 'api', z: 'é"' }, value: [90.5, '0.1'] }] },
    warnings: ['results truncated due to limit'],
  });
});

test('query_range', async () => {
  const { body } = await handleQueryRange(engine, params('query=up or vector(3)&start=-30&end=60&step=30s'));
  expect(JSON.parse(String(body))).toEqual({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [
        { metric: {}, values: [[-30, '3'], [0, '3'], [30, '3'], [60, '3']] },
        { metric: { __name__: 'up', job: 'api', z: 'é"' }, values: [[0, '1'], [30, '1'], [60, '0.1']] },
        { metric: { __name__: 'up', job: 'db' }, values: [[0, 'NaN'], [30, 'NaN'], [60, '+Inf']] },
      ],
    },
  }); // prettier-ignore
});

test.each([
  ['query=up{', 400, 'bad_data', /invalid parameter "query": 1:4: parse error: unexpected end of input/],
  ['query=', 400, 'bad_data', /no expression found/],
  ['query=up&time=noon', 400, 'bad_data', /invalid parameter "time": cannot parse "noon"/],
  ['query=up&limit=-1', 400, 'bad_data', /invalid parameter "limit"/],
  ['query=up&timeout=0', 400, 'bad_data', /invalid parameter "timeout"/],
  ['query=up %2B on() up&time=60', 422, 'execution', /found duplicate series for the match group/],
])('query %s is refused', async (text, status, errorType, error) => {
  const answer = await handleQuery(engine, params(text), 0);
  expect(JSON.parse(String(answer.body))).toEqual({ status: 'error', errorType, error: expect.stringMatching(error) as string });
  expect(answer.status).toBe(status);
});

test.each([
  ['query=up&start=0&end=1000&step=1', 400, 'bad_data', /The limit is 100; raise it with query.maxPoints/],
  ['query=up&start=0&end=-1&step=1', 400, 'bad_data', /end timestamp must not be before start time/],
  ['query=up&start=0&end=1', 400, 'bad_data', /invalid parameter "step"/],
  ['query=up&start=0&end=1&step=-1', 400, 'bad_data', /zero or negative query resolution step/],
  ['query=up[5m]&start=0&end=1&step=1', 400, 'bad_data', /invalid expression type "range vector" for range query/],
  ['query=sum_over_time(up[1h:1s])&start=0&end=10&step=10', 422, 'execution', /The limit is 1000; raise it with query.maxSamples/],
])('query_range %s is refused', async (text, status, errorType, error) => {
  const answer = await handleQueryRange(engine, params(text));
  expect(JSON.parse(String(answer.body))).toEqual({ status: 'error', errorType, error: expect.stringMatching(error) as string });
  expect(answer.status).toBe(status);
});

test('a query that takes too long is given up with 503', async () => {
  const slow = createQueryEngine({
    source: { select: (_matchers, _from, _to, options) => new Promise((_, reject) => options?.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error))) },
    clock: systemClock,
  }); // prettier-ignore
  const answer = await handleQuery(slow, params('query=up&timeout=0.01'), 0);
  expect(answer.status).toBe(503);
  expect(JSON.parse(String(answer.body))).toEqual({
    status: 'error',
    errorType: 'timeout',
    error: expect.stringContaining('query.timeout') as string,
  });
});

test('a defect is not dressed up as an answer', async () => {
  const broken = createQueryEngine({ source: { select: () => Promise.reject(new TypeError('oops')) }, clock: systemClock });
  await expect(handleQuery(broken, params('query=up'), 0)).rejects.toThrow('oops');
});

test('format_query', async () => {
  expect((await handleFormatQuery(params('query=sum(rate(a[5m])) by(b)'))).body).toBe(
    '{"status":"success","data":"sum by (b) (rate(a[5m]))"}',
  );
});

const asked: unknown[] = [];
const index: SeriesIndex = {
  labelNames: (...args) => (asked.push(args), ['job', '__name__']),
  labelValues: (...args) => (asked.push(args), ['b', 'a']),
  series: (...args) => (asked.push(args), [{ b: '1', a: '2' }, { a: '3' }]),
  metadata: (metric) => [{ metric: metric ?? 'up', type: 'gauge', help: 'H', unit: '' }],
};

test('labels, values, series and metadata', async () => {
  asked.length = 0;
  expect((await handleLabels(index, params('match[]=up&match[]={a="b"}&start=1&end=2'))).body).toBe(
    '{"status":"success","data":["__name__","job"]}',
  );
  expect(asked.pop()).toEqual([[[{ name: '__name__', op: '=', value: 'up' }], [{ name: 'a', op: '=', value: 'b' }]], 1000, 2000]);
  expect((await handleLabelValues(index, 'U__a_2e_b__c', params('limit=1'))).body).toBe(
    '{"status":"success","data":["a"],"warnings":["results truncated due to limit"]}',
  );
  expect(asked.pop()).toEqual(['a.b_c', [], 0, Number.MAX_SAFE_INTEGER]);
  expect((await handleSeries(index, params('match[]=up'))).body).toBe('{"status":"success","data":[{"a":"2","b":"1"},{"a":"3"}]}');
  expect((await handleSeries(index, params(''))).status).toBe(400);
  expect((await handleSeries(index, params('match[]=up[5m]'))).body).toContain('is no series selector');
  expect((await handleMetadata(index, params('metric=m'))).body).toBe(
    '{"status":"success","data":{"m":[{"type":"gauge","help":"H","unit":""}]}}',
  );
});

test('a long answer is bytes, and the same JSON', async () => {
  const big = new MemorySource();
  for (let i = 0; i < 3000; i++) big.add({ __name__: 'x', i: `é${i}`, pad: 'p'.repeat(60) }, [0, 30_000], [i, i + 0.5]);
  const large = createQueryEngine({ source: big, clock: systemClock });
  const instant = await handleQuery(large, params('query=x&time=30'), 0);
  const range = await handleQueryRange(large, params('query=x{pad!="q"}&start=0&end=30&step=30&limit=2999'));
  expect(Buffer.isBuffer(instant.body) && Buffer.isBuffer(range.body)).toBe(true);
  const vector = (JSON.parse(String(instant.body)) as { data: { result: { metric: { i: string }; value: unknown }[] } }).data.result;
  expect(vector).toHaveLength(3000);
  expect(vector.find(({ metric }) => metric.i === 'é2999')?.value).toEqual([30, '2999.5']);
  const matrix = JSON.parse(String(range.body)) as { data: { result: { values: unknown }[] }; warnings: string[] };
  expect(matrix.data.result).toHaveLength(2999);
  expect(matrix.data.result[0]!.values).toEqual([[0, '0'], [30, '0.5']]); // prettier-ignore
  expect(matrix.warnings).toEqual(['results truncated due to limit']);
});
