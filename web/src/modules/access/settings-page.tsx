import type { ReactNode } from 'react';
import { PageHead } from '../../ui/part.tsx';
import { useTitle } from '../../ui/router.tsx';
import { PushSettings } from '../delivery/push-settings.tsx';
import { Accounts } from './accounts.tsx';
import { useMe } from './me.ts';
import { Password } from './password.tsx';
import { Tokens } from './tokens.tsx';

export default function SettingsPage(): ReactNode {
  useTitle('Settings');
  const me = useMe();
  return (
    <div className="stack">
      <PageHead title="Settings" />
      <Password />
      <PushSettings />
      {me.data?.role === 'admin' && (
        <>
          <Accounts />
          <Tokens />
        </>
      )}
    </div>
  );
}
