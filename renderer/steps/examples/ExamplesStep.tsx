import { Redo2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { ExamplesSummary, Finding } from '#common/contract/app/examples.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { setSummary, useDraft } from '../../state/draft.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { count } from '../../ui/format.ts';
import { useAction, useAnswer } from '../../ui/hooks.ts';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { Doctor } from './Doctor.tsx';
import { DropBox } from './DropBox.tsx';
import { ExampleTable } from './ExampleTable.tsx';
import { FileTable } from './FileTable.tsx';
import { effectOf } from './finding-words.ts';
import { importInputs, sheetAnswered, undoAction, useImporting } from './importing.ts';
import { RejectedRows, RefusedRows } from './RejectedRows.tsx';
import { SheetDialog } from './SheetDialog.tsx';

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
  /** With `done` a toast says what was done and offers to take it back. */
  const change = (ask: () => Promise<ExamplesSummary>, done?: string): Promise<boolean> => {
    setOnly(null);
    return work.run(async () => {
      setSummary(await ask());
      if (done !== undefined) say(done, undoAction(draft.id));
    });
  };
  const looks = doctor.value?.findings.length ?? 0;
  const lede = some ? words.examples.ledeCount(count(summary?.examples ?? 0), looks) : words.examples.lede;
  const [asked] = importing.sheets.filter((each) => each.draft === draft.id);
  return (
    <Screen
      title={words.examples.title}
      lede={lede}
      bar={
        <>
          <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'model' }} label={words.steps.model} />
          {summary !== null && summary.undo !== null && (
            <Button
              look="quiet"
              data-key="undo"
              title={words.findings.change(summary.undo, count(summary.undo.count))}
              busy={work.busy}
              onClick={() => void change(() => api.examples.undo({ draft: draft.id }))}
            >
              <Undo2 className="icon" aria-hidden />
              {words.examples.undo}
            </Button>
          )}
          {summary !== null && summary.redo !== null && (
            <Button
              look="quiet"
              data-key="redo"
              title={words.findings.change(summary.redo, count(summary.redo.count))}
              busy={work.busy}
              onClick={() => void change(() => api.examples.redo({ draft: draft.id }))}
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
          <RefusedRows draft={draft.id} rows={importing.refused} />
          <FailureCallout failure={work.failure} />
          {!some && importing.failure === null && importing.progress === null && (
            <Callout title={`${words.examples.emptyTitle}.`}>{words.examples.emptyWhy}</Callout>
          )}
          {summary !== null && summary.files.length > 0 && (
            <FileTable draft={draft.id} files={summary.files} onChange={(ask) => void change(ask)} />
          )}
          {summary !== null && summary.rejectedCount > 0 && importing.refused.length === 0 && (
            <RejectedRows draft={draft.id} revision={revision} count={summary.rejectedCount} />
          )}
        </div>
        {some && (
          <Doctor
            draft={draft.id}
            answer={doctor.value}
            loading={doctor.loading}
            failure={doctor.failure}
            busy={work.busy}
            changeFailure={work.failure}
            again={doctor.again}
            onShow={setOnly}
            onRemove={(rows) =>
              change(
                () => api.examples.remove({ draft: draft.id, rows: [...rows] }),
                words.examples.removedSome(count(rows.length)),
              )
            }
            onRepair={(finding, repair) =>
              change(
                () => api.examples.repair({ draft: draft.id, revision, finding: finding.id, repair: repair.kind }),
                words.examples.repaired(effectOf(finding, repair)),
              )
            }
            onRepairSafe={() =>
              change(() => api.examples.repairSafe({ draft: draft.id, revision }), words.examples.safeDone)
            }
          />
        )}
      </div>
      {some && (
        <ExampleTable
          draft={draft.id}
          revision={revision}
          files={summary?.files ?? []}
          only={only}
          onShowAll={() => setOnly(null)}
          onChange={(ask, done) => void change(ask, done)}
        />
      )}
      {asked !== undefined && (
        <SheetDialog
          key={asked.file.file}
          file={asked.file}
          onClose={sheetAnswered}
          onUse={(sheet) => {
            sheetAnswered();
            void importInputs(draft.id, [{ kind: 'path', path: asked.file.file }], { sheet });
          }}
        />
      )}
    </Screen>
  );
}
