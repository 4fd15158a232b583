import { ChevronDown, ChevronUp } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { setSummary, useDraft } from '../../state/draft.ts';
import { ExampleDialog } from '../examples/ExampleDialog.tsx';
import { placeOf } from '../examples/texts.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { count } from '../../ui/format.ts';
import { useAnswer } from '../../ui/hooks.ts';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { isTyping } from '../../ui/shortcuts.ts';
import { Conversation } from './Conversation.tsx';
import { ExampleList } from './ExampleList.tsx';
import { LengthNotes } from './LengthNotes.tsx';
import { TokenText } from './TokenText.tsx';
import { TokenSummary } from './TokenSummary.tsx';

type Filter = 'all' | 'cut' | 'problems';

export function PreviewStep() {
  const draft = useDraft((state) => state.draft)!;
  const summary = useDraft((state) => state.summary);
  const total = summary?.examples ?? 0;
  const revision = summary?.revision ?? 0;
  const [chosen, setChosen] = useState(1);
  const [filter, setFilter] = useState<Filter>('all');
  const [edges, setEdges] = useState(true);
  const [editing, setEditing] = useState(false);
  const row = Math.min(chosen, Math.max(1, total));
  const key = `${draft.id}.${revision}.${draft.base?.id ?? ''}.${draft.preset}.${draft.overrides.maxTokens ?? 0}`;
  const lengths = useAnswer((signal) => api.preview.lengths({ draft: draft.id }, signal), key);
  const limit = lengths.loading ? '' : (lengths.value?.maxTokens ?? '');
  const example = useAnswer(
    async (signal) =>
      total === 0
        ? null
        : ((await api.examples.rows({ draft: draft.id, offset: row - 1, limit: 1 }, signal)).rows[0] ?? null),
    `${draft.id}.${revision}.${row}`,
  );
  const read = useAnswer(
    (signal) => api.preview.rows({ draft: draft.id, rows: [row] }, signal),
    `${key}.${row}.${limit}`,
  );
  const shown = read.value?.rows[0];
  const tokens = shown?.row === row ? shown.tokens : [];
  const measured = lengths.value?.measurement;
  const cutRows = useMemo(() => new Set(measured?.cutRows), [measured]);
  const problemRows = useMemo(() => measured?.problems.map((problem) => problem.row) ?? [], [measured]);
  const listed = filter === 'cut' ? (measured?.cutRows ?? []) : filter === 'problems' ? problemRows : null;
  const list = listed === null || listed.length === 0 ? null : listed;
  const choose = (next: number): void => setChosen(Math.max(1, Math.min(total, next)));
  const step = (by: 1 | -1): void => {
    if (list === null) return choose(row + by);
    const at = list.indexOf(row);
    choose(list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + by))] ?? row);
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (document.querySelector('dialog[open]') !== null || (event.key !== 'j' && event.key !== 'k')) return;
      event.preventDefault();
      step(event.key === 'j' ? 1 : -1);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  });
  const showFiltered = (next: Filter): void => {
    setFilter(next);
    const [first] = next === 'cut' ? (measured?.cutRows ?? []) : next === 'problems' ? problemRows : [];
    if (first !== undefined) choose(first);
  };
  return (
    <Screen
      title={words.preview.title}
      lede={words.preview.lede}
      fixed
      bar={
        <>
          <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'examples' }} label={words.steps.examples} />
          <span className="note" role="status">
            {measured === undefined
              ? lengths.failure === null
                ? words.preview.measuring
                : ''
              : measured.cut === 0 && measured.problemCount === 0
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
            <select
              className="input select-small"
              aria-label={words.preview.filter}
              value={list === null ? 'all' : filter}
              onChange={(event) => showFiltered(event.target.value as Filter)}
            >
              <option value="all">{words.preview.filters.all(count(total))}</option>
              {measured !== undefined && measured.cut > 0 && (
                <option value="cut">{words.preview.filters.cut(count(measured.cut))}</option>
              )}
              {measured !== undefined && measured.problemCount > 0 && (
                <option value="problems">{words.preview.filters.problems(count(measured.problemCount))}</option>
              )}
            </select>
          </div>
          <ExampleList draft={draft.id} revision={revision} rows={list} cut={cutRows} chosen={row} onChoose={choose} />
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
                onClick={() => step(-1)}
              >
                <ChevronUp className="icon" aria-hidden />
              </Button>
              <Button
                look="quiet"
                small
                iconOnly
                aria-label={words.preview.nextExample}
                disabled={row >= total}
                onClick={() => step(1)}
              >
                <ChevronDown className="icon" aria-hidden />
              </Button>
              <Button small disabled={example.value === null} onClick={() => setEditing(true)}>
                {words.preview.edit}
              </Button>
            </span>
          </div>
          <Conversation
            key={`${revision}.${example.value?.row ?? 0}`}
            messages={example.value?.messages ?? []}
            tokens={tokens}
          />
        </div>
        <div tabIndex={-1}>
          <div className="ph">
            <h2 title={words.preview.tokensWhy}>{words.preview.tokens}</h2>
            <label className="push row small dim">
              <input type="checkbox" checked={edges} onChange={() => setEdges(!edges)} /> {words.preview.edges}
            </label>
          </div>
          {shown?.row === row && shown.problem !== undefined && (
            <div className="pad">
              <Callout kind="warn" title={shown.problem}>
                {shown.advice}
              </Callout>
            </div>
          )}
          <TokenText
            key={`${revision}.${row}`}
            tokens={tokens}
            edges={edges}
            loading={read.loading && tokens.length === 0}
          />
        </div>
      </section>
      <TokenSummary tokens={tokens} maxTokens={read.value?.maxTokens ?? null} lengths={measured ?? null} />
      <LengthNotes
        lengths={lengths.value}
        failure={lengths.failure}
        chosen={row}
        again={lengths.again}
        onShow={choose}
      />
      {editing && example.value !== null && (
        <ExampleDialog
          title={words.examples.editTitle(row)}
          keptAs={`edit.${draft.id}.${revision}.${row}`}
          {...(example.value.source === undefined ? {} : { from: placeOf(example.value) })}
          messages={example.value.messages}
          saveLabel={words.examples.save}
          onSave={async (messages) => setSummary(await api.examples.edit({ draft: draft.id, row, messages }))}
          onClose={() => setEditing(false)}
        />
      )}
    </Screen>
  );
}
