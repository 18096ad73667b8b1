// Are an activity's facts gathered right, also when half of them are not there?

import type { PageView } from '@/api/types';
import { describe, expect, it } from 'vitest';
import { activitiesOf, isTold, sentencesOf, trialOf } from './known';

function page(tables: Record<string, { columns: string[]; rows: (string | number | null)[][] }>): PageView {
  const made = Object.entries(tables).map(([key, { columns, rows }]) => ({
    key,
    columns: columns.map((name) => ({ key: name, unit: 'text' })),
    rows: rows.map((row) => row.map((cell) => (cell === null ? 'none' : typeof cell === 'number' ? { number: cell } : { text: cell }))),
    cells: rows.map((row) => row.map((cell) => (cell === null ? '–' : String(cell)))),
  }));
  return { tables: made, figures: [], sentences: [] } as unknown as PageView;
}

const register = page({ 'activities.list': { columns: ['activities.activity', 'activities.name'], rows: [['A1', 'Samtal'], ['A2', 'Gåva'], ['A3', 'Annons']] } });
const effects = page({
  'effects.activities': { columns: ['effects.activity', 'effects.stay'], rows: [['Gåva', null], ['Samtal', 0.04], ['X9', 0.01]] },
  'effects.money': { columns: ['effects.activity', 'effects.gain', 'effects.cost_each'], rows: [['Samtal', 300, 180]] },
  'effects.tests': { columns: ['effects.activity', 'effects.difference', 'effects.weeks'], rows: [['Gåva', 0.0213, 26]] },
});

describe('activities', () => {
  it('are those of the register when nothing has been judged', () => {
    expect(activitiesOf(register, undefined, undefined).map((one) => one.id)).toEqual(['A1', 'A2', 'A3']);
    expect(activitiesOf(undefined, undefined, undefined)).toEqual([]);
  });

  it('stand in the order of what they are worth, the unjudged after, and keep their ids', () => {
    const all = activitiesOf(register, effects, undefined);
    expect(all.map((one) => one.id)).toEqual(['A2', 'A1', 'X9', 'A3']);
    expect(all.map(isTold)).toEqual([false, true, true, false]);
    expect(all[1]?.money?.number('effects.gain')).toBe(300);
  });

  it('fill in the trial that would tell', () => {
    const [gift] = activitiesOf(register, effects, undefined);
    expect(gift && trialOf(gift, 'Ger gåvan något?')).toEqual({ activity: 'A2', question: 'Ger gåvan något?', outcome: 'bought', smallest: '2.13', window: '182' });
  });

  it('have their own sentences and not those of a longer name', () => {
    const said = ['Samtal ger mer än det kostar.', 'Samtal efter köp skadar.', 'Samtal: vi vet den 3 mars.', 'Samtalen är många.'];
    expect(sentencesOf(said, 'Samtal', ['Samtal', 'Samtal efter köp'])).toEqual([said[0], said[2]]);
    expect(sentencesOf(said, 'Samtal efter köp', ['Samtal', 'Samtal efter köp'])).toEqual([said[1]]);
  });
});
