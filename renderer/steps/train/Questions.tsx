import { MessageSquare, Plus, X } from 'lucide-react';
import { z } from 'zod';
import { words } from '../../copy/index.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { useKept } from '../../state/kept.ts';
import { Button } from '../../ui/Button.tsx';

/** The person's own test questions. */
export function Questions() {
  const draft = useDraft((state) => state.draft?.id ?? '');
  const questions = useDraft((state) => state.draft?.questions ?? []);
  const [text, setText] = useKept(`own-question.${draft}`, z.string(), '');
  const add = (): void => {
    if (text.trim() === '' || questions.includes(text.trim())) return;
    void saveDraft({ questions: [...questions, text.trim()] });
    setText('');
  };
  return (
    <div className="ruled">
      <h3>{words.train.watch}</h3>
      <p className="small dim">{words.train.watchWhy}</p>
      <ul className="qs">
        {questions.map((question) => (
          <li key={question}>
            <MessageSquare className="icon" aria-hidden />
            <span className="grow">{question}</span>
            <Button
              look="quiet"
              small
              iconOnly
              aria-label={words.train.removeQuestion(question)}
              onClick={() => void saveDraft({ questions: questions.filter((other) => other !== question) })}
            >
              <X className="icon" aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          className="input"
          aria-label={words.train.question}
          placeholder={words.train.question}
          value={text}
          maxLength={20_000}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" disabled={text.trim() === ''}>
          <Plus className="icon" aria-hidden />
          {words.train.add}
        </Button>
      </form>
    </div>
  );
}
