/** `shiftwatch decode --topic` against a real broker, as somebody types it who wants to know what a topic holds. */
import { expect, it } from 'vitest';
import { describeWith } from '../../harness/describe-with.ts';
import { committedOffsets, createTopic, kafkaAdmin, produce } from '../../harness/kafka/kafka.ts';
import { runShiftwatch } from '../../harness/process.ts';
import { addressOf } from '../../harness/services.ts';

const NOW_S = 1_772_366_400;
const prediction = (id: string, timestamp: unknown) => ({
  model: 'credit',
  prediction_id: id,
  timestamp,
  features: { age: 42, country: 'DE', income: null },
  prediction: 'approve',
});

describeWith(['kafka'], 'decode --topic', () => {
  const config = (topic: object | string, group: string) => ({
    kafka: {
      brokers: addressOf('kafka'),
      client_id: group,
      group_id: group,
      topics: { predictions: [topic] },
    },
    models: [{ name: 'credit', task: 'classification', features_from: 'features' }],
  });
  const decode = async (topic: string, given: object, ...flags: string[]) => {
    const { code, stdout, stderr } = await runShiftwatch(
      ['decode', '--topic', topic, ...flags],
      { config: given },
      60_000,
    );
    const lines = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
    return { code, lines, stderr };
  };

  it('shows events, dead letters and units of several partitions, and moves no position', async () => {
    const topic = await createTopic('decode', { partitions: 2 });
    const group = `${topic}-service`;
    await produce(topic, [
      { partition: 0, value: prediction('a', NOW_S) },
      { partition: 0, value: '{"broken' },
      { partition: 0, value: null },
      { partition: 1, value: prediction('b', NOW_S * 1_000) },
      { partition: 1, value: prediction('b2', NOW_S * 1_000) },
      { partition: 1, value: prediction('c', '2026-03-01T12:00:00Z') },
    ]);
    const { code, lines, stderr } = await decode(topic, config(topic, group), '--sample', '10', '--json');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(lines).toHaveLength(7);
    expect(lines).toContainEqual({
      partition: 0,
      offset: '1',
      dead_letter: { reason: 'malformed_json', detail: expect.any(String) as string },
    });
    expect(lines).toContainEqual(
      expect.objectContaining({ partition: 0, offset: '2', dead_letter: expect.anything() as object }),
    );
    expect(lines.at(-1)).toMatchObject({
      summary: {
        format: 'json',
        suggestion: null,
        records: 6,
        events: { prediction: 4, features: 0, label: 0 },
        epoch_units: [
          { unit: 'ms', count: 2 },
          { unit: 's', count: 1 },
        ],
      },
    });
    const admin = await kafkaAdmin();
    const { groups } = await admin.listGroups();
    // What it reads with is named after the client.
    expect(groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(`${group}-decode-`))).toEqual(
      [],
    );
    expect([...(await committedOffsets(group, topic)).values()].every((offset) => offset < 0n)).toBe(true);
  });

  it('reads a topic as it is configured, with headers, and says what another one looks like', async () => {
    const topic = await createTopic('decode-kserve');
    const headers = (half: string) => ({
      ce_specversion: '1.0',
      ce_type: `org.kubeflow.serving.inference.${half}`,
      ce_id: 'call-1',
      ce_inferenceservicename: 'credit',
    });
    await produce(topic, [
      { value: '{"predictions":[1]}', headers: headers('response') },
      { value: '{"instances":[[1,2]]}', headers: headers('request') },
      ...Array.from({ length: 8 }, () => ({ value: '{"instances":[[3,4]]}', headers: headers('request') })),
    ]);
    const configured = await decode(topic, config({ topic, format: 'kserve' }, 'g'), '--sample', '2');
    expect(configured.code).toBe(0);
    expect(configured.lines).toMatchObject([
      { offset: '0', events: [{ type: 'prediction', predictionId: 'call-1', prediction: 1 }] },
      { offset: '1', events: [{ type: 'features', predictionId: 'call-1', features: { f0: 1, f1: 2 } }] },
    ]);
    expect(configured.stderr).toContain('2 messages read as kserve: 1 predictions, 1 features');
    const plain = await decode(topic, config(topic, 'g'));
    expect(plain.lines).toHaveLength(10);
    expect(plain.stderr).toContain('They look like kserve');
  });

  it('names a topic that is not there', async () => {
    const missing = await decode('no-such-topic', config('no-such-topic', 'g'));
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('no-such-topic does not exist');
  });
});
