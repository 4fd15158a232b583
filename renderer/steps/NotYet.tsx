import type { StepId } from '#common/contract/app/drafts.ts';
import { words } from '../copy/index.ts';
import { Screen } from '../ui/Screen.tsx';

/** A step that needs the work of an earlier one first. */
export function NotYet({ step, why }: { readonly step: StepId; readonly why: string }) {
  return (
    <Screen title={words.steps[step]} lede={why}>
      {null}
    </Screen>
  );
}
