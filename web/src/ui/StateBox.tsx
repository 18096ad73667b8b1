// Nothing to show, or something went wrong: what, what it means, what to do.

import type { ReactNode } from 'react';

interface Props {
  title: string;
  fault?: boolean;
  /** The whole page is this: then the title is the page's. */
  whole?: boolean | undefined;
  children?: ReactNode;
  actions?: ReactNode;
}

export function StateBox({ title, fault, whole, children, actions }: Props) {
  const Title = whole ? 'h1' : 'h2';
  return (
    <div className={fault ? 'state fault' : 'state'} role={fault ? 'alert' : undefined}>
      <Title>{title}</Title>
      {children}
      {actions && <div className="actions">{actions}</div>}
    </div>
  );
}
