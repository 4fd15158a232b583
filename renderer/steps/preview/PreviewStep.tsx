import { ChevronDown, ChevronUp } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { setSummary, useDraft } from '../../state/draft.ts';
import { ExampleDialog } from '../examples/ExampleDialog.tsx';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { count } from '../../ui/format.ts';
import { useAnswer } from '../../ui/hooks.ts';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { ExampleList } from './ExampleList.tsx';
import { LengthNotes } from './LengthNotes.tsx';
import { TokenText } from './TokenText.tsx';
import { TokenSummary } from './TokenSummary.tsx';

export function PreviewStep() {
  const draft = useDraft((state) => state.draft)!;
  const summary = useDraft((state) => state.summary);
  const total = summary?.examples ?? 0;
  const revision = summary?.revision ?? 0;
  const [chosen, setChosen] = useState(1);
  const [edges, setEdges] = useState(true);
  const [editing, setEditing] = useState(false);
  const row = Math.min(chosen, Math.max(1, total));
  const limit = draft.overrides.maxTokens ?? 0;
  const key = `${draft.id}.${revision}.${draft.base?.id ?? ''}.${limit}`;
  const example = useAnswer(
    async (signal) =>
      total === 0
        ? null
        : ((await api.examples.rows({ draft: draft.id, offset: row - 1, limit: 1 }, signal)).rows[0] ?? null),
    `${key}.${row}`,
  );
  const read = useAnswer((signal) => api.preview.rows({ draft: draft.id, rows: [row] }, signal), `${key}.${row}`);
  const lengths = useAnswer((signal) => api.preview.lengths({ draft: draft.id }, signal), key);
  const tokens = read.value?.rows[0]?.tokens ?? [];
  const measured = lengths.value?.measurement;
  const choose = (next: number): void => setChosen(Math.max(1, Math.min(total, next)));
  return (
    <Screen
      title={words.preview.title}
      lede={words.preview.lede}
      fixed
      bar={
        <>
          <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'examples' }} label={words.steps.examples} />
          <span className="note">
            {measured === undefined
              ? words.preview.measuring
              : measured.cut === 0
                ? words.preview.allFit(count(measured.learnedTokens))
                : ''}
          </span>
          <NextButton
            label={words.preview.next}
            disabled={total === 0}
            to={{ screen: 'wizard', draft: draft.id, step: 'train' }}
          />
        </>
      }
    >
      <FailureCallout failure={read.failure ?? example.failure} again={read.again} />
      <section className="card pv" aria-label={words.preview.region}>
        <div className="plist">
          <div className="ph">
            <h2>{words.preview.examples(count(total))}</h2>
          </div>
          <ExampleList draft={draft.id} revision={revision} chosen={row} onChoose={choose} />
        </div>
        <div tabIndex={0} role="region" aria-label={words.preview.conversation}>
          <div className="ph">
            <h2>{words.preview.conversation}</h2>
            <span className="push row">
              <Button
                look="quiet"
                small
                iconOnly
                aria-label={words.preview.previousExample}
                disabled={row <= 1}
                onClick={() => choose(row - 1)}
              >
                <ChevronUp className="icon" aria-hidden />
              </Button>
              <Button
                look="quiet"
                small
                iconOnly
                aria-label={words.preview.nextExample}
                disabled={row >= total}
                onClick={() => choose(row + 1)}
              >
                <ChevronDown className="icon" aria-hidden />
              </Button>
              <Button small disabled={example.value === null} onClick={() => setEditing(true)}>
                {words.preview.edit}
              </Button>
            </span>
          </div>
          <div className="chat">
            {example.value?.messages.map((message, index) => (
              <div key={index}>
                <div className={`who ${message.role === 'user' ? 'r' : ''}`}>{words.preview.who[message.role]}</div>
                <div
                  className={`bubble ${message.role === 'user' ? 'you' : message.role === 'assistant' ? 'model whole' : 'instruction'}`}
                >
                  <pre className={message.role === 'assistant' ? '' : 'plain'}>{message.content}</pre>
                </div>
              </div>
            ))}
          </div>
        </div>
        <div tabIndex={-1}>
          <div className="ph">
            <h2 title={words.preview.tokensWhy}>{words.preview.tokens}</h2>
            <label className="push row small dim">
              <input type="checkbox" checked={edges} onChange={() => setEdges(!edges)} /> {words.preview.edges}
            </label>
          </div>
          <TokenText
            key={`${key}.${row}`}
            tokens={tokens}
            edges={edges}
            loading={read.loading && read.value === null}
          />
        </div>
      </section>
      <TokenSummary tokens={tokens} maxTokens={read.value?.maxTokens ?? null} lengths={measured ?? null} />
      <LengthNotes lengths={lengths.value} failure={lengths.failure} onShow={choose} />
      {editing && example.value !== null && (
        <ExampleDialog
          title={words.examples.editTitle(row)}
          messages={example.value.messages}
          saveLabel={words.examples.save}
          onSave={async (messages) => setSummary(await api.examples.edit({ draft: draft.id, row, messages }))}
          onClose={() => setEditing(false)}
        />
      )}
      <p className="sr" role="status">
        {words.units.tokens(count(tokens.length), tokens.length === 1)}
      </p>
    </Screen>
  );
}
