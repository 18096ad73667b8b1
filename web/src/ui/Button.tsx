// A button that does something; when it cannot, it says why and stays in reach of the keyboard.

import { type ButtonHTMLAttributes, useId } from 'react';

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  look?: 'main' | 'danger' | 'plain' | undefined;
  small?: boolean;
  /** Why it cannot be pressed now; no reason means that it can. */
  unable?: string | null | undefined;
}

export function Button({ look = 'plain', small, unable, onClick, children, className = '', type = 'button', ...rest }: Props) {
  const id = useId();
  return (
    <>
      <button
        {...rest}
        type={type}
        className={`button ${look} ${small ? 'small' : ''} ${className}`}
        aria-disabled={unable ? true : undefined}
        aria-describedby={unable ? id : rest['aria-describedby']}
        title={unable ?? rest.title}
        onClick={(event) => {
          if (unable) event.preventDefault();
          else onClick?.(event);
        }}
      >
        {children}
      </button>
      {unable && (
        <span id={id} className="hidden">
          {unable}
        </span>
      )}
    </>
  );
}
