import type { Environment } from '../probe/credentials.ts';

/**
 * `${NAME}` and `$NAME` replaced, nothing where it isn't set, `$$` a dollar sign: what Prometheus 3 does with the values of
 * `external_labels`, and only there.
 */
export function expandExternalLabels(labels: Readonly<Record<string, string>>, environment: Environment): Record<string, string> {
  const expand = (value: string): string =>
    value.replace(/\$(?:\$|\{([^}]{0,200})\}|([A-Za-z_]\w{0,200}))/g, (whole, braced: string | undefined, bare: string | undefined) =>
      whole === '$$' ? '$' : (environment[braced ?? bare ?? ''] ?? ''),
    );
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, expand(value)]));
}
