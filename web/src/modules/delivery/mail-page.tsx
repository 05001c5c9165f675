import { useState, type ReactNode } from 'react';
import type { MailboxMessage } from '../../../../src/delivery/contract.ts';
import { API, useList } from '../../api/query.ts';
import { Answer, Empty } from '../../ui/answer.tsx';
import { Ago, Card, PageHead } from '../../ui/part.tsx';
import { useTitle } from '../../ui/router.tsx';

/** The local mailbox: where pages go in the demo, and until a mail server is set. */
export default function MailPage(): ReactNode {
  useTitle('Mail');
  const mail = useList<MailboxMessage>(`${API}/mailbox`, { every: 5_000 });
  const [chosen, choose] = useState<string | undefined>();
  return (
    <div className="stack">
      <PageHead title="Local mailbox">What nines mailed to a machine that has no mail server: the same messages, over real SMTP.</PageHead>
      {mail.error?.status === 404 ? (
        <Empty>There is no local mailbox here: a mail server is set, and the messages go there.</Empty>
      ) : (
        <Answer query={mail} lines={6} empty="Empty. Pages and reminders arrive here.">
          {(messages) => (
            <div className="mail">
              <Card title="Inbox" aside={messages.length}>
                <ul className="list">
                  {messages.map((message) => (
                    <li key={message.id}>
                      <button
                        type="button"
                        className="mail-row"
                        aria-expanded={message.id === (chosen ?? messages[0]?.id)}
                        onClick={() => choose(message.id)}
                      >
                        <span className="strong">{message.subject}</span>
                        <span className="small dim">
                          to {message.to} · <Ago time={message.receivedAt} />
                        </span>
                      </button>
                    </li>
                  ))}
                </ul>
              </Card>
              <Message message={messages.find(({ id }) => id === chosen) ?? messages[0]} />
            </div>
          )}
        </Answer>
      )}
    </div>
  );
}

function Message({ message }: { message: MailboxMessage | undefined }): ReactNode {
  const [asText, setAsText] = useState(false);
  if (message === undefined) return null;
  const { html } = message;
  return (
    <Card
      title={message.subject}
      aside={
        html !== null && (
          <button type="button" className="button button-plain" aria-pressed={asText} onClick={() => setAsText(!asText)}>
            As text
          </button>
        )
      }
    >
      <p className="small dim">
        from {message.from}, to {message.to}
      </p>
      {html === null || asText ? (
        <pre className="mail-text">{linked(message.text)}</pre>
      ) : (
        // No scripts, no forms, no access to this page; its links open in a new tab.
        <iframe
          className="mail-html"
          title={`Message: ${message.subject}`}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          srcDoc={`<base target="_blank">${html}`}
        />
      )}
    </Card>
  );
}

/** Addresses in a text become links; everything else stays text. */
export function linked(text: string): ReactNode[] {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/g).map((part, index) =>
    index % 2 === 1 ? (
      <a key={index} href={part} target="_blank" rel="noreferrer">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
