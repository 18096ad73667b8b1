// Which capability does a figure come from, so that its page of methods can be found?

const BEGINNINGS: [string, string][] = [
  ['cost', 'profit'],
  ['profit', 'profit'],
  ['revenue', 'profit'],
  ['margin', 'profit'],
  ['link', 'link'],
  ['drivers', 'drivers'],
  ['portfolio', 'portfolio'],
  ['loyalty', 'overview'],
  ['equity', 'value'],
  ['customers', 'value'],
  ['retention', 'value'],
  ['right_retention', 'value'],
  ['hazard', 'value'],
  ['value', 'value'],
  ['whatif', 'service_level'],
];

/** The word before the first dot names the capability, but for those that the oldest ones chose freely. */
export function capabilityOfFigure(key: string): string {
  const first = key.split('.')[0] ?? key;
  const known = BEGINNINGS.find(([beginning]) => first === beginning || first.startsWith(`${beginning}_`));
  return known?.[1] ?? first;
}

/** An interval without width, or one whose ends are written alike, tells a reader nothing as two numbers. */
export function intervalWidth({ lower, upper, interval_text }: { lower?: number | null | undefined; upper?: number | null | undefined; interval_text?: string | null | undefined }): 'none' | 'rounding' | 'told' {
  if (lower === upper) return 'none';
  const [from, to] = (interval_text ?? '').split(/\s–\s/);
  return from !== undefined && from === to ? 'rounding' : 'told';
}

/** The activity that a figure is about, by its key. */
export function subjectOf(key: string): string | null {
  const [capability, subject, what] = key.split('.');
  return what && subject && (capability === 'activity' || capability === 'timing') ? subject : null;
}

/** "Effect on staying: AKT01" with the activity's name, or without it where the page has said so already. */
export function labelWith(label: string, subject: string, name: string | null | undefined): string {
  const end = `: ${subject}`;
  if (name === undefined || name === '' || !label.endsWith(end)) return label;
  return name === null ? label.slice(0, -end.length) : `${label.slice(0, -subject.length)}${name}`;
}
