export { compileRelabel, relabelProblem } from './relabel.ts';
export { relabelStep, type RelabelStep } from './relabel-step.ts';
export { scrapeKind } from './scrape-kind.ts';
export { createScraper, toPrometheusTargets, type Scraper, type ScraperOptions, type TargetState } from './scraper.ts';
export type { Scrape } from './target.ts';
