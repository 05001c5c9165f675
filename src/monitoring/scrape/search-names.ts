const MOST_DOMAINS = 32;

/**
 * The names to ask for, in order, as resolv.conf(5) has it: a name with a dot at its end as it is, one of few dots in the domains of
 * `search` first. Node asks name servers for records as the name is given: here is what its look-up of addresses does by itself.
 */
export function searchNames(name: string, conf: string): string[] {
  if (name.endsWith('.')) return [name];
  let search: string[] = [];
  let ndots = 1;
  for (const line of conf.slice(0, 65_536).split('\n')) {
    const [key, ...words] = line.trim().split(/[ \t]+/);
    // The last of them counts.
    if (key === 'search' || key === 'domain') search = words.slice(0, MOST_DOMAINS);
    else if (key === 'options') for (const word of words) if (/^ndots:\d{1,2}$/.test(word)) ndots = Math.min(15, Number(word.slice(6)));
  }
  const within = search.map((domain) => `${name}.${domain.replace(/^\.|\.$/g, '')}`.replace(/\.$/, ''));
  const dots = name.split('.').length - 1;
  return [...new Set(dots >= ndots ? [name, ...within] : [...within, name])];
}
