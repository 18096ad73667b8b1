// Sentence first: what is true, then one line of because.

import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

/** A longer sentence is set in a smaller size, so that it still reads as one. */
const LONG = 100;

interface Props {
  /** The page's name, for the window and above the sentence. */
  name: string;
  sentence: string;
  because?: ReactNode;
  crumb?: ReactNode;
  actions?: ReactNode;
}

export function PageHead({ name, sentence, because, crumb, actions }: Props) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${name} · ${t('app.name')}`;
  }, [name, t]);
  return (
    <div className="head">
      {crumb && <div className="crumb">{crumb}</div>}
      <h1 className={sentence.length > LONG ? 'long' : undefined}>{sentence}</h1>
      {because && <p className="because">{because}</p>}
      {actions && <div className="actions headactions">{actions}</div>}
    </div>
  );
}
