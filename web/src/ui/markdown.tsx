/**
 * Markdown to React elements: the part that postmortems use (headings, paragraphs, lists and task lists, tables, code,
 * quotes, emphasis, links). HTML is text, so nothing that was written can run; addresses are http, https, mailto or our own.
 */
import { createContext, Fragment, useContext, type ReactNode } from 'react';
import { parseBlocks, type Block, type ListItem } from './markdown-blocks.ts';

interface MarkdownProps {
  readonly text: string;
  /** The address under which an image may be shown here, or undefined to show a link to it. */
  readonly image?: (address: string) => string | undefined;
}

const ImageContext = createContext<(address: string) => string | undefined>(() => undefined);

export function Markdown({ text, image = () => undefined }: MarkdownProps): ReactNode {
  return (
    <ImageContext value={image}>
      <div className="markdown">{parseBlocks(text).map(render)}</div>
    </ImageContext>
  );
}

function render(block: Block, key: number): ReactNode {
  switch (block.type) {
    case 'heading':
      return heading(block.level, inline(block.text), key);
    case 'paragraph':
      return <p key={key}>{inline(block.text)}</p>;
    case 'code':
      return (
        <pre key={key} tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case 'rule':
      return <hr key={key} />;
    case 'quote':
      return <blockquote key={key}>{block.blocks.map(render)}</blockquote>;
    case 'table':
      return table(block, key);
    default:
      return block.ordered ? (
        <ol key={key} start={block.start}>
          {block.items.map(item)}
        </ol>
      ) : (
        <ul key={key}>{block.items.map(item)}</ul>
      );
  }
}

function heading(level: number, content: ReactNode, key: number): ReactNode {
  // The page's own title is the h1.
  const Tag = (['h2', 'h2', 'h3', 'h4', 'h4', 'h4'] as const)[level - 1] ?? 'h4';
  return <Tag key={key}>{content}</Tag>;
}

function item({ text, task, blocks }: ListItem, key: number): ReactNode {
  return (
    <li key={key}>
      {task !== undefined && (
        <>
          <input type="checkbox" checked={task} readOnly disabled aria-label={task ? 'done' : 'to do'} />{' '}
        </>
      )}
      {inline(text)}
      {blocks.map(render)}
    </li>
  );
}

function table({ head, rows }: Extract<Block, { type: 'table' }>, key: number): ReactNode {
  return (
    <table key={key} tabIndex={0}>
      {head.some((cell) => cell !== '') && (
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th key={column}>{inline(cell)}</th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {rows.map((row, line) => (
          <tr key={line}>
            {row.map((cell, column) => (
              <td key={column}>{inline(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** In this order: code first, for nothing inside it means anything. */
const INLINE =
  /(`+)(.+?)\1(?!`)|(!?)\[((?:\\.|[^\]\\])*)\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)|<(https?:\/\/[^\s>]+)>|\*\*(.+?)\*\*|__(.+?)__|\*([^*\s][^*]*)\*|(?<![\w])_([^_\s][^_]*)_(?![\w])|~~(.+?)~~|(https?:\/\/[^\s<>()]*[^\s<>().,;:!?'"])|\\([!-/:-@[-`{-~])/;

function inline(text: string): ReactNode {
  const parts: ReactNode[] = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match !== null; match = INLINE.exec(rest)) {
    const [whole, , code, mark, label, address, auto, bold, bold2, italic, italic2, struck, bare, escaped] = match;
    if (match.index > 0) parts.push(rest.slice(0, match.index));
    rest = rest.slice(match.index + whole.length);
    if (code !== undefined) parts.push(<code>{code.trim()}</code>);
    else if (address !== undefined && mark === '!') parts.push(<Image address={address} label={label ?? ''} />);
    else if (address !== undefined) parts.push(link(address, inline(label === undefined || label === '' ? address : label)));
    else if (auto !== undefined || bare !== undefined) parts.push(link(auto ?? bare ?? '', auto ?? bare));
    else if (bold !== undefined || bold2 !== undefined) parts.push(<strong>{inline(bold ?? bold2 ?? '')}</strong>);
    else if (italic !== undefined || italic2 !== undefined) parts.push(<em>{inline(italic ?? italic2 ?? '')}</em>);
    else if (struck !== undefined) parts.push(<s>{inline(struck)}</s>);
    else parts.push(escaped);
  }
  parts.push(rest);
  return parts.map((part, key) => <Fragment key={key}>{part}</Fragment>);
}

const unescaped = (text: string): string => text.replace(/\\([!-/:-@[-`{-~])/g, '$1');

/** Only what the page says is its own is shown: the policy lets no image in from elsewhere. */
function Image({ address, label }: { address: string; label: string }): ReactNode {
  const source = useContext(ImageContext)(address);
  return source === undefined ? link(address, label === '' ? address : unescaped(label)) : <img src={source} alt={unescaped(label)} />;
}

function link(address: string, content: ReactNode): ReactNode {
  if (/^(https?:|mailto:)/i.test(address)) {
    return (
      <a href={address} rel="noreferrer" target="_blank">
        {content}
      </a>
    );
  }
  return /^(\/(?![/\\])|#)/.test(address) ? <a href={address}>{content}</a> : <>{content}</>;
}
