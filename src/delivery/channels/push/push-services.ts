/** The push services of Chrome and Edge, Firefox, Safari and Windows; others must be named in the settings. */
const KNOWN = [
  /^fcm\.googleapis\.com$/,
  /^([\w-]+\.)*push\.services\.mozilla\.com$/,
  /^([\w-]+\.)*push\.apple\.com$/,
  /^([\w-]+\.)*notify\.windows\.com$/,
];

/** Whether nines may send to the address that a browser gave: a person must not have it call whatever they like. */
export function isPushService(endpoint: string, others: readonly string[]): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, origin, port, username, password } = new URL(endpoint);
  if (username !== '' || password !== '') return false;
  if (others.some((one) => URL.canParse(one) && new URL(one).origin === origin)) return true;
  return protocol === 'https:' && port === '' && KNOWN.some((known) => known.test(hostname));
}
