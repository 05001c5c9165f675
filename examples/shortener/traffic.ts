/**
 * Users: they shorten some links, then follow them, some far more often than others, in a rate that rises and falls like a day.
 * A 'day' here lasts ten minutes, so that a demo shows one. Everything stays on loopback and is bounded: at most 40 requests a second.
 */
export interface Traffic {
  stop(): void;
}

const DAY_MS = 600_000;
const LOWEST = 8;
const HIGHEST = 40;
const LINKS = 40;

/** Requests a second at a time of the day, by a cosine between the lowest at its start and the highest at its middle. */
export function rateAt(msSinceStart: number): number {
  const phase = ((msSinceStart % DAY_MS) / DAY_MS) * 2 * Math.PI;
  return LOWEST + ((HIGHEST - LOWEST) * (1 - Math.cos(phase))) / 2;
}

/** Picks an index below `count`; low ones far more often (a square law is near enough to real popularity). */
export const popular = (count: number, random: number): number => Math.floor(count * random * random);

export function startTraffic(target: string): Traffic {
  // A third into the day: busy enough to see something at once.
  const began = performance.now() - DAY_MS / 3;
  const codes: string[] = [];
  let stopped = false;

  const shorten = async (): Promise<void> => {
    const answer = await fetch(`${target}/links`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: `https://example.org/article/${Math.floor(Math.random() * 1e6)}` }),
      signal: AbortSignal.timeout(8_000),
    });
    if (answer.status === 201) codes.push(((await answer.json()) as { code: string }).code);
    if (codes.length > LINKS) codes.shift();
  };
  const follow = async (): Promise<void> => {
    const code = codes[popular(codes.length, Math.random())];
    if (code === undefined) return shorten();
    const answer = await fetch(`${target}/${code}`, { redirect: 'manual', signal: AbortSignal.timeout(8_000) });
    await answer.arrayBuffer();
  };
  const next = (): void => {
    if (stopped) return;
    // What users get to see when it fails is for the shortener's metrics to tell.
    (Math.random() < 0.04 ? shorten() : follow()).catch(() => undefined);
    setTimeout(next, (1000 / rateAt(performance.now() - began)) * (0.5 + Math.random()));
  };
  next();
  return { stop: () => void (stopped = true) };
}
