// The button that makes a proposal a decision, and the sheet where a person takes it.

import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { type ComponentProps, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DecisionForm } from './DecisionForm';
import { useMay } from './permissions';

type Props = Omit<ComponentProps<typeof DecisionForm>, 'onDone' | 'doing'> & {
  title: string;
  /** Why there is nothing to decide now. */
  unable?: string | null;
  button?: string;
};

export function Deciding({ title, unable, button, ...form }: Props) {
  const { t } = useTranslation();
  const may = useMay();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="main" unable={may('decide') ? unable : t('decision.not_allowed_company')} onClick={() => setOpen(true)}>
        {button ?? t('decision.make_it')}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={title} closeLabel={t('act.close')} place="sheet">
        <DecisionForm {...form} doing onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}
