import { Redo2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { ExamplesSummary, Finding } from '#common/contract/app/examples.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { setSummary, useDraft } from '../../state/draft.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { count } from '../../ui/format.ts';
import { useAction, useAnswer } from '../../ui/hooks.ts';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { Doctor } from './Doctor.tsx';
import { DropBox } from './DropBox.tsx';
import { ExampleTable } from './ExampleTable.tsx';
import { FileTable } from './FileTable.tsx';
import { useImporting } from './importing.ts';
import { RejectedRows, RefusedRows } from './RejectedRows.tsx';

export function ExamplesStep() {
  const draft = useDraft((state) => state.draft)!;
  const summary = useDraft((state) => state.summary);
  const importing = useImporting();
  const work = useAction();
  const [only, setOnly] = useState<Finding | null>(null);
  const revision = summary?.revision ?? 0;
  const some = (summary?.examples ?? 0) > 0;
  const doctor = useAnswer(
    async (signal) => (some ? api.examples.findings({ draft: draft.id }, signal) : { revision, findings: [] }),
    `${draft.id}.${revision}`,
  );
  const change = (ask: () => Promise<ExamplesSummary>): void => {
    setOnly(null);
    void work.run(async () => setSummary(await ask()));
  };
  const looks = doctor.value?.findings.length ?? 0;
  return (
    <Screen
      title={words.examples.title}
      lede={some ? words.examples.ledeCount(count(summary?.examples ?? 0), looks) : words.examples.lede}
      bar={
        <>
          <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'model' }} label={words.steps.model} />
          {summary !== null && summary.undo !== null && (
            <Button
              look="quiet"
              data-key="undo"
              title={summary.undo}
              busy={work.busy}
              onClick={() => change(() => api.examples.undo({ draft: draft.id }))}
            >
              <Undo2 className="icon" aria-hidden />
              {words.examples.undo}
            </Button>
          )}
          {summary !== null && summary.redo !== null && (
            <Button
              look="quiet"
              title={summary.redo}
              busy={work.busy}
              onClick={() => change(() => api.examples.redo({ draft: draft.id }))}
            >
              <Redo2 className="icon" aria-hidden />
              {words.examples.redo}
            </Button>
          )}
          <span className="note">
            {!some
              ? words.examples.needSome
              : summary !== null && summary.examples < 32
                ? words.examples.few
                : words.examples.safe}
          </span>
          <NextButton
            label={words.examples.next}
            disabled={!some || importing.progress !== null || draft.base === null}
            to={{ screen: 'wizard', draft: draft.id, step: 'preview' }}
          />
        </>
      }
    >
      <div className={some ? 'cols' : 'cols one'}>
        <div>
          <DropBox draft={draft.id} some={some} />
          <FailureCallout failure={importing.failure} />
          <RefusedRows rows={importing.refused} />
          <FailureCallout failure={work.failure} />
          {!some && importing.failure === null && (
            <Callout title={`${words.examples.emptyTitle}.`}>{words.examples.emptyWhy}</Callout>
          )}
          {summary !== null && summary.files.length > 0 && (
            <FileTable draft={draft.id} files={summary.files} onChange={change} />
          )}
          {summary !== null && summary.rejectedCount > 0 && (
            <RejectedRows draft={draft.id} revision={revision} count={summary.rejectedCount} />
          )}
        </div>
        {some && (
          <Doctor
            answer={doctor.value}
            loading={doctor.loading}
            failure={doctor.failure}
            busy={work.busy}
            onShow={setOnly}
            onRepair={(finding, repair) =>
              change(() => api.examples.repair({ draft: draft.id, revision, finding: finding.id, repair: repair.kind }))
            }
            onRepairSafe={() => change(() => api.examples.repairSafe({ draft: draft.id, revision }))}
          />
        )}
      </div>
      {some && (
        <ExampleTable
          draft={draft.id}
          revision={revision}
          only={only}
          onShowAll={() => setOnly(null)}
          onChange={change}
        />
      )}
    </Screen>
  );
}
