// How does a choice in the mapping editor change the mapping's text, and leave everything else as it stood?

/** The column that a table of the mapping reads its target from, or null; tables are counted in the order of the text. */
export function sourceOf(text: string, table: number, target: string): string | null {
  const line = linesOf(text, table).find(({ line }) => nameOf(line) === target)?.line;
  if (!line) return null;
  const value = line.slice(line.indexOf('=') + 1).trim();
  const plain = /^(?:\{[^}]*\bcolumn\s*=\s*)?("(?:[^"\\]|\\.)*"|'[^']*')/.exec(value)?.[1];
  return plain ? unquoted(plain) : null;
}

/** Points a target at another column; null takes the target out. */
export function withSource(text: string, table: number, target: string, source: string | null): string {
  const lines = text.split('\n');
  const found = linesOf(text, table);
  const at = found.find(({ line }) => nameOf(line) === target);
  if (at) {
    if (source === null) lines.splice(at.number, 1);
    else lines[at.number] = rewritten(at.line, source);
    return lines.join('\n');
  }
  if (source === null) return text;
  const end = found.filter(({ line }) => line.trim() !== '').at(-1);
  if (!end) return text;
  lines.splice(end.number + 1, 0, `${target} = ${quoted(source)}`);
  return lines.join('\n');
}

/** The lines under [table.columns] of the n-th [[table]], the heading included. */
function linesOf(text: string, table: number): { number: number; line: string }[] {
  const found: { number: number; line: string }[] = [];
  let seen = -1;
  let inside = false;
  for (const [number, line] of text.split('\n').entries()) {
    const heading = /^\s*(\[\[?)\s*([^\]]+?)\s*\]/.exec(line);
    if (heading) {
      if (heading[1] === '[[' && heading[2] === 'table') seen += 1;
      inside = seen === table && heading[2] === 'table.columns';
    }
    if (inside) found.push({ number, line });
  }
  return found;
}

function nameOf(line: string): string | null {
  return /^\s*([A-Za-z0-9_-]+)\s*=/.exec(line)?.[1] ?? null;
}

/** Only the column's name changes: values, units and dates that stood beside it stay. */
function rewritten(line: string, source: string): string {
  const inTable = /^(\s*[A-Za-z0-9_-]+\s*=\s*\{[^}]*\bcolumn\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*')/;
  if (inTable.test(line)) return line.replace(inTable, (_, before: string) => before + quoted(source));
  const comment = /\s+#[^"']*$/.exec(line)?.[0] ?? '';
  return `${/^\s*[A-Za-z0-9_-]+\s*=/.exec(line)?.[0] ?? ''} ${quoted(source)}${comment}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}
