import { dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { matchesPattern } from '../../platform/file-pattern.ts';
import type { ForeignKind, Resource, ResourceProblem, ResourceSet } from '../../catalog/index.ts';
import { scrapeKind, type Scrape } from '../scrape/index.ts';
import { prometheusConfigSpec, type GlobalConfig, type PrometheusConfigSpec, type ScrapeConfig } from './config-spec.ts';
import { includesOf } from './includes.ts';
import { scrapeOfAlertmanager, scrapeOfJob } from './scrape-of-job.ts';
import { unsupported } from './unsupported.ts';

const KIND = 'PrometheusConfig';
const KEYS = ['global', 'scrape_configs', 'rule_files', 'scrape_config_files', 'remote_write', 'remote_read', 'alerting'];
/** Of documents that are something else: nines' own, rule files, tests of rules. */
const OTHERS = ['kind', 'apiVersion', 'groups', 'tests'];

/** `prometheus.yml`, and the files of `scrape_config_files`, as they are: known by Prometheus' own keys at the root. */
export const prometheusKind: ForeignKind<PrometheusConfigSpec> = {
  kind: KIND,
  summary: "Prometheus' own configuration, taken as it is.",
  recognises: (document) => !OTHERS.some((key) => document[key] !== undefined) && KEYS.some((key) => Object.hasOwn(document, key)),
  spec: prometheusConfigSpec,
  includes: includesOf,
  check: (resource, all) => [...unsupported(resource.spec), ...checkJobs(resource, all), ...checkAlertmanagers(resource)],
};

/** What a job can't be, which the file's own shape doesn't say. */
function checkJobs(resource: Resource<PrometheusConfigSpec>, all: ResourceSet): ResourceProblem[] {
  const global = globalOf(resource, all);
  return (resource.spec.scrape_configs ?? []).flatMap((job, i): ResourceProblem[] => {
    const at = ['scrape_configs', i];
    const problems: ResourceProblem[] = [];
    try {
      scrapeOfJob(job, global, '/');
    } catch (error) {
      problems.push({ path: [...at, 'job_name'], severity: 'error', message: `the job '${job.job_name}': ${wordsOf(error)}` });
    }
    const other = otherOfName(resource, job, all);
    if (other !== undefined) {
      const message = `the job '${job.job_name}' is defined in ${other} already`;
      problems.push({ path: [...at, 'job_name'], severity: 'error', message, hint: 'rename or remove one of them' });
    }
    return problems;
  });
}

function checkAlertmanagers({ spec: { alerting } }: Resource<PrometheusConfigSpec>): ResourceProblem[] {
  return (alerting?.alertmanagers ?? []).flatMap((one, i): ResourceProblem[] => {
    try {
      scrapeOfAlertmanager(one, '/');
      return [];
    } catch (error) {
      return [{ path: ['alerting', 'alertmanagers', i], severity: 'error', message: wordsOf(error) }];
    }
  });
}

function wordsOf(error: unknown): string {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  return issue === undefined ? (error as Error).message : `${issue.path.map(String).join('.')}: ${issue.message}`;
}

function otherOfName({ name }: Resource, { job_name: job }: ScrapeConfig, all: ResourceSet): string | undefined {
  const scrape = all.get(scrapeKind.kind, job);
  if (scrape !== undefined) return `the document Scrape ${job} (${scrape.file ?? 'made by the API'})`;
  return (
    all.list<PrometheusConfigSpec>(KIND).find((one) => one.name < name && one.spec.scrape_configs?.some((other) => other.job_name === job))
      ?.file ?? undefined
  );
}

/** All jobs as scrapes. `root` is the folder that the documents' files are named from. */
export function prometheusScrapes(set: ResourceSet, root: string): Scrape[] {
  return set.list<PrometheusConfigSpec>(KIND).flatMap((resource) => {
    const global = globalOf(resource, set);
    const folder = resolve(root, dirname(resource.file ?? '.'));
    return (resource.spec.scrape_configs ?? []).flatMap((job): Scrape[] => {
      try {
        return [{ name: job.job_name, spec: scrapeOfJob(job, global, folder), literal: true }];
      } catch {
        // A document in force was checked: only one that a newer nines finds wrong comes here, and it said so.
        return [];
      }
    });
  });
}

/** A file of `scrape_config_files` has no `global` of its own: that of the file that names it is meant. */
function globalOf(resource: Resource<PrometheusConfigSpec>, set: ResourceSet): GlobalConfig | null | undefined {
  if (resource.spec.global) return resource.spec.global;
  return set.list<PrometheusConfigSpec>(KIND).find((one) => one.spec.global && names(one, one.spec.scrape_config_files, resource.file))
    ?.spec.global;
}

const names = (by: Resource, patterns: readonly string[] | null | undefined, file: string | null): boolean =>
  file !== null &&
  (patterns ?? []).some((pattern) => matchesPattern(file, isAbsolute(pattern) ? pattern : join(dirname(by.file ?? '.'), pattern)));

/** The configuration that stands for a rule file: the one that names it, or the only one. */
export function prometheusConfigOf(set: ResourceSet, file: string | null): PrometheusConfigSpec | undefined {
  const all = set.list<PrometheusConfigSpec>(KIND);
  const mains = all.filter((one) => !all.some((other) => names(other, other.spec.scrape_config_files, one.file)));
  return (mains.find((one) => names(one, one.spec.rule_files, file)) ?? (mains.length === 1 ? mains[0] : undefined))?.spec;
}
