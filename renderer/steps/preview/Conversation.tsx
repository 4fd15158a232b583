import { useState } from 'react';
import type { Message } from '#common/domain/example.ts';
import { words } from '../../copy/index.ts';
import { count } from '../../ui/format.ts';
import { isSpecial, type Token } from './token-runs.ts';

/** Longer texts are folded in their middle. */
const shownLines = 24;

interface Props {
  readonly messages: readonly Message[];
  readonly tokens: readonly Token[];
}

/** The example as people see it; what lies beyond the limit is struck through. */
export function Conversation({ messages, tokens }: Props) {
  const cutText = tokens
    .filter((token) => token.role === 'cut' && !isSpecial(token))
    .map(({ text }) => text)
    .join('')
    .trimEnd();
  return (
    <div className="chat">
      {messages.map((message, index) => (
        <div key={index}>
          <div className={`who ${message.role === 'user' ? 'r' : ''}`}>{words.preview.who[message.role]}</div>
          <Bubble message={message} cutText={index === messages.length - 1 ? cutText : ''} />
        </div>
      ))}
    </div>
  );
}

const looks = { user: 'you', assistant: 'model whole', system: 'instruction' } as const;

function Bubble({ message, cutText }: { readonly message: Message; readonly cutText: string }) {
  const [open, setOpen] = useState(false);
  const text = message.content.trimEnd();
  // The template may have trimmed or rewritten the text: then nothing is struck rather than the wrong part.
  const cutAt = cutText !== '' && text.endsWith(cutText) ? text.length - cutText.length : text.length;
  const lines = text.split('\n');
  const folded = !open && lines.length > shownLines + 6;
  const [head, tail] = folded
    ? [lines.slice(0, shownLines / 2).join('\n'), lines.slice(-shownLines / 2).join('\n')]
    : [text, ''];
  return (
    <div className={`bubble ${looks[message.role]}`}>
      <pre className={message.role === 'assistant' ? '' : 'plain'}>
        <Piece text={head} cutAt={cutAt} />
        {folded && (
          <>
            {'\n'}
            <button type="button" className="fold" onClick={() => setOpen(true)}>
              {words.preview.moreLines(count(lines.length - shownLines))}
            </button>
            {'\n'}
            <Piece text={tail} cutAt={cutAt - (text.length - tail.length)} />
          </>
        )}
      </pre>
    </div>
  );
}

/** Text, from `cutAt` on struck through. */
function Piece({ text, cutAt }: { readonly text: string; readonly cutAt: number }) {
  if (cutAt >= text.length) return text;
  const at = Math.max(0, cutAt);
  return (
    <>
      {text.slice(0, at)}
      <del className="cut-text">{text.slice(at)}</del>
    </>
  );
}
