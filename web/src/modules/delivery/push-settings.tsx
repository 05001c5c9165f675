import { useState, type ReactNode } from 'react';
import type { PushAnswer } from '../../../../src/delivery/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useGet } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { Ago, Card } from '../../ui/part.tsx';

const PUSH = `${API}/devices`;

/** Which browsers and phones notify me, and this one. */
export function PushSettings(): ReactNode {
  const push = useGet<PushAnswer>(PUSH);
  const [problem, setProblem] = useState('');
  const subscribe = useAction(
    async (publicKey: string) => {
      setProblem('');
      await subscribeHere(publicKey).catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
    },
    [PUSH],
  );
  const remove = useAction((id: string) => request('DELETE', `${PUSH}/${id}`), [PUSH]);
  return (
    <Card title="Notifications">
      <Answer query={push} lines={2}>
        {({ person, publicKey, devices }) =>
          person === null ? (
            <p className="dim">
              Your account stands for no person: give a Person document its e-mail address, and pages can reach your browser and phone.
            </p>
          ) : (
            <div className="stack stack-tight">
              <p className="small dim">
                Pages show up on these browsers and phones, with a button that acknowledges. They are your contact <code>push</code>,
                address <code>all</code>.
              </p>
              <ul className="list">
                {devices.map(({ id, label, createdAt, usedAt }) => (
                  <li key={id} className="list-row">
                    <div className="list-body">
                      <div className="strong">{label}</div>
                      <div className="small dim">
                        since <Ago time={createdAt} />
                        {usedAt !== null && (
                          <>
                            {' '}
                            · last notified <Ago time={usedAt} />
                          </>
                        )}
                      </div>
                    </div>
                    <button type="button" className="button button-plain" onClick={() => remove.mutate(id)}>
                      Remove<span className="sr-only"> {label}</span>
                    </button>
                  </li>
                ))}
              </ul>
              <div>
                <button type="button" className="button" disabled={subscribe.isPending} onClick={() => subscribe.mutate(publicKey)}>
                  Notify me on this device
                </button>
              </div>
              {problem !== '' && (
                <p role="alert" className="tone-bad">
                  {problem}
                </p>
              )}
              {remove.error && <ErrorNote error={remove.error} />}
            </div>
          )
        }
      </Answer>
    </Card>
  );
}

/** Asks for leave, subscribes this browser with its push service, and tells nines. */
async function subscribeHere(publicKey: string): Promise<void> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window))
    throw new Error('This browser knows no notifications here: they need https, and on an iPhone nines on the home screen.');
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('Notifications of nines are blocked: allow them in the settings of the browser for this site.');
  await navigator.serviceWorker.register('/push.js');
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  const { endpoint = '', keys = {} } = subscription.toJSON();
  await request('POST', PUSH, { endpoint, keys: { p256dh: keys['p256dh'], auth: keys['auth'] }, label: deviceName(navigator.userAgent) });
}

/** What a person would call it: `Chrome on Android`. */
function deviceName(agent: string): string {
  const find = (names: readonly (readonly [RegExp, string])[], other: string): string =>
    names.find(([sign]) => sign.test(agent))?.[1] ?? other;
  const browser = find([[/Edg\//, 'Edge'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari']], 'Browser'); // prettier-ignore
  const system = find([[/Android/, 'Android'], [/iPhone|iPad/, 'iPhone'], [/Mac OS X/, 'Mac'], [/Windows/, 'Windows'], [/Linux/, 'Linux']], 'a device'); // prettier-ignore
  return `${browser} on ${system}`;
}
