/**
 * Programs that open links before a person does: mail scanners, previews of chats, and what fetches ahead. What they open
 * was not seen by anyone. One that pretends to be a browser is not known as such.
 */
const MACHINES =
  /bot\b|bot\/|crawl|spider|preview|scan|slack|discord|telegram|whatsapp|skype|teams|facebookexternal|mattermost|synapse|google-safety|googleimageproxy|barracuda|proofpoint|mimecast|safelinks|trendmicro|symantec|fortimail|cloudmark|urldefense|curl\/|wget\/|python|go-http|java\/|okhttp|libwww|headless/i;

export function isMachine(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const first = (name: string): string => [headers[name] ?? ''].flat()[0]!.slice(0, 500);
  const ahead = /prefetch|preview|prerender/i.test(`${first('sec-purpose')} ${first('purpose')} ${first('x-purpose')} ${first('x-moz')}`);
  return ahead || first('user-agent') === '' || MACHINES.test(first('user-agent'));
}
