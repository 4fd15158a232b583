import { useState } from 'react';
import type { InstallRecipe } from '#common/contract/app/installing.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';

/** What is written into Ollama with the model: in words, and as the Modelfile for experts. */
export function RecipeCard({ recipe }: { readonly recipe: InstallRecipe }) {
  const [open, setOpen] = useState(false);
  const of = words.install;
  return (
    <section className="card pad stack" aria-labelledby="recipe">
      <div>
        <h2 id="recipe">{of.how}</h2>
        <p className="small dim">{of.howWhy}</p>
      </div>
      <dl className="recipe">
        <dt>{of.temperature}</dt>
        <dd>
          <b>{recipe.temperature}</b> <span>{of.temperatureWhy}</span>
        </dd>
        <dt>{of.repeat}</dt>
        <dd>
          <b>{recipe.repeatPenalty}</b> <span>{of.repeatWhy}</span>
        </dd>
        <dt>{of.stops}</dt>
        <dd>
          <b>{recipe.stops.length === 0 ? of.noStops : <Stops stops={recipe.stops} />}</b> <span>{of.stopsWhy}</span>
        </dd>
      </dl>
      <div>
        <Button look="quiet" small aria-expanded={open} aria-controls="modelfile" onClick={() => setOpen(!open)}>
          {open ? of.expertHide : of.expert}
        </Button>
      </div>
      {open && (
        <pre id="modelfile" className="codebox" role="region" tabIndex={0} aria-label={of.modelfile}>
          {recipe.modelfile}
        </pre>
      )}
    </section>
  );
}

export function Stops({ stops }: { readonly stops: readonly string[] }) {
  return stops.map((stop) => (
    <code key={stop} className="stopword">
      {stop}
    </code>
  ));
}
