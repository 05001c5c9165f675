export interface ServiceCheck {
  readonly name: string;
  /** 0 ok, 1 warning, 2 critical, 3 unknown. */
  readonly status: number;
  /** As DogStatsD tags, the host among them. */
  readonly tags: string;
}

/**
 * Reads `_sc|name|status|d:1767225600|h:host|#tags|m:message`, or says what is wrong.
 * Source: https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=servicechecks
 */
export function readServiceCheck(line: string): ServiceCheck | string {
  const [, name = '', status = '', ...fields] = line.split('|', 20);
  if (name === '') return 'a service check has no name';
  if (!/^[0-3]$/.test(status)) return 'the status of a service check is 0 (ok), 1 (warning), 2 (critical) or 3 (unknown)';
  const tags = [`check:${name}`];
  for (const field of fields) {
    if (field.startsWith('h:')) tags.push(`host:${field.slice(2)}`);
    else if (field.startsWith('#')) tags.push(field.slice(1));
  }
  return { name, status: Number(status), tags: tags.join(',') };
}
