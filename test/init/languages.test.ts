/** Files as people of several countries write them. */
import { describe, expect, it } from 'vitest';
import { noticeFile } from '../../src/init/notice-file.ts';
import { DAY_MS } from '../../src/core/clock.ts';
import { createRandom } from '../../src/stats/random.ts';
import { namedPart } from '../../src/stats/habits/written-date.ts';
import { fileWith } from '../ingest/table/files.ts';

interface Country {
  readonly locale: string;
  readonly head: readonly string[];
  readonly yes: string;
  readonly no: string;
  /** Between the parts of a date. */
  readonly mark: string;
}

const COUNTRIES: readonly Country[] = [
  {
    locale: 'de',
    head: ['Datum', 'Wochentag', 'Monat', 'Alter', 'Einkommen', 'Vorhersage'],
    yes: 'ja',
    no: 'nein',
    mark: '.',
  },
  {
    locale: 'fr',
    head: ['horodatage', 'jour', 'mois', 'âge', 'revenu', 'prédiction'],
    yes: 'Oui',
    no: 'Non',
    mark: '.',
  },
  {
    locale: 'es',
    head: ['fecha', 'día', 'mes', 'edad', 'ingresos', 'predicción'],
    yes: 'sí',
    no: 'no',
    mark: '/',
  },
];

/** Four months of one year. */
function csvOf({ locale, head, yes, no, mark }: Country): string {
  const random = createRandom(7);
  const named = (options: Intl.DateTimeFormatOptions, ms: number): string =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(ms);
  const lines = Array.from({ length: 1_200 }, (_, row) => {
    const ms = Date.UTC(2026, 0, 1) + Math.floor(row / 10) * DAY_MS;
    const [year, month, day] = new Date(ms).toISOString().slice(0, 10).split('-');
    return [
      `${day}${mark}${month}${mark}${year}`,
      named({ weekday: 'long' }, ms),
      named({ month: 'long' }, ms),
      18 + Math.floor(60 * random()),
      (1_000 + 3_000 * random()).toFixed(2).replace('.', ','),
      random() < 0.3 ? yes : no,
    ].join(';');
  });
  return `${head.join(';')}\n${lines.join('\n')}\n`;
}

describe('init of a file', () => {
  it.each(COUNTRIES)('in the words of $locale', async (country) => {
    const { noticed } = await noticeFile(fileWith('loans.csv', csvOf(country)), null, {});
    const [, weekday, month, age, income, prediction] = country.head;
    const columns = new Map(noticed.columns.map((column) => [column.name, column]));
    expect(columns.get(weekday!)?.role).toBe('calendar');
    expect(columns.get(month!)).toMatchObject({ role: 'calendar', why: 'holds the names of months' });
    expect(columns.get(age!)).toMatchObject({ kind: 'numeric', decimal_comma: false });
    expect(columns.get(income!)).toMatchObject({ kind: 'numeric', decimal_comma: true });
    expect(columns.get(prediction!)?.role).toBe('prediction');
    expect(noticed.positive_class).toBe(country.yes);
  });

  it('takes dates with points for times, day first', async () => {
    const [german] = COUNTRIES;
    const { noticed, read } = await noticeFile(fileWith('loans.csv', csvOf(german!)), null, {});
    expect(noticed.columns.find(({ name }) => name === 'Datum')?.role).toBe('timestamp');
    expect(read.table.timestampMs?.[0]).toBe(Date.UTC(2026, 0, 1));
    expect(read.table.timestampMs?.[1_199]).toBe(Date.UTC(2026, 3, 30));
    const cells = ['31.12.2026 23:59', '1.2.2026 3:04:05', '1.2.2026 3:04:05.250', '31.2.2026', '13/31/2026'];
    const odd = await noticeFile(
      fileWith('odd.csv', `Zeit,x\n${cells.map((cell) => `${cell},1`).join('\n')}\n`),
      null,
      {
        columns: { timestamp: 'Zeit' },
      },
    );
    expect([...(odd.read.table.timestampMs ?? [])]).toEqual([
      Date.UTC(2026, 11, 31, 23, 59),
      Date.UTC(2026, 1, 1, 3, 4, 5),
      Date.UTC(2026, 1, 1, 3, 4, 5, 250),
      NaN,
      NaN,
    ]);
  });

  it.each([
    // The first rows could be read either way; the last could not.
    [
      'day',
      ['03/04/2026', '4/4/2026 9:30', '13/04/2026 09:30:15'],
      [
        [3, 3],
        [3, 4, 9, 30],
        [3, 13, 9, 30, 15],
      ],
    ],
    [
      'month',
      ['04/03/2026', '4/4/2026T9:30', '04/13/2026 09:30:15'],
      [
        [3, 3],
        [3, 4, 9, 30],
        [3, 13, 9, 30, 15],
      ],
    ],
    [null, ['03/04/2026', '04/04/2026', '12/12/2026'], []],
    [null, ['13/04/2026', '04/13/2026', '01/01/2026'], []],
  ] as const)(
    'takes dates with strokes for times, the %s first, where one cell shows it',
    async (first, cells, times) => {
      const text = `date,x,label\n${cells.map((cell, n) => `${cell},${n / 2},${n % 2}`).join('\n')}\n`;
      const { read, noticed } = await noticeFile(fileWith('strokes.csv', text), null, {});
      const note = noticed.notes.find((each) => each.startsWith('date '));
      if (first === null) {
        expect(note).toMatch(/^date holds dates like 03\/04\/2026, .* once they are written as 2026-04-03$/);
        expect(read.table.timestampMs).toBeNull();
      } else {
        expect(note).toBe(`date is read as dates with the ${first} first`);
        expect([...(read.table.timestampMs ?? [])]).toEqual(
          times.map(([month, day, hour = 0, minute = 0, second = 0]) =>
            Date.UTC(2026, month, day, hour, minute, second),
          ),
        );
      }
    },
  );

  it.each([
    ['lundi mardi mercredi jeudi vendredi', 'day_of_week'],
    ['Mo Di Mi Do Fr', 'day_of_week'],
    ['MIERCOLES LUNES MARTES JUEVES SABADO', 'day_of_week'],
    ['Jan. Feb. Apr.', 'month'],
    ['enero febrero marzo abril', 'month'],
    // Two languages, too few to tell, and words that happen to be names.
    ['lundi Dienstag mercredi jeudi vendredi', null],
    ['mar sun', null],
    ['may will can', null],
  ])('of %s: %s', (words, part) => {
    expect(namedPart(words.split(' '))).toBe(part);
  });

  it.each([
    [['Ja', 'Nein'], 'Ja'],
    [['no', 'yes'], 'yes'],
    [['NÃO', 'Sim'], 'Sim'],
    [['ja', 'nein', 'vielleicht'], null],
    [['good', 'bad'], null],
  ])('the positive class of %s is %s', async (classes, positive) => {
    const rows = Array.from({ length: 60 }, (_, row) => `${row % 7},${classes[row % classes.length]}`);
    const { noticed } = await noticeFile(fileWith('c.csv', `x,prediction\n${rows.join('\n')}\n`), null, {});
    expect(noticed.positive_class).toBe(positive);
  });
});
