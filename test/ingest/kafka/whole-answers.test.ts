import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerFrames, MAX_FRAME_BYTES } from '../../../src/ingest/kafka/kafkajs/answer-frames.ts';
import { kafkajsInternals } from '../../../src/ingest/kafka/kafkajs/internals.ts';
import { connectForAnswers, mendEmptyRest } from '../../../src/ingest/kafka/kafkajs/whole-answers.ts';

describe('what a broker sends', () => {
  it('comes as the answers it was sent as, wherever it is cut', () => {
    const sizes = fc.array(fc.oneof(fc.nat(9), fc.nat(300_000)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.oneof(fc.nat(6), fc.nat(200_000))), (lengths, cuts) => {
        const answers = lengths.map((size, i) => answer(size, i));
        expect(cut(Buffer.concat(answers), cuts).map(digest)).toEqual(answers.map(digest));
      }),
      { numRuns: 200, seed: 19 },
    );
  });

  it.each([
    ['is no answer', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['has a size below zero', Buffer.from([255, 255, 255, 255, 1, 2, 3])],
    ['claims to be larger than is made room for', claiming(MAX_FRAME_BYTES)],
  ])('comes in the pieces that arrive where it %s', (_, strange) => {
    const frames = new AnswerFrames();
    const fine = answer(5, 1);
    const receive = (data: Buffer) => frames.received(data.copy(frames.room()));
    expect(receive(Buffer.concat([fine, strange]))).toEqual([fine, strange]);
    expect(receive(Buffer.from([0, 0, 0]))).toEqual([Buffer.from([0, 0, 0])]);
    expect(receive(answer(2, 1))).toEqual([answer(2, 1)]);
  });

  it('is received where it stays: the room is the rest of the answer', () => {
    const frames = new AnswerFrames();
    const whole = answer(1_000_000, 7);
    const begun = whole.copy(frames.room());
    expect(frames.received(begun)).toEqual([]);
    const room = frames.room();
    expect(room.length).toBe(whole.length - begun);
    expect(frames.received(whole.copy(room, 0, begun))[0]?.buffer).toBe(room.buffer);
  });

  it('reaches who listens for data over a socket, and its end as well', async () => {
    const answers = [answer(3, 1), answer(700_000, 2), answer(0, 3), answer(70_000, 4)];
    const server = createServer((peer: Socket) => peer.end(Buffer.concat(answers))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const socket = connectForAnswers({
      host: '127.0.0.1',
      port,
      ssl: undefined as never,
      onConnect: () => {},
    });
    const received: Buffer[] = [];
    socket.on('data', (data: Buffer) => received.push(data));
    await once(socket, 'end');
    server.close();
    expect(received.map(digest)).toEqual(answers.map(digest));
  });

  it('is not copied by kafkajs behind an earlier answer', () => {
    const { connection } = kafkajsInternals();
    const given: Buffer[] = [];
    const mended = Object.assign(Object.create(connection) as typeof connection, {
      chunks: [Buffer.alloc(0)],
      bytesBuffered: 0,
      bytesNeeded: 4,
      requestQueue: { fulfillRequest: ({ payload }: { payload: Buffer }) => given.push(payload) },
    });
    mendEmptyRest(mended);
    const whole = answer(100, 5);
    mended.processData(whole);
    expect(given[0]?.buffer).toBe(whole.buffer);
    expect(given[0]?.length).toBe(96);
  });
});

function answer(size: number, seed: number): Buffer {
  const frame = Buffer.alloc(4 + size, (seed * 37) % 251);
  frame.writeInt32BE(size);
  return frame;
}

function claiming(size: number): Buffer {
  const frame = Buffer.alloc(40, 1);
  frame.writeInt32BE(size);
  return frame;
}

function cut(bytes: Buffer, cuts: fc.Stream<number>): Buffer[] {
  const frames = new AnswerFrames();
  const whole: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const room = frames.room();
    expect(room.length).toBeGreaterThan(0);
    const most = Math.max(1, cuts.next().value as number);
    const came = bytes.copy(room, 0, from, Math.min(from + most, bytes.length));
    from += came;
    whole.push(...frames.received(came));
  }
  return whole;
}

function digest(frame: Buffer): string {
  return `${frame.length} ${frame.at(-1)} ${frame.subarray(0, 8).toString('hex')}`;
}
