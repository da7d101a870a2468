import { expect, it } from 'vitest';
import {
  currentTrace,
  type EndedStep,
  hearSteps,
  readTraceParent,
  step,
} from '../../../src/core/trace/steps.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

it.each([
  [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`],
  [`01-${TRACE}-${SPAN}-00-more`, `00-${TRACE}-${SPAN}-00`],
  [`00-${TRACE}-${SPAN}-01-more`, null],
  [`ff-${TRACE}-${SPAN}-01`, null],
  [`00-${'0'.repeat(32)}-${SPAN}-01`, null],
  [`00-${TRACE}-${'0'.repeat(16)}-01`, null],
  [`00-${TRACE.toUpperCase()}-${SPAN}-01`, null],
  ['', null],
  [undefined, null],
])('reads traceparent %s as %s', (text, expected) => {
  expect(readTraceParent(text)).toBe(expected);
});

it('makes no ids and asks for no links while nobody traces', async () => {
  const heard: EndedStep[] = [];
  const deaf = hearSteps((ended) => heard.push(ended));
  const links = (): never => {
    throw new Error('asked');
  };
  await step('checkpoint', { links }, async () => expect(currentTrace()).toBe(null));
  deaf();
  await step('checkpoint', {}, async () => 1);
  expect(heard.map(({ name, trace }) => [name, trace])).toEqual([['checkpoint', '']]);
});

it('goes on in the trace of the step it runs in, or of the one it follows from', async () => {
  const heard: EndedStep[] = [];
  const deaf = hearSteps((ended) => heard.push(ended), { traces: true });
  const parent = `00-${TRACE}-${SPAN}-01`;
  await step('evaluate.window', { parent }, async () => step('decide', {}, async () => currentTrace()));
  await expect(step('deliver', {}, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  deaf();
  const [decide, evaluation, deliver] = heard;
  expect(evaluation?.parent).toBe(parent);
  expect(decide?.parent).toBe(evaluation?.trace);
  expect([decide, evaluation].map((each) => each?.trace.split('-')[1])).toEqual([TRACE, TRACE]);
  expect(deliver?.trace).not.toContain(TRACE);
  expect(String(deliver?.error)).toContain('x');
});
