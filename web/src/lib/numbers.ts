// How is a number, an amount or a share written for a reader of Swedish or English?

export type Locale = 'sv' | 'en';

const TAG = { sv: 'sv-SE', en: 'en-GB' } as const;
const SPACE = '\u00a0';
const written = new Map<string, Intl.NumberFormat>();

/** A plain number with a fixed number of decimals and a true minus sign. */
export function decimal(value: number, digits: number, locale: Locale): string {
  const name = `${locale}${digits}`;
  let format = written.get(name);
  if (!format) {
    format = new Intl.NumberFormat(TAG[locale], { minimumFractionDigits: digits, maximumFractionDigits: digits });
    written.set(name, format);
  }
  const text = format.format(value).replace('-', '−');
  return /[1-9]/.test(text) ? text : text.replace('−', '');
}

export function count(value: number, locale: Locale): string {
  return decimal(value, 0, locale);
}

/** Millions and up are shortened; the exact amount stands in `exact`. */
export function money(amount: number, currency: string, locale: Locale): string {
  const size = Math.abs(amount);
  const millions = size >= 999_500;
  const number = millions
    ? decimal(amount / 1e6, size < 1e8 ? 2 : 1, locale)
    : decimal(amount, size > 0 && size < 10 ? 2 : 0, locale);
  if (locale === 'en') return `${currency}${SPACE}${number}${millions ? `${SPACE}m` : ''}`;
  if (currency === 'SEK') return `${number}${SPACE}${millions ? 'mkr' : 'kr'}`;
  return millions ? `${number}${SPACE}milj.${SPACE}${currency}` : `${number}${SPACE}${currency}`;
}

/** A share 0..1 as percent; small ones keep two decimals. */
export function share(value: number, locale: Locale, digits?: number): string {
  return `${decimal(value * 100, digits ?? (value !== 0 && Math.abs(value) < 0.01 ? 2 : 1), locale)}${SPACE}%`;
}

export function points(value: number, locale: Locale): string {
  const number = decimal(value * 100, 1, locale);
  return `${value > 0 && !number.startsWith('−') ? '+' : ''}${number}${SPACE}${locale === 'sv' ? 'pe' : 'pp'}`;
}

/** With a sign, for changes: +3,1 mkr. */
export function change(value: number, unit: string, locale: Locale): string {
  const text = unit === 'share' || unit === 'share_points' ? points(value, locale) : inUnit(value, unit, locale);
  return value > 0 && !text.startsWith('+') && /[1-9]/.test(text) ? signed(text) : text;
}

function signed(text: string): string {
  return text.replace(/\d/, '+$&');
}

/** A value in one of the units that the API names; a currency code means money. */
export function inUnit(value: number, unit: string, locale: Locale): string {
  switch (unit) {
    case 'share':
      return share(value, locale);
    case 'share_points':
      return points(value, locale);
    case 'count':
      return count(value, locale);
    case 'minutes':
      return `${decimal(value, 1, locale)}${SPACE}min`;
    case 'years':
      return `${decimal(value, 1, locale)}${SPACE}${locale === 'sv' ? 'år' : 'years'}`;
    case 'points':
    case 'ratio':
    case 'text':
      return decimal(value, 2, locale);
    default:
      return money(value, currencyOf(unit), locale);
  }
}

/** The whole value, for hover and copying: nothing shortened. */
export function exact(value: number, unit: string, locale: Locale): string {
  if (isMoney(unit)) {
    const number = decimal(value, 2, locale);
    const currency = currencyOf(unit);
    if (locale === 'en') return `${currency}${SPACE}${number}`;
    return `${number}${SPACE}${currency === 'SEK' ? 'kr' : currency}`;
  }
  if (unit === 'share' || unit === 'share_points') return `${decimal(value * 100, 3, locale)}${SPACE}%`;
  return unit === 'count' ? decimal(value, 0, locale) : decimal(value, 4, locale);
}

export function isMoney(unit: string): boolean {
  return unit.startsWith('money') || /^[A-Z]{3}(\/|$)/.test(unit);
}

/** Tables say "money" and figures say "SEK/customer/year"; both mean the company's currency. */
export function currencyOf(unit: string): string {
  return /^[A-Z]{3}/.exec(unit)?.[0] ?? companyCurrency;
}

/** The word that a heading carries when its cells are plain amounts: kr, or the currency's code. */
export function moneyWord(unit: string, locale: Locale): string {
  const currency = currencyOf(unit);
  return locale === 'sv' && currency === 'SEK' ? 'kr' : currency;
}

let companyCurrency = 'SEK';

/** Set once, when the company's status is known. */
export function setCurrency(currency: string): void {
  companyCurrency = currency;
}

/** One unit for a whole picture: amounts in millions, thousands or as they are, and the word for it. */
export function moneyScale(largest: number, unit: string, locale: Locale): { word: string; say: (amount: number) => string; sayChange: (amount: number) => string } {
  const currency = currencyOf(unit);
  const [by, digits, sv, en] = largest >= 2e6 ? [1e6, largest < 1e8 ? 2 : 1, 'mkr', 'm'] : largest >= 2e4 ? [1e3, largest < 1e6 ? 1 : 0, 'tkr', 'k'] : [1, 0, 'kr', ''];
  const swedish = currency === 'SEK' ? sv : `${{ mkr: 'milj. ', tkr: 'tusen ', kr: '' }[sv as 'kr']}${currency}`;
  const say = (amount: number) => decimal(amount / (by as number), digits as number, locale);
  const sayChange = (amount: number) => (amount > 0 && /[1-9]/.test(say(amount)) ? `+${say(amount)}` : say(amount));
  return { word: locale === 'sv' ? swedish : `${currency}${en ? `${SPACE}${en}` : ''}`, say, sayChange };
}

/** Short numbers for axes: 1,2 mkr, 400 tkr, 35 %. */
export function onAxis(value: number, unit: string, locale: Locale): string {
  if (isMoney(unit)) {
    const size = Math.abs(value);
    const currency = currencyOf(unit);
    if (size >= 1e6) return money(value, currency, locale).replace(/[.,]0+(?=\D)/, '');
    if (size >= 1e4) {
      const thousands = decimal(value / 1e3, 0, locale);
      if (locale === 'sv') return `${thousands}${SPACE}${currency === 'SEK' ? 'tkr' : `t${SPACE}${currency}`}`;
      return `${thousands}k`;
    }
    return locale === 'en' ? decimal(value, 0, locale) : money(Math.round(value), currency, locale);
  }
  if (unit === 'share' || unit === 'share_points') {
    const percent = Number((value * 100).toPrecision(6));
    return `${decimal(percent, decimalsOf(percent), locale)}${SPACE}${unit === 'share' ? '%' : locale === 'sv' ? 'pe' : 'pp'}`;
  }
  return decimal(value, Number.isInteger(value) ? 0 : 1, locale);
}

/** As many decimals as a round number of an axis has, at most two. */
function decimalsOf(value: number): number {
  return [0, 1].find((digits) => Math.abs(value * 10 ** digits - Math.round(value * 10 ** digits)) < 1e-6) ?? 2;
}

export function bytes(size: number, locale: Locale): string {
  if (size < 1000) return `${count(size, locale)} B`;
  if (size < 1e6) return `${decimal(size / 1e3, 0, locale)} kB`;
  return `${decimal(size / 1e6, 1, locale)} MB`;
}
