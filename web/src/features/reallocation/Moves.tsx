// Which money goes from where to where, what each move gives, and how sure is it? Those that are chosen become a decision.

import type { PageView, PlanAsked, TableView } from '@/api/types';
import { inUnit, share } from '@/lib/numbers';
import { capital } from '@/lib/text';
import { ChartBlock } from '@/parts/ChartBlock';
import { Deciding } from '@/parts/Deciding';
import { useLocale } from '@/parts/useLocale';
import { Check } from '@/ui/Field';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Move, isPartlySaved } from './read';

interface Props {
  moves: Move[];
  table: TableView;
  page: PageView;
  asked: PlanAsked;
  kept: boolean;
}

export function Moves({ moves, table, page, asked, kept }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [left, setLeft] = useState<Set<string>>(new Set());
  const nameOf = (move: Move) => `${move.from}>${move.to}`;
  const chosen = moves.filter((move) => !left.has(nameOf(move)));
  const toggle = (move: Move) =>
    setLeft((before) => {
      const after = new Set(before);
      if (!after.delete(nameOf(move))) after.add(nameOf(move));
      return after;
    });
  const gain = page.figures.find((figure) => figure.key === 'allocation.gain');
  const suggested =
    gain?.value == null || chosen.length < moves.length
      ? t('reallocation.suggest_moves', { gains: chosen.map((move) => `${move.gain} (${move.range})`).join('; ') })
      : t('decision.suggest', { label: gain.label, text: gain.text, interval: gain.interval_text ?? '' });
  return (
    <ChartBlock title={t('reallocation.moves')} table={table} word="allocation" run={page.run} live={!kept}>
      {moves.length === 0 ? (
        <p className="mute">{t('reallocation.no_moves')}</p>
      ) : (
        <>
          <ul className="rows moverows">
            {moves.map((move) => (
              <li key={nameOf(move)}>
                <Check
                  checked={!left.has(nameOf(move))}
                  onChange={() => toggle(move)}
                  label={
                    <>
                      <strong>{sayMove(move)}</strong>
                      <span className="mute small movegain">{t('reallocation.move_gives', { gain: move.gain, range: move.range })}</span>
                    </>
                  }
                />
                <span className="movesure">
                  <meter min={0} max={1} low={0.8} optimum={1} value={move.survives} aria-label={t('reallocation.survives')} />
                  <span className="small">{t('reallocation.holds', { share: share(move.survives, locale, 0) })}</span>
                  <span className={move.verdict === 'fragile' ? 'warn small' : 'mute small'}>{capital(move.verdictText)}</span>
                </span>
              </li>
            ))}
          </ul>
          <div className="actions">
            <Deciding
              key={`${chosen.length}${suggested}`}
              title={t('decision.title_moves', { count: chosen.length })}
              unable={chosen.length === 0 ? t('reallocation.choose_move') : null}
              about={{ subject: 'reallocation', plan: asked, moves: chosen.map(({ from, to }) => ({ from, to })), run: page.run }}
              suggested={suggested}
              said={(n) => t('decision.made_moves', { count: n })}
            >
              <ul className="plainlist">
                {chosen.map((move) => (
                  <li key={nameOf(move)}>{sayMove(move)}</li>
                ))}
              </ul>
            </Deciding>
            <span className="mute small">{t('reallocation.test_first')}</span>
          </div>
        </>
      )}
    </ChartBlock>
  );

  function sayMove(move: Move): string {
    const say = (value: number) => inUnit(value, 'money', locale);
    const amount = say(Math.max(move.released, move.spent));
    if (move.from === null) return t('reallocation.add', { amount, to: move.toLabel });
    if (move.to === null) return t('reallocation.take', { amount, from: move.fromLabel });
    if (isPartlySaved(move)) return t('reallocation.move_part', { amount, from: move.fromLabel, to: move.toLabel, spent: say(move.spent), saved: say(move.released - move.spent) });
    return t('reallocation.move', { amount, from: move.fromLabel, to: move.toLabel });
  }
}
