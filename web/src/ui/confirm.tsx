import type { ReactNode } from 'react';
import { Dialog } from './form.tsx';

interface ConfirmProps<T> {
  /** What it is about; nothing is asked while there is none. */
  readonly subject: T | undefined;
  readonly title: (subject: T) => string;
  /** What comes of it. */
  readonly children: ReactNode;
  /** On the button that does it. */
  readonly verb: string;
  readonly onConfirm: (subject: T) => void;
  readonly onClose: () => void;
}

/** Asks once more before something that can't be taken back. */
export function Confirm<T>({ subject, title, children, verb, onConfirm, onClose }: ConfirmProps<T>): ReactNode {
  const confirm = (): void => {
    if (subject !== undefined) onConfirm(subject);
    onClose();
  };
  return (
    <Dialog open={subject !== undefined} title={subject === undefined ? '' : title(subject)} onClose={onClose}>
      <p>{children}</p>
      <div className="row">
        <button type="button" className="button button-alarm" onClick={confirm}>
          {verb}
        </button>
        <button type="button" className="button" onClick={onClose}>
          Keep
        </button>
      </div>
    </Dialog>
  );
}
