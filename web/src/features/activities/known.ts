// What is known of each activity, gathered from the register, the effects and the times to effect?

import type { FigureView, PageView } from '@/api/types';
import { type Row, rowsOf, tableOf } from '@/parts/cells';

export interface Activity {
  id: string;
  name: string;
  /** Its line in each table; none when the table or the line is not there. */
  register: Row | undefined;
  effect: Row | undefined;
  money: Row | undefined;
  evidence: Row | undefined;
  test: Row | undefined;
  date: Row | undefined;
}

/** Effects that are told: what can be ranked. */
export function isTold(one: Activity): boolean {
  return one.money?.number('effects.gain') != null || one.effect?.number('effects.stay') != null;
}

/** Every activity that any report knows: those that could be judged first, best first, then the rest as the register has them. */
export function activitiesOf(register: PageView | undefined, effects: PageView | undefined, timing: PageView | undefined): Activity[] {
  const listed = rows(register, 'activities.list');
  const ids = new Map<string, string>();
  for (const row of listed) {
    const id = row.key('activities.activity');
    if (id) ids.set(row.text('activities.name') || id, id);
  }
  const byName = (page: PageView | undefined, table: string) => new Map(rows(page, table).map((row) => [row.text('effects.activity'), row]));
  const [money, evidence, test, date] = [byName(effects, 'effects.money'), byName(effects, 'effects.evidence'), byName(effects, 'effects.tests'), byName(timing, 'timing.dates')];
  const of = (id: string, name: string, effect?: Row): Activity => ({
    id,
    name,
    register: listed.find((row) => row.key('activities.activity') === id),
    effect,
    money: money.get(name),
    evidence: evidence.get(name),
    test: test.get(name),
    date: date.get(name),
  });
  // Effects are told by name; one that has none of its own is told by its key.
  const studied = rows(effects, 'effects.activities').map((row) => {
    const name = row.text('effects.activity');
    return of(ids.get(name) ?? name, name, row);
  });
  const met = new Set(studied.map((one) => one.id));
  const others = listed.flatMap((row) => {
    const id = row.key('activities.activity');
    return id && !met.has(id) ? [of(id, row.text('activities.name') || id)] : [];
  });
  return [...studied, ...others];
}

function rows(page: PageView | undefined, table: string): Row[] {
  const found = page && tableOf(page.tables, table);
  return found ? rowsOf(found) : [];
}

/** A sentence about this activity begins with its name; a longer name that begins alike has its own. */
export function sentencesOf(sentences: string[], name: string, names: string[]): string[] {
  const longer = names.filter((other) => other !== name && other.startsWith(name));
  const begins = (sentence: string, with_: string) => sentence.startsWith(with_) && !/[\p{L}\p{N}]/u.test(sentence.charAt(with_.length));
  return sentences.filter((sentence) => begins(sentence, name) && !longer.some((other) => begins(sentence, other)));
}

/** The figures of one activity, in the order of `what`. */
export function figuresOf(page: PageView | undefined, prefix: string, what: readonly string[]): FigureView[] {
  return what.flatMap((name) => page?.figures.filter((figure) => figure.key === `${prefix}.${name}`) ?? []);
}

/** What a new trial of it is filled in with: the cheapest test that would tell. */
export function trialOf(one: Activity, question: string): Record<string, string> {
  const smallest = one.test?.number('effects.difference');
  const weeks = one.test?.number('effects.weeks');
  const cost = one.money?.number('effects.cost_each');
  return {
    activity: one.id,
    question,
    outcome: 'bought',
    ...(smallest ? { smallest: String(Math.round(Math.abs(smallest) * 10_000) / 100) } : {}),
    ...(weeks ? { window: String(Math.max(1, Math.round(weeks * 7))) } : {}),
    ...(cost ? { cost: String(Math.round(cost * 100) / 100) } : {}),
  };
}
