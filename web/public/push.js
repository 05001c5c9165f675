/* The service worker: shows what nines pushes, also while no page of it is open, and acknowledges from the lock screen. */
'use strict';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/** What can be pressed below a page, and what that says to the page behind its link; in the order in which they are wanted at night. */
const ANSWERS = {
  acknowledge: { title: 'Acknowledge', body: '', done: 'Acknowledged' },
  snooze: { title: 'Snooze 30m', body: 'snooze=30m', done: 'Snoozed for 30 minutes' },
  'not-mine': { title: 'Not mine', body: 'answer=not-mine', done: 'Passed on to the next' },
  escalate: { title: 'Escalate', body: 'answer=escalate', done: 'Escalated' },
  resolve: { title: 'Resolve', body: 'answer=resolve', done: 'Resolved' },
};

/** The address on this origin: nines may be opened by another name than the one in its links. */
const here = (url) => {
  try {
    const { pathname, search } = new URL(url, self.location.origin);
    return new URL(pathname + search, self.location.origin).href;
  } catch {
    return self.location.origin;
  }
};

const receipt = async (token, state) => {
  if (!token) return;
  const body = JSON.stringify({ state });
  const headers = { 'content-type': 'application/json' };
  await fetch(`/nines/v1/devices/receipts/${encodeURIComponent(token)}`, { method: 'POST', headers, body, keepalive: true }).catch(
    () => undefined,
  );
};

self.addEventListener('push', (event) => {
  let data = {};
  try {
    data = event.data.json();
  } catch {
    data = { title: 'nines has news', body: 'Open it to see what.' };
  }
  const { title = 'nines', body = '', tag, urgent = false, acknowledge, url, receipt: token } = data;
  const shown = self.registration.showNotification(String(title), {
    body: String(body),
    tag: tag === undefined ? undefined : String(tag),
    renotify: tag !== undefined,
    requireInteraction: Boolean(urgent),
    icon: '/favicon.svg',
    data: { acknowledge, url, token, title: String(title) },
    // Browsers show the first two or three.
    actions: acknowledge ? Object.entries(ANSWERS).map(([action, { title }]) => ({ action, title })) : [],
  });
  event.waitUntil(Promise.all([shown, receipt(token, 'delivered')]));
});

/** Says what came of it where the person looks: in the notification. */
const say = (title, body) => self.registration.showNotification(title, { body, tag: 'nines-answer', icon: '/favicon.svg' });

const answerAt = async ({ body, done }, { acknowledge, title }) => {
  try {
    const response = await fetch(here(acknowledge), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
      credentials: 'omit',
    });
    if (!response.ok || (await response.text()).includes('class="refused"')) throw new Error(String(response.status));
    await say(done, title);
  } catch {
    // Nobody must believe that it is acknowledged when it is not.
    await say(`Not ${done.charAt(0).toLowerCase()}${done.slice(1)}: open nines`, title);
    await openAt(acknowledge);
  }
};

const openAt = async (url) => {
  const address = here(url || '/');
  const known = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const one = known.find((client) => client.url === address);
  if (one) return one.focus();
  return self.clients.openWindow(address).catch(() => undefined);
};

self.addEventListener('notificationclick', (event) => {
  const { notification, action } = event;
  notification.close();
  const { acknowledge, url, token } = notification.data || {};
  const pressed = Object.hasOwn(ANSWERS, action) ? ANSWERS[action] : undefined;
  const answered = pressed && acknowledge ? answerAt(pressed, notification.data) : openAt(url || acknowledge);
  event.waitUntil(Promise.all([answered, receipt(token, 'seen')]));
});
