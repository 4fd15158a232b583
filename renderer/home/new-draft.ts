import { api } from '../api/client.ts';
import { refreshDrafts } from '../state/app.ts';
import { go } from '../state/route.ts';

/** Begins a new project at its first step. */
export async function newDraft(): Promise<void> {
  const draft = await api.drafts.create({});
  await refreshDrafts();
  go({ screen: 'wizard', draft: draft.id, step: 'model' });
}

/** Begins a project with the guided sample, at the first step that there is something to see. */
export async function newSample(): Promise<void> {
  const draft = await api.drafts.createSample({});
  await refreshDrafts();
  go({ screen: 'wizard', draft: draft.id, step: draft.step });
}
