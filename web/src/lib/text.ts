// Small work with words.

/** "odla" becomes "Odla": words from the catalogues begin a cell or a line. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** "delivery_on_time" becomes "delivery on time": a company's own key, made readable but not translated. */
export function readable(key: string): string {
  return key.replaceAll('_', ' ');
}

/** A company's own key in a sentence reads as words. */
export function spoken(sentence: string): string {
  return sentence.replace(/\b[a-z]+(?:_[a-z0-9]+)+\b/g, (key, at: number) => (at === 0 ? capital(readable(key)) : readable(key)));
}

/** How well a text answers a search: 0 when it does not; the beginning of a word is better than its middle. */
export function match(text: string, wanted: string): number {
  const found = text.toLocaleLowerCase();
  const words = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  let score = 0;
  for (const word of words) {
    const at = found.indexOf(word);
    if (at < 0) return 0;
    score += at === 0 ? 3 : found[at - 1] === ' ' ? 2 : 1;
  }
  return score;
}

/** A table as text that a spreadsheet takes from the clipboard. */
export function tabSeparated(headings: string[], rows: string[][]): string {
  return [headings, ...rows].map((row) => row.map((cell) => cell.replace(/[\t\n]/g, ' ')).join('\t')).join('\n');
}

/** A table as a file that a spreadsheet opens: semicolons, since a comma stands within numbers. */
export function csv(headings: string[], rows: string[][]): string {
  const field = (text: string) => (/[;"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [headings, ...rows].map((row) => row.map(field).join(';')).join('\r\n');
}

/** The name of a file without the folders that it lay in. */
export function fileOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** Whole words on at most so many lines of so many letters; what does not fit ends with an ellipsis. */
export function lined(text: string, letters: number, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const kept = lines.slice(0, most);
  if (lines.length > most) kept[most - 1] = `${kept[most - 1]} ${lines[most]}`;
  return kept.map((line) => (line.length > letters ? `${line.slice(0, Math.max(1, letters - 1)).trimEnd()}…` : line));
}
