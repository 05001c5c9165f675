import { useState, type ReactNode } from 'react';
import type { NotificationJson, PushAnswer } from '../../../../src/delivery/contract.ts';
import { request, withQuery } from '../../api/http.ts';
import { API, useAction, useGet } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { plural } from '../../ui/format.ts';
import { Ago, Card, Note } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';

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
  const test = useAction(
    (person: string) => request<{ notifications: NotificationJson[] }>('POST', `${API}/notifications/test`, { person }),
    [PUSH, `${API}/notifications`],
  );
  const blocked = typeof Notification !== 'undefined' && Notification.permission === 'denied';
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
              {blocked && <Blocked />}
              <div className="row">
                <button
                  type="button"
                  className={devices.length === 0 ? 'button button-main' : 'button'}
                  disabled={subscribe.isPending}
                  onClick={() => subscribe.mutate(publicKey)}
                >
                  Notify me on this device
                </button>
                <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate(person)}>
                  Send me a test
                </button>
              </div>
              {test.error && <ErrorNote error={test.error} />}
              {test.data && (
                <Note tone="ok">
                  {plural(test.data.notifications.length, 'message')} on the way, one for each of your contacts:{' '}
                  <Link to={withQuery('/deliveries', { person })}>how far each came</Link>
                </Note>
              )}
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

/** The browser asks no second time: only its settings undo it. */
function Blocked(): ReactNode {
  return (
    <Note tone="warn">
      <p className="strong">Notifications of nines are blocked in this browser.</p>
      <p className="small">
        Press the sign left of the address, then Site settings, and allow notifications; on Android also Settings, Apps, the browser,
        Notifications. On an iPhone put nines on the home screen first, and open it from there.
      </p>
    </Note>
  );
}

/** Asks for leave, subscribes this browser with its push service, and tells nines. */
async function subscribeHere(publicKey: string): Promise<void> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window))
    throw new Error('This browser knows no notifications here: they need https, and on an iPhone nines on the home screen.');
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('Notifications of nines are not allowed in this browser: allow them in its settings for this site.');
  await navigator.serviceWorker.register('/push.js');
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })
    .catch((error: unknown) => Promise.reject(new Error(whyNot(error))));
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

/** A browser's own words name nothing that a person could do. */
function whyNot(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return `This browser got no address from its push service (${words}). Is it online, and may it reach that service from here? Some browsers have none.`;
}
