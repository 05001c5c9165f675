import { expect, test } from 'vitest';
import { LimitError } from '../../platform/problem.ts';
import { toPng } from './png.ts';
import { renderChart } from './render-chart.ts';

const large = (): string => {
  const points = Array.from({ length: 1_000 }, (_, i) => [i * 60_000, Math.sin(i / 9) * i] as const);
  const series = Array.from({ length: 12 }, (_, k) => ({ name: `s${k}`, points }));
  return renderChart({
    title: 'Large',
    series,
    from: 0,
    to: 60_000_000,
    unit: '',
    width: 2_000,
    height: 1_500,
    theme: 'light',
    annotations: [],
  });
};

test('the largest picture holds up nobody: timers go on while it is drawn', async () => {
  await toPng('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>');
  const svg = large();
  let turns = 0;
  const began = performance.now();
  const timer = setInterval(() => (turns += 1), 5);
  const png = await toPng(svg);
  clearInterval(timer);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([4_000, 3_000]);
  // Drawn on this thread it would be none.
  expect(turns).toBeGreaterThan((performance.now() - began) / 50);
});

test('what is no picture is an error, and the next one is drawn', async () => {
  await expect(toPng('<svg')).rejects.toThrow('the picture could not be drawn');
  const png = await toPng('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>', 1);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([20, 10]);
});

test('more pictures than may wait are refused, the others drawn', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>';
  const all = await Promise.allSettled(Array.from({ length: 100 }, () => toPng(svg)));
  const refused = all.filter((one) => one.status === 'rejected');
  // One is being drawn while the others wait.
  expect(refused).toHaveLength(100 - 65);
  expect(refused[0]!.reason).toBeInstanceOf(LimitError);
  expect(refused[0]!.reason).toMatchObject({ status: 429, retryAfter: 5 });
});
