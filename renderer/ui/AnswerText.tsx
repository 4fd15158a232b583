import { fromMarkdown } from 'mdast-util-from-markdown';
import { useMemo, type ReactNode } from 'react';
import { lookOf } from './markdown.ts';

type Root = ReturnType<typeof fromMarkdown>;
type Content = Root['children'][number];

interface Props {
  readonly text: string;
  /** What follows the last word while more is coming. */
  readonly caret?: ReactNode;
}

/** A model's answer: its Markdown drawn where it wrote some, its shape kept where not. Links and pictures stay text. */
export function AnswerText({ text, caret }: Props) {
  const look = lookOf(text);
  const tree = useMemo(() => (look === 'markdown' ? fromMarkdown(text) : null), [look, text]);
  if (tree === null) {
    return (
      <pre className={`answer ${look}`}>
        {text}
        {caret}
      </pre>
    );
  }
  return (
    <div className="answer markdown">
      {children(tree)}
      {caret}
    </div>
  );
}

function children(node: Content | Root): ReactNode {
  return 'children' in node ? node.children.map((child, index) => <Node key={index} node={child} />) : null;
}

function Node({ node }: { readonly node: Content }): ReactNode {
  switch (node.type) {
    case 'text':
    case 'html':
      return node.value;
    case 'paragraph':
      return <p>{children(node)}</p>;
    case 'strong':
      return <strong>{children(node)}</strong>;
    case 'emphasis':
      return <em>{children(node)}</em>;
    case 'inlineCode':
      return <code>{node.value}</code>;
    case 'code':
      return <pre>{node.value}</pre>;
    case 'heading':
      // A heading inside an answer is none of the page's.
      return (
        <p>
          <strong>{children(node)}</strong>
        </p>
      );
    case 'blockquote':
      return <blockquote>{children(node)}</blockquote>;
    case 'list':
      return node.ordered === true ? <ol start={node.start ?? 1}>{children(node)}</ol> : <ul>{children(node)}</ul>;
    case 'listItem':
      return <li>{children(node)}</li>;
    case 'break':
      return <br />;
    case 'thematicBreak':
      return <hr />;
    case 'link':
      return (
        <>
          {children(node)} <span className="faint">({node.url})</span>
        </>
      );
    case 'image':
      return node.alt ?? node.url;
    default:
      return children(node);
  }
}
