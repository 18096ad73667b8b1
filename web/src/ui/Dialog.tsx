// A native dialog: focus stays inside, Escape closes, and focus goes back to where it came from.

import { type ReactNode, useEffect, useId, useRef } from 'react';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  closeLabel: string;
  place?: 'sheet' | 'sheet left' | 'middle';
  /** The title is for screen readers only. */
  quiet?: boolean;
  children: ReactNode;
}

export function Dialog({ open, onClose, title, closeLabel, place = 'middle', quiet, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  if (!open) return null;
  return (
    // A click on the veil closes; the keyboard has Escape and the button.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={dialog}
      className={place}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className={quiet ? 'hidden' : 'dialoghead'}>
        <h2 id={id}>{title}</h2>
        {!quiet && (
          <button type="button" className="quiet" onClick={onClose}>
            {closeLabel}
          </button>
        )}
      </div>
      <div className={quiet ? '' : 'dialogbody'}>{children}</div>
    </dialog>
  );
}
