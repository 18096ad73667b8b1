// A part of a page: its heading, what can be done with it, and the thing itself.

import { type ReactNode, useId } from 'react';

interface Props {
  title: string;
  links?: ReactNode;
  linksLabel?: string;
  children: ReactNode;
  className?: string;
}

export function Block({ title, links, linksLabel, children, className = '' }: Props) {
  const id = useId();
  return (
    <section className={`block ${className}`} aria-labelledby={id}>
      <div className="blockhead">
        <h2 id={id}>{title}</h2>
        {links && <nav aria-label={linksLabel ?? title}>{links}</nav>}
      </div>
      {children}
    </section>
  );
}
