export { compileRelabel, relabelProblem } from './relabel.ts';
export { relabelStep, type RelabelStep } from './relabel-step.ts';
export { createPoster, type Poster } from './post-json.ts';
export { createFetcher } from './fetch-exposition.ts';
export { createTargetDiscovery } from './target-discovery.ts';
export { scrapeKind } from './scrape-kind.ts';
export { createScraper, toPrometheusTargets, type Scraper, type ScraperOptions, type TargetState } from './scraper.ts';
export { selectTargets, type DroppedTarget, type Scrape, type Target } from './target.ts';
