// A label, its control, a hint and what is wrong, tied together for every reader.

import { type ReactElement, type ReactNode, cloneElement, useId } from 'react';

interface Props {
  label: string;
  hint?: ReactNode;
  fault?: string | null | undefined;
  /** One input, select or textarea. */
  children: ReactElement<{ id?: string; 'aria-describedby'?: string | undefined; 'aria-invalid'?: boolean | undefined }>;
}

export function Field({ label, hint, fault, children }: Props) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', fault ? `${id}-fault` : ''].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, { id, 'aria-describedby': described || undefined, 'aria-invalid': fault ? true : undefined })}
      {hint && (
        <span id={`${id}-hint`} className="hint">
          {hint}
        </span>
      )}
      {fault && (
        <span id={`${id}-fault`} className="fault">
          {fault}
        </span>
      )}
    </div>
  );
}

export function Check({ label, ...rest }: { label: ReactNode } & React.InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="check">
      <input {...rest} type={rest.type ?? 'checkbox'} />
      <span>{label}</span>
    </label>
  );
}
