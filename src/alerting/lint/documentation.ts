/** Where an alert's documentation is. */

export interface DocumentationSettings {
  /** What `{docs_url}` stands for; without it there is no link by default. */
  readonly docsUrl?: string | undefined;
  /** `{docs_url}/{alert}#{legend}`. */
  readonly docsLink?: string | undefined;
}

export const DEFAULT_DOCS_LINK = '{docs_url}/{alert}#{legend}';

/** Annotations that link to what the alert means and what to do, the likeliest first. */
export const LINK_ANNOTATIONS = ['runbook_url', 'runbook', 'docs_url', 'documentation_url', 'documentation', 'docs', 'doc_url', 'playbook_url'] as const; // prettier-ignore

/** What tells an alert from the others of its rule: its label `legend`, else its service. */
export const legendOf = (labels: Readonly<Record<string, string>>): string => labels['legend'] ?? labels['service'] ?? '';

/**
 * The link that an alert without one of its own carries; undefined without `docsUrl`. Where there is no legend the link ends before
 * what stands before it: `#` and nothing is no place.
 */
export function defaultDocumentation(
  { docsUrl, docsLink = DEFAULT_DOCS_LINK }: DocumentationSettings,
  alert: string,
  legend: string,
): string | undefined {
  if (docsUrl === undefined) return undefined;
  const part = (text: string): string => encodeURIComponent(text);
  const template = legend === '' ? docsLink.replaceAll(/[#?&/=]?\{legend\}/g, '') : docsLink;
  return template.replaceAll('{docs_url}', docsUrl.replace(/\/+$/, '')).replaceAll('{alert}', part(alert)).replaceAll('{legend}', part(legend));
} // prettier-ignore
