/** What each model of the catalogue is good for, in a lay person's words: of the command line, and the window's English. */
export const goodFor = {
  practice: 'To learn the ropes: trains in a few minutes on any computer. It knows next to nothing.',
  'smollm2-135m': 'The smallest real one. For short, regular answers in English on any computer.',
  'gemma3-270m': 'Tiny and fast, knows many languages. For answers with a fixed shape: labels, fields, short commands.',
  'smollm2-360m': 'Short answers in English, and still quick to train without a graphics card.',
  'qwen3-0.6b': 'Code, tables and many languages. A good middle for most subjects.',
  'qwen2.5-0.5b': 'Code and structured answers, without the habit of thinking aloud.',
  'gemma3-1b': 'Well-worded replies in many languages. Good for support desks.',
  'llama3.2-1b': 'General answers in English and seven other languages.',
  'qwen3-1.7b': 'Longer and more careful answers, code, many languages. Wants a graphics card or patience.',
  'qwen3-4b': 'The strongest of this list. For reasoning and long answers, on a computer with a large graphics card.',
} as const;
