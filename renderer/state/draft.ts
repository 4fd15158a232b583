import { create } from 'zustand';
import type { Draft, DraftChange } from '#common/contract/app/drafts.ts';
import type { ExamplesSummary } from '#common/contract/app/examples.ts';
import { toFailure, type Failure } from '#common/domain/errors.ts';
import { api } from '../api/client.ts';
import { refreshDrafts } from './app.ts';

interface DraftState {
  readonly draft: Draft | null;
  readonly summary: ExamplesSummary | null;
  /** Why the draft could not be opened or saved. */
  readonly failure: Failure | null;
}

/** The draft that the wizard is on. */
export const useDraft = create<DraftState>(() => ({ draft: null, summary: null, failure: null }));

export async function openDraft(id: string): Promise<void> {
  if (useDraft.getState().draft?.id !== id) useDraft.setState({ draft: null, summary: null, failure: null });
  try {
    const [draft, summary] = await Promise.all([api.drafts.get({ id }), api.examples.summary({ draft: id })]);
    useDraft.setState({ draft, summary, failure: null });
  } catch (thrown) {
    useDraft.setState({ failure: toFailure(thrown) });
  }
}

let saves = 0;

/** Shows the change at once and has main write it; what main answers to the newest then counts: an earlier answer lacks what was changed since. */
export async function saveDraft(change: DraftChange): Promise<void> {
  const { draft } = useDraft.getState();
  if (draft === null) return;
  saves += 1;
  const mine = saves;
  useDraft.setState({ draft: { ...draft, ...change } as Draft });
  try {
    const saved = await api.drafts.save({ id: draft.id, change });
    if (mine === saves && useDraft.getState().draft?.id === saved.id)
      useDraft.setState({ draft: saved, failure: null });
  } catch (thrown) {
    useDraft.setState({ failure: toFailure(thrown) });
  }
  void refreshDrafts();
}

export function setSummary(summary: ExamplesSummary): void {
  useDraft.setState({ summary });
}
