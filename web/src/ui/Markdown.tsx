// A page of methods as elements; no HTML is taken from the text.

import { type Token, type Tokens, lexer } from 'marked';
import { Fragment, type ReactNode } from 'react';

export function Markdown({ text, linkTo }: { text: string; linkTo: (href: string, label: ReactNode) => ReactNode }) {
  return <div className="markdown">{blocks(lexer(text), linkTo)}</div>;
}

type LinkTo = (href: string, label: ReactNode) => ReactNode;

function blocks(tokens: Token[], linkTo: LinkTo): ReactNode {
  return tokens.map((token, at) => <Fragment key={at}>{block(token, linkTo)}</Fragment>);
}

function block(token: Token, linkTo: LinkTo): ReactNode {
  switch (token.type) {
    case 'heading':
      return (token as Tokens.Heading).depth <= 2 ? <h2>{inline(token, linkTo)}</h2> : <h3>{inline(token, linkTo)}</h3>;
    case 'paragraph':
    case 'text':
      return <p>{inline(token, linkTo)}</p>;
    case 'list': {
      const list = token as Tokens.List;
      const items = list.items.map((item, at) => <li key={at}>{item.tokens.map((part, n) => <Fragment key={n}>{part.type === 'text' || part.type === 'paragraph' ? inline(part, linkTo) : block(part, linkTo)}</Fragment>)}</li>);
      return list.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'code':
      return <pre>{(token as Tokens.Code).text}</pre>;
    case 'table': {
      const table = token as Tokens.Table;
      return (
        <table>
          <thead>
            <tr>{table.header.map((cell, at) => <th key={at} scope="col">{inline(cell as unknown as Token, linkTo)}</th>)}</tr>
          </thead>
          <tbody>{table.rows.map((row, n) => <tr key={n}>{row.map((cell, at) => <td key={at}>{inline(cell as unknown as Token, linkTo)}</td>)}</tr>)}</tbody>
        </table>
      );
    }
    case 'blockquote':
      return <blockquote>{blocks((token as Tokens.Blockquote).tokens, linkTo)}</blockquote>;
    default:
      return null;
  }
}

function inline(token: Token, linkTo: LinkTo): ReactNode {
  const parts = 'tokens' in token ? token.tokens : undefined;
  if (!parts) return plain('text' in token ? String(token.text) : '');
  return parts.map((part, at) => {
    switch (part.type) {
      case 'strong':
        return <strong key={at}>{inline(part, linkTo)}</strong>;
      case 'em':
        return <em key={at}>{inline(part, linkTo)}</em>;
      case 'codespan':
        return <code key={at}>{plain((part as Tokens.Codespan).text)}</code>;
      case 'link':
        return <Fragment key={at}>{linkTo((part as Tokens.Link).href, inline(part, linkTo))}</Fragment>;
      case 'br':
        return <br key={at} />;
      default:
        return <Fragment key={at}>{'tokens' in part && part.tokens ? inline(part, linkTo) : plain('text' in part ? String(part.text) : '')}</Fragment>;
    }
  });
}

/** The lexer escapes for HTML; React does so itself. */
function plain(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}
