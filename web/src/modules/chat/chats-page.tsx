import type { ReactNode } from 'react';
import type { ChatsAnswer } from '../../../../src/chat/contract.ts';
import type { NotificationJson } from '../../../../src/delivery/contract.ts';
import type { HealthAnswer } from '../../../../src/platform/contract.ts';
import { withQuery } from '../../api/http.ts';
import { API, useGet, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, Card, CopyButton, PageHead } from '../../ui/part.tsx';
import { Link, useTitle } from '../../ui/router.tsx';

const NAMES: Readonly<Record<string, string>> = {
  slack: 'Slack',
  mattermost: 'Mattermost',
  teams: 'Microsoft Teams',
  discord: 'Discord',
  telegram: 'Telegram',
  matrix: 'Matrix',
  irc: 'IRC',
  email: 'Mail',
};
const nameOf = (chat: string): string => NAMES[chat] ?? chat;

/** Which chats are connected, who is who in them, and what can be said there. */
export default function ChatsPage(): ReactNode {
  useTitle('Chats');
  const chats = useGet<ChatsAnswer>(`${API}/chats`);
  return (
    <div className="stack">
      <PageHead title="Chats">Pages go there, and are answered from there.</PageHead>
      <Answer query={chats} lines={8}>
        {(found) => (
          <div className="split split-even">
            <Connections answer={found} />
            <div className="stack">
              <People answer={found} />
              <Commands answer={found} />
            </div>
          </div>
        )}
      </Answer>
    </div>
  );
}

type Chat = ChatsAnswer['chats'][number];
const isSet = ({ sends, hears }: Chat): boolean => sends === 'bot' || hears !== 'no';

function Connections({ answer: { chats } }: { answer: ChatsAnswer }): ReactNode {
  const others = chats.filter((one) => !isSet(one));
  return (
    <div className="stack">
      {chats.filter(isSet).map((one) => (
        <Connection key={one.chat} chat={one} />
      ))}
      {others.length > 0 && (
        <Card title="Not connected">
          <ul className="list">
            {others.map(({ chat, sends, setting }) => (
              <li key={chat} className="list-block">
                <span className="strong">{nameOf(chat)}</span>
                <span className="small dim">
                  {sends === 'webhooks' && 'Messages go to the webhooks that contacts name. '}
                  For {sends === 'no' ? 'messages and commands' : 'commands'} set <code>{setting}</code> in nines.yaml.
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}

const SENDS = { no: 'Sends no messages there.', webhooks: 'Sends messages by webhooks.', bot: 'Sends messages as its bot.' } as const;

function Connection({ chat: { chat, sends, hears, address, setting } }: { chat: Chat }): ReactNode {
  const health = useGet<HealthAnswer>(`${API}/health`).data?.components.find(({ component }) => component === `chat.${chat === 'email' ? 'mail' : chat}`);
  const failed = useList<NotificationJson>(withQuery(`${API}/notifications`, { channel: chat, state: 'failed', limit: 1 })).data?.[0];
  const unwell = health !== undefined && health.state !== 'ok';
  return (
    <Card title={nameOf(chat)} alarm={unwell} aside={<Tag tone={unwell ? 'bad' : 'ok'}>{unwell ? 'in trouble' : 'connected'}</Tag>}>
      <p className="small">{chat === 'email' ? 'Sends messages by the mail server.' : SENDS[sends]}</p>
      {hears === 'no' && (
        <p className="small">
          Takes no commands: set <code>{setting}</code> in nines.yaml.
        </p>
      )}
      {hears === 'connection' && <p className="small">Takes commands{unwell ? ', but cannot hear any' : ''}.</p>}
      {unwell && <p className="small tone-bad">{health.problem}</p>}
      {address !== null && (
        <div className="stack stack-tight">
          <p className="small">Takes commands at this address, which is to be written into the app there:</p>
          <code className="target-url">{address}</code>
          <div>
            <CopyButton text={address} label="Copy the address" />
          </div>
        </div>
      )}
      {failed !== undefined && (
        <p className="small">
          <span className="tone-bad">Last failure</span> <Ago time={failed.createdAt} />: {failed.lastError ?? 'no reason is known'}{' '}
          <Link to={withQuery('/deliveries', { channel: chat, state: 'failed' })}>All failures</Link>
        </p>
      )}
    </Card>
  );
} // prettier-ignore

function People({ answer: { people, strangers } }: { answer: ChatsAnswer }): ReactNode {
  return (
    <Card title="Who is who">
      <ul className="list">
        {people.map(({ name, title, chats }) => (
          <li key={name} className="list-block">
            <span className="strong">{title}</span>
            {chats.length === 0 ? (
              <span className="small tone-warn">known in no chat: commands are refused</span>
            ) : (
              <ul className="chips small">
                {chats.map(({ chat, id }) => (
                  <li key={chat} className="chip">
                    {nameOf(chat)} <span className="mono">{id}</span>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
      <p className="small dim">
        A Person document says it: <code>chat: {'{'}slack: U012AB3CD{'}'}</code>. Anyone else {strangers === 'none' ? 'is refused' : 'may read'}.
      </p>
    </Card>
  );
} // prettier-ignore

function Commands({ answer: { commands } }: { answer: ChatsAnswer }): ReactNode {
  return (
    <Card title="What can be said" aside={commands.length}>
      <ul className="list">
        {commands.map(({ verb, usage, about, examples }) => (
          <li key={verb} className="list-block small">
            <code className="strong">{usage}</code>
            <span>{about}</span>
            {examples.length > 0 && (
              <ul className="chips">
                {examples.map((example) => (
                  <li key={example} className="chip mono">
                    {example}
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
