import type { ChatAnswer } from '../../answer.ts';

/** https://docs.slack.dev/reference/block-kit/blocks */
const LIMITS = { section: 3_000, alt: 2_000, label: 75, value: 2_000 };

/** An answer as Slack shows it: its text for notifications, blocks for everyone else. */
export function slackAnswer({ text, quiet, pictures, buttons }: ChatAnswer, withPictures = true): Record<string, unknown> {
  const safe = escaped(text);
  const images = withPictures
    ? pictures.map(({ image, title }) => ({ type: 'image', image_url: image, alt_text: title.slice(0, LIMITS.alt) || 'a graph' }))
    : [];
  const pressed = buttons
    .filter(({ command }) => command.length <= LIMITS.value)
    .slice(0, 5)
    .map(({ label, command }, i) => ({
      type: 'button',
      text: { type: 'plain_text', text: label.slice(0, LIMITS.label) },
      action_id: `say-${i}`,
      value: command,
    }));
  return {
    response_type: quiet ? 'ephemeral' : 'in_channel',
    replace_original: false,
    text: safe.slice(0, 4_000),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: cutEscaped(safe, LIMITS.section), verbatim: true } },
      ...images,
      ...(pressed.length === 0 ? [] : [{ type: 'actions', elements: pressed }]),
    ],
  };
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Not in the middle of an escape. */
const cutEscaped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/&[a-z]{0,3}$/, '')}…`;
