// The language Brook: reads a program into a tree and says what is wrong with it, and brings two programs that mean the same
// to the same form. Plain JavaScript without dependencies; README.md describes the language.

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const keywords = new Set(
  (
    'zone sensor tank limit every when if unless else end repeat water feed mist fill wait open close notify ' +
    'on at for with to above below day minutes litres seconds ml percent times'
  ).split(' '),
);

/** What is wrong with a program, with its line (from 1). */
export class BrookError extends Error {
  constructor(line, message) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

// Each form is words to match; `{}` names what stands there and how it is read.
const declarations = [
  ['zone', '{name:name} on valve {valve:positive}'],
  ['sensor', '{name:name} on pin {pin:positive}'],
  ['tank', '{name:name} holds {litres:positive} litres'],
  ['limit', '{name:name} to {litres:positive} litres a day'],
];
const actions = [
  ['water', '{zone:name} for {minutes:positive} minutes'],
  ['water', '{zone:name} with {litres:positive} litres'],
  ['feed', '{zone:name} with {ml:positive} ml'],
  ['mist', '{zone:name} for {seconds:positive} seconds'],
  ['fill', '{tank:name} to {percent:percent} percent'],
  ['wait', '{minutes:positive} minutes'],
  ['open', '{name:name}'],
  ['close', '{name:name}'],
  ['notify', '{text:text}'],
];

/**
 * Reads a program.
 * @param {string} source
 * @returns {object[]} its statements
 * @throws {BrookError}
 */
export function parse(source) {
  const lines = source
    .split(/\r?\n/)
    .map((text, index) => ({ text: text.trim(), line: index + 1 }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
  const reader = { lines, at: 0 };
  const program = [];
  while (reader.at < lines.length) program.push(topLevel(reader));
  if (program.length === 0) throw new BrookError(1, 'there is no statement');
  rejectDuplicates(program);
  return program;
}

/**
 * The same text for programs that mean the same: comments, layout, the order of independent statements and of days do not
 * count, `unless` is an `if` whose lines stand in the else branch, and seven days are `day`.
 */
export function meaning(program) {
  return program
    .map((statement) => JSON.stringify(normal(statement)))
    .sort()
    .join('\n');
}

function topLevel(reader) {
  const { text, line } = reader.lines[reader.at];
  const verb = text.split(/\s+/)[0];
  if (verb === 'every') {
    const [, days, time] = /^every\s+(.+?)\s+at\s+(\S+)$/.exec(text) ?? fail(line, 'expected: every DAYS at HH:MM');
    reader.at += 1;
    return { kind: 'every', line, days: readDays(days, line), time: readTime(time, line), body: block(reader, line) };
  }
  if (verb === 'when') {
    reader.at += 1;
    return { kind: 'when', line, ...readComparison(text, line), body: block(reader, line) };
  }
  reader.at += 1;
  return oneLine(declarations, text, line, 'a program has zone, sensor, tank, limit, every and when');
}

/** The lines of an open block, up to and with its `end`. */
function block(reader, openedAt) {
  const body = statements(reader, openedAt);
  expectEnd(reader, openedAt);
  return body;
}

function statements(reader, openedAt) {
  const body = [];
  for (; ; reader.at += 1) {
    const entry = reader.lines[reader.at] ?? fail(openedAt, 'this block has no end');
    const { text, line } = entry;
    if (text === 'end' || text === 'else') break;
    const verb = text.split(/\s+/)[0];
    if (verb === 'if' || verb === 'unless') {
      reader.at += 1;
      const whenTrue = statements(reader, line);
      const hasElse = verb === 'if' && reader.lines[reader.at].text === 'else';
      if (hasElse) reader.at += 1;
      const whenFalse = hasElse ? statements(reader, line) : [];
      mustBeEnd(reader, line);
      body.push({ kind: verb, line, ...readComparison(text, line), whenTrue, whenFalse });
    } else if (verb === 'repeat') {
      const [, times] = /^repeat\s+(\S+)\s+times$/.exec(text) ?? fail(line, 'expected: repeat N times');
      reader.at += 1;
      const repeated = statements(reader, line);
      mustBeEnd(reader, line);
      body.push({ kind: 'repeat', line, times: readers.positive(times, line), body: repeated });
    } else {
      body.push(oneLine(actions, text, line, 'this cannot stand in a block'));
    }
  }
  if (body.length === 0) fail(openedAt, 'this block is empty');
  return body;
}

function expectEnd(reader, openedAt) {
  mustBeEnd(reader, openedAt);
  reader.at += 1;
}

function mustBeEnd(reader, openedAt) {
  const entry = reader.lines[reader.at];
  if (entry?.text !== 'end') fail(entry?.line ?? openedAt, 'expected end');
}

function oneLine(forms, text, line, otherwise) {
  const verb = text.split(/\s+/)[0];
  const candidates = forms.filter(([name]) => name === verb);
  if (candidates.length === 0) fail(line, otherwise);
  for (const [, form] of candidates) {
    const parts = [...form.matchAll(/\{(\w+):(\w+)\}/g)];
    const pattern = form
      .replaceAll(' ', '\\s+')
      .replace(/\{\w+:(\w+)\}/g, (_, kind) => (kind === 'text' ? '(.+)' : '(\\S+)'));
    const found = new RegExp(`^${verb}\\s+${pattern}$`).exec(text);
    if (found === null) continue;
    const values = parts.map(([, key, kind], index) => [key, readers[kind](found[index + 1], line)]);
    return { kind: verb, line, ...Object.fromEntries(values) };
  }
  return fail(
    line,
    `expected: ${candidates.map(([, form]) => `${verb} ${form.replace(/\{(\w+):\w+\}/g, '$1')}`).join(' or ')}`,
  );
}

const readers = {
  name(text, line) {
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(text)) fail(line, `${text} is not a name`);
    if (keywords.has(text)) fail(line, `${text} is a word of the language`);
    return text;
  },
  positive(text, line) {
    if (!/^[1-9]\d{0,5}$/.test(text)) fail(line, `${text} is not a whole number above 0`);
    return Number(text);
  },
  percent(text, line) {
    const value = readers.positive(text, line);
    if (value > 100) fail(line, `${text} percent is more than full`);
    return value;
  },
  text(text, line) {
    if (!/^"[^"]+"$/.test(text)) fail(line, 'a text stands in double quotes');
    return text.slice(1, -1);
  },
};

function readDays(text, line) {
  if (text === 'day') return weekdays;
  const days = text.split(/\s*,\s*/);
  const wrong = days.find((day) => !weekdays.includes(day));
  if (wrong !== undefined) fail(line, `${wrong} is not a day; days are separated by commas`);
  if (new Set(days).size < days.length) fail(line, 'a day is named twice');
  return days;
}

function readTime(text, line) {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) fail(line, `${text} is not a time from 00:00 to 23:59`);
  return text;
}

function readComparison(text, line) {
  const [, sensor, comparison, value] =
    /^\w+\s+(\S+)\s+(above|below)\s+(\d{1,6})$/.exec(text) ?? fail(line, 'expected: SENSOR above N or SENSOR below N');
  return { sensor: readers.name(sensor, line), comparison, value: Number(value) };
}

function rejectDuplicates(program) {
  const seen = new Set();
  for (const { kind, name, line } of program) {
    if (name === undefined) continue;
    const key = `${kind} ${name}`;
    if (seen.has(key)) fail(line, `${key} is there twice`);
    seen.add(key);
  }
}

function normal({ line: _line, ...statement }) {
  if (statement.kind === 'notify')
    return { kind: 'notify', text: statement.text.toLowerCase().trim().replace(/[.!]$/, '') };
  if (statement.days !== undefined)
    return {
      ...statement,
      days: weekdays.filter((day) => statement.days.includes(day)),
      body: statement.body.map(normal),
    };
  if (statement.body !== undefined) return { ...statement, body: statement.body.map(normal) };
  if (statement.whenTrue === undefined) return statement;
  const { sensor, comparison, value } = statement;
  const [whenTrue, whenFalse] = [statement.whenTrue.map(normal), statement.whenFalse.map(normal)];
  const branches = statement.kind === 'unless' ? { whenTrue: whenFalse, whenFalse: whenTrue } : { whenTrue, whenFalse };
  return { kind: 'if', sensor, comparison, value, ...branches };
}

function fail(line, message) {
  throw new BrookError(line, message);
}
