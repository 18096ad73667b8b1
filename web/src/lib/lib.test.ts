import { describe, expect, it } from 'vitest';
import { bandOf } from './band';
import { day, moment } from './dates';
import { capabilityOfFigure, intervalWidth, labelWith, subjectOf } from './figures';
import { nextSort, parseFilter, parseFilters, parseSort, rangeFilters, replaceFilters, writeFilter } from './filters';
import { sourceOf, withSource } from './mapping';
import { change, decimal, exact, inUnit, money, moneyScale, onAxis, points, share } from './numbers';
import { parseSearch, pathOfWord, paths, stringifySearch } from './paths';
import { linear, padded, quantile, reaching, ticks } from './scale';
import { csv, lined, match, spoken, tabSeparated } from './text';
import { barsOf, floorOf } from './waterfall';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('numbers', () => {
  it('write money as the program does in the terminal', () => {
    expect(plain(money(184_200_000, 'SEK', 'sv'))).toBe('184,2 mkr');
    expect(plain(money(184_200_000, 'SEK', 'en'))).toBe('SEK 184.2 m');
    expect(plain(money(-1412.4, 'SEK', 'sv'))).toBe('−1 412 kr');
    expect(plain(money(4.2085, 'SEK', 'sv'))).toBe('4,21 kr');
    expect(plain(money(24_810_538.8, 'SEK', 'sv'))).toBe('24,81 mkr');
    expect(plain(money(2_000_000, 'EUR', 'sv'))).toBe('2,00 milj. EUR');
  });

  it('write shares, points and counts by the language', () => {
    expect(plain(share(0.816, 'sv'))).toBe('81,6 %');
    expect(plain(share(0.0025, 'sv'))).toBe('0,25 %');
    expect(plain(points(0.042, 'en'))).toBe('+4.2 pp');
    expect(plain(points(-0.00001, 'en'))).toBe('0.0 pp');
    expect(plain(inUnit(1_234_567, 'count', 'en'))).toBe('1,234,567');
    expect(plain(inUnit(1650.03, 'SEK/customer/year', 'sv'))).toBe('1 650 kr');
  });

  it('never write minus nothing', () => {
    expect(decimal(-0.001, 1, 'sv')).toBe('0,0');
  });

  it('give a change its sign', () => {
    expect(plain(change(4_390_000, 'SEK', 'sv'))).toBe('+4,39 mkr');
    expect(plain(change(4_390_000, 'SEK', 'en'))).toBe('SEK +4.39 m');
    expect(plain(change(-0.007, 'share', 'sv'))).toBe('−0,7 pe');
    expect(plain(change(0, 'count', 'sv'))).toBe('0');
  });

  it('keep the whole amount for the hover', () => {
    expect(plain(exact(24_810_538.8355, 'SEK', 'sv'))).toBe('24 810 538,84 kr');
    expect(plain(exact(0.7935648, 'share', 'en'))).toBe('79.356 %');
  });

  it('have one unit for a whole picture', () => {
    const millions = moneyScale(24_810_538, 'money', 'sv');
    expect([millions.word, millions.say(20_419_704), plain(millions.sayChange(-666_021))]).toEqual(['mkr', '20,42', '−0,67']);
    const plainKronor = moneyScale(4_100, 'SEK', 'en');
    expect([plain(plainKronor.word), plainKronor.sayChange(1500)]).toEqual(['SEK', '+1,500']);
    expect(moneyScale(300_000, 'SEK', 'sv').sayChange(123_456)).toBe('+123,5');
  });

  it('are short on an axis', () => {
    expect(plain(onAxis(20_000_000, 'money', 'sv'))).toBe('20 mkr');
    expect(plain(onAxis(25_000, 'money', 'sv'))).toBe('25 tkr');
    expect(plain(onAxis(0.25, 'share', 'sv'))).toBe('25 %');
    expect(['0', '0.02', '0.04', '0.06'].map((tick) => plain(onAxis(Number(tick), 'share_points', 'sv')))).toEqual(['0 pe', '2 pe', '4 pe', '6 pe']);
    expect(plain(onAxis(0.8005, 'share', 'en'))).toBe('80.05 %');
  });
});

describe('dates', () => {
  it('are written out', () => {
    expect(day('2026-06-30', 'sv')).toBe('30 juni 2026');
    expect(day('2026-06-30', 'en')).toBe('30 June 2026');
    expect(day('not a day', 'sv')).toBe('not a day');
  });

  it('have a time when the moment has one', () => {
    expect(moment('2026-06-30', 'sv')).toBe('30 juni 2026');
    expect(moment('2026-06-30T10:05:00Z', 'sv')).toMatch(/^30 juni 2026 \d\d\.05$/);
  });
});

describe('addresses', () => {
  it('stay where they are', () => {
    expect(paths).toMatchInlineSnapshot(`
      {
        "activities": "/activities",
        "activity": "/activities/$id",
        "administration": "/administration",
        "administrationSection": "/administration/$section",
        "claims": "/claims",
        "compare": "/runs/compare",
        "customer": "/customers/$id",
        "customers": "/customers",
        "deals": "/deals",
        "decisions": "/decisions",
        "delivery": "/delivery",
        "drivers": "/drivers",
        "glossary": "/glossary",
        "imports": "/import",
        "incidents": "/incidents",
        "invitation": "/invitation",
        "link": "/link",
        "loyalty": "/loyalty",
        "management": "/",
        "method": "/methods/$word",
        "methods": "/methods",
        "newTrial": "/new-trial",
        "openingHours": "/opening-hours",
        "portfolio": "/portfolio",
        "reallocation": "/reallocation",
        "report": "/reports/$word",
        "runs": "/runs",
        "setUp": "/set-up",
        "signIn": "/sign-in",
        "trial": "/trials/$id",
        "trials": "/trials",
        "upload": "/import/$upload",
        "whatIf": "/what-if",
      }
    `);
    expect(pathOfWord('overview')).toBe('/');
    expect(pathOfWord('profit')).toBe('/reports/profit');
  });

  it('hold lists and leave out what is empty', () => {
    const text = stringifySearch({ sort: '-value', where: ['value:ge:10', 'stance:eq:grow'], q: '', run: undefined });
    expect(text).toBe('?sort=-value&where=value%3Age%3A10&where=stance%3Aeq%3Agrow');
    expect(parseSearch(text)).toEqual({ sort: '-value', where: ['value:ge:10', 'stance:eq:grow'] });
    expect(stringifySearch({})).toBe('');
  });
});

describe('filters', () => {
  it('are read and written the same', () => {
    expect(parseFilter('name:contains:a:b')).toEqual({ column: 'name', op: 'contains', value: 'a:b' });
    expect(writeFilter({ column: 'value', op: 'ge', value: '10' })).toBe('value:ge:10');
    expect(parseFilter('value:drop:1')).toBeNull();
    expect(parseFilters(['value:ge:1', 'nonsense'])).toHaveLength(1);
  });

  it('of a brush take the place of those on the same columns', () => {
    const where = replaceFilters(['value:ge:1', 'stance:eq:grow'], ['value'], rangeFilters('value', 120.4, 980.2));
    expect(where).toEqual(['stance:eq:grow', 'value:ge:120', 'value:le:981']);
  });

  it('sort large first, then small first, then not at all', () => {
    expect(nextSort(null, 'value')).toBe('-value');
    expect(nextSort(parseSort('-value'), 'value')).toBe('value');
    expect(nextSort(parseSort('value'), 'value')).toBeUndefined();
  });
});

describe('pictures', () => {
  it('show an uncertain figure with a wide band and mark zero when it is in sight', () => {
    const sure = bandOf(100, 95, 105);
    const unsure = bandOf(4, -62, 70);
    expect(sure.to - sure.from).toBeLessThan(0.2);
    expect(unsure.to - unsure.from).toBeGreaterThan(0.6);
    expect(sure.zero).toBeNull();
    expect(unsure.zero).toBeCloseTo(0.478, 2);
  });

  it('have round numbers on their axes', () => {
    expect(ticks([0, 100], 5)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks([-0.3, 0.7], 4)).toEqual([-0.25, 0, 0.25, 0.5]);
    expect(linear([0, 10], [0, 100])(5)).toBe(50);
    expect(padded([0, 10], 0.1)).toEqual([-1, 11]);
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
  });

  it('hang each change of a waterfall on the one before', () => {
    const bars = barsOf([
      { key: 'a', label: 'a', amount: 20, total: true },
      { key: 'b', label: 'b', amount: 6, total: false },
      { key: 'c', label: 'c', amount: -2, total: false },
      { key: 'd', label: 'd', amount: 24, total: true },
    ]);
    expect(bars.map((bar) => [bar.from, bar.to])).toEqual([[0, 20], [20, 26], [26, 24], [0, 24]]);
    expect(floorOf(bars)).toBe(15);
  });

  it('start at zero when something comes near it', () => {
    expect(floorOf(barsOf([{ key: 'a', label: 'a', amount: 100, total: true }, { key: 'b', label: 'b', amount: -90, total: false }]))).toBe(0);
  });
});

describe('the mapping', () => {
  const text = [
    '[source.customers]',
    'files = ["kunder.csv"]',
    '',
    '[[table]]',
    'name = "customers"',
    '',
    '[table.columns]',
    'customer_id = "Kundnr" # the key',
    'acquired_on = { column = "Datum", dates = ["%d/%m/%Y"] }',
    '',
    '[[table]]',
    'name = "orders"',
    '',
    '[table.columns]',
    'customer_id = "Kund"',
  ].join('\n');

  it('says where a target comes from', () => {
    expect(sourceOf(text, 0, 'customer_id')).toBe('Kundnr');
    expect(sourceOf(text, 0, 'acquired_on')).toBe('Datum');
    expect(sourceOf(text, 1, 'customer_id')).toBe('Kund');
    expect(sourceOf(text, 0, 'name')).toBeNull();
  });

  it('changes one column and nothing else', () => {
    const changed = withSource(text, 0, 'acquired_on', 'Kund sedan');
    expect(changed).toContain('acquired_on = { column = "Kund sedan", dates = ["%d/%m/%Y"] }');
    expect(changed.split('\n')).toHaveLength(text.split('\n').length);
    expect(withSource(text, 0, 'customer_id', 'Nr')).toContain('customer_id = "Nr" # the key');
    expect(withSource(text, 1, 'customer_id', 'Nr')).toContain('customer_id = "Kundnr" # the key');
  });

  it('takes a target out and puts one in', () => {
    expect(sourceOf(withSource(text, 0, 'acquired_on', null), 0, 'acquired_on')).toBeNull();
    const more = withSource(text, 0, 'name', 'Namn "kort"');
    expect(sourceOf(more, 0, 'name')).toBe('Namn "kort"');
    expect(sourceOf(more, 1, 'customer_id')).toBe('Kund');
  });
});

describe('words', () => {
  it('find the beginning of a word before its middle', () => {
    expect(match('Alla kunder', 'kund')).toBe(2);
    expect(match('Kundvärde', 'kund')).toBe(3);
    expect(match('Import', 'kund')).toBe(0);
    expect(match('Erik Eriksson', 'eriks er')).toBeGreaterThan(0);
  });

  it('of a company stand readable in a sentence', () => {
    expect(spoken('delivery_on_time leder, sedan easy_to_reach.')).toBe('Delivery on time leder, sedan easy to reach.');
  });

  it('of a table go to a spreadsheet', () => {
    expect(tabSeparated(['a', 'b'], [['1', 'x\ty']])).toBe('a\tb\n1\tx y');
    expect(csv(['a', 'b;c'], [['1,5', 'x "y"']])).toBe('a;"b;c"\r\n1,5;"x ""y"""');
  });

  it('of a figure lead to its method', () => {
    expect(capabilityOfFigure('equity.total')).toBe('value');
    expect(capabilityOfFigure('cost_to_serve.12m')).toBe('profit');
    expect(capabilityOfFigure('whatif.fault_report.net')).toBe('service_level');
    expect(capabilityOfFigure('drivers.r2')).toBe('drivers');
    expect(capabilityOfFigure('trials.open.count')).toBe('trials');
  });
});

describe('pictures', () => {
  it('give values far from zero the axis to themselves, and begin at zero when it is near', () => {
    const [from, to] = reaching([0.797, 0.803]);
    expect(from).toBeGreaterThan(0.79);
    expect(to).toBeLessThan(0.81);
    expect(reaching([1, 10])).toEqual([0, 10]);
    expect(reaching([-3, 12])).toEqual([-3, 12]);
  });

  it('break a long name and cut what has no room', () => {
    expect(lined('Uppföljningssamtal efter köp', 30, 2)).toEqual(['Uppföljningssamtal efter köp']);
    expect(lined('Gåva till våra bästa kunder', 16, 2)).toEqual(['Gåva till våra', 'bästa kunder']);
    expect(lined('Ett namn som är alldeles för långt', 12, 2)).toEqual(['Ett namn som', 'är alldeles…']);
  });
});

describe('figures', () => {
  it('do not write an interval of which both ends are the same', () => {
    expect(intervalWidth({ lower: 1, upper: 1, interval_text: '1,00 – 1,00' })).toBe('none');
    expect(intervalWidth({ lower: 0.9999, upper: 1, interval_text: '1,00 – 1,00' })).toBe('rounding');
    expect(intervalWidth({ lower: -0.01, upper: 0.02, interval_text: '−1,0 pe – +2,0 pe' })).toBe('told');
  });

  it('of an activity bear its name, or none on its own page', () => {
    expect(subjectOf('activity.AKT01.gain')).toBe('AKT01');
    expect(subjectOf('drivers.AKT01.effect')).toBeNull();
    expect(labelWith('Vinst per kund: AKT01', 'AKT01', 'Samtal efter köp')).toBe('Vinst per kund: Samtal efter köp');
    expect(labelWith('Vinst per kund: AKT01', 'AKT01', null)).toBe('Vinst per kund');
    expect(labelWith('Vinst per kund: AKT01', 'AKT01', undefined)).toBe('Vinst per kund: AKT01');
  });
});
