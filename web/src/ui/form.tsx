import { useEffect, useId, useRef, useState, type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes } from 'react';

interface Labelled {
  readonly label: string;
  readonly hint?: ReactNode;
}

export function TextField({ label, hint, className = '', ...input }: Labelled & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className={`input ${className}`} aria-describedby={hint === undefined ? undefined : `${id}-hint`} {...input} />
      {hint !== undefined && (
        <span id={`${id}-hint`} className="small dim">
          {hint}
        </span>
      )}
    </div>
  );
}

export function TextBox({ label, hint, className = '', ...area }: Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} className={`input ${className}`} aria-describedby={hint === undefined ? undefined : `${id}-hint`} {...area} />
      {hint !== undefined && (
        <span id={`${id}-hint`} className="small dim">
          {hint}
        </span>
      )}
    </div>
  );
}

interface SelectProps {
  readonly label: string;
  /** The label is for those who listen; what stands beside says it to the others. */
  readonly quiet?: boolean;
  readonly value: string;
  readonly options: readonly (string | readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
}

export function Select({ label, quiet = false, value, options, onChange }: SelectProps): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={quiet ? 'sr-only' : undefined}>
        {label}
      </label>
      <select id={id} className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => {
          const [key, text] = typeof option === 'string' ? [option, option] : option;
          return (
            <option key={key} value={key}>
              {text}
            </option>
          );
        })}
      </select>
    </div>
  );
}

/** Text that survives a reload, a crash of the tab and a failed request: gone only when `clear` is called. */
export function useDraft(key: string): { text: string; setText: (text: string) => void; clear: () => void } {
  const name = `nines.draft.${key}`;
  const [text, write] = useState(() => stored(name));
  const setText = (next: string): void => {
    write(next);
    try {
      if (next === '') sessionStorage.removeItem(name);
      else sessionStorage.setItem(name, next);
    } catch {
      // Full or forbidden: the text is still on the screen.
    }
  };
  return { text, setText, clear: () => setText('') };
}

function stored(name: string): string {
  try {
    return sessionStorage.getItem(name) ?? '';
  } catch {
    return '';
  }
}

interface DialogProps {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Modal; the browser keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ open, title, onClose, children }: DialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={id} onClose={onClose}>
      <div className="stack">
        <h2 id={id}>{title}</h2>
        {open && children}
      </div>
    </dialog>
  );
}
