// Nothing to show, or something went wrong: what, what it means, what to do.

import type { ReactNode } from 'react';

interface Props {
  title: string;
  fault?: boolean;
  children?: ReactNode;
  actions?: ReactNode;
}

export function StateBox({ title, fault, children, actions }: Props) {
  return (
    <div className={fault ? 'state fault' : 'state'} role={fault ? 'alert' : undefined}>
      <h2>{title}</h2>
      {children}
      {actions && <div className="actions">{actions}</div>}
    </div>
  );
}
