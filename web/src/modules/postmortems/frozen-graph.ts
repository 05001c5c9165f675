/**
 * The address of a postmortem's own graph on the server that shows it: in the Markdown it is absolute, for whoever reads it
 * elsewhere. Undefined for any other image.
 */
export function frozenGraph(address: string): string | undefined {
  const path = /^(?:https?:\/\/[^/]+)?(\/nines\/v1\/postmortems\/[0-9a-z]+\/graphs\/\d+\.svg)$/.exec(address)?.[1];
  return path === undefined ? undefined : `${path}?theme=${isDark() ? 'dark' : 'light'}`;
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === undefined ? window.matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}
