import type { Result } from '../../core/result.ts';
import { fail, ok } from '../../core/result.ts';
import type { Refusal } from '../dead-letter.ts';
import { refuse } from '../dead-letter.ts';
import { readInferProto } from './payload/infer-proto.ts';
import { responseOutcomes } from './payload/outcomes.ts';
import { openInferenceRows } from './payload/open-inference-rows.ts';
import type { FormatMessage, FormatPreset } from './preset.ts';
import { featureEvents, predictionEvents } from './payload/row-events.ts';

/** `<prefix>.<namespace>.<model|pipeline>.<name>.<inputs|outputs>` */
const TOPIC =
  /^(?<prefix>.+)\.(?<namespace>[^.]+)\.(?:model|pipeline)\.(?<name>[^.]+)\.(?<half>inputs|outputs)$/;

/**
 * The topics of Seldon Core 2's data plane: protobuf values, the request's id as key. The topic says the model and
 * which half it is; the name inside an output is the internal one, with a number behind it, and is not used.
 */
export const seldon: FormatPreset = {
  name: 'seldon',
  title: 'Seldon Core 2 topics (Open Inference Protocol v2 in protobuf)',
  payload: 'bytes',
  recognises: ({ topic }) => TOPIC.test(topic ?? ''),
  read(message, settings) {
    const half = halfOf(message);
    if (!half.ok) return half;
    const { name, isRequest, id, namespace } = half.value;
    const read = readInferProto(message.value as Uint8Array, isRequest ? 'request' : 'response');
    if (!read.ok) return refuse('schema_error', `no message of the Open Inference Protocol: ${read.error}`);
    const call = {
      id: id ?? (read.value.id === '' ? null : read.value.id),
      model: name,
      // Only an output names a version, and both halves must be of one.
      tags: namespace === null ? undefined : { namespace },
    };
    const { tensors } = read.value;
    return isRequest
      ? featureEvents(call, openInferenceRows(tensors, settings.featureNames), settings)
      : predictionEvents(call, responseOutcomes({ outputs: tensors }, settings), settings);
  },
};

interface TopicHalf {
  readonly name: string;
  readonly namespace: string | null;
  readonly isRequest: boolean;
  readonly id: string | null;
}

function halfOf({ topic, headers, key }: FormatMessage): Result<TopicHalf, Refusal> {
  const parts = TOPIC.exec(topic ?? '')?.groups;
  if (parts === undefined) {
    return fail({
      reason: 'missing_fields',
      detail:
        'the topic does not tell inputs from outputs; expected <prefix>.<namespace>.model.<name>.inputs or .outputs',
    });
  }
  return ok({
    name: parts['name'] ?? '',
    namespace: parts['namespace'] ?? null,
    isRequest: parts['half'] === 'inputs',
    id: key ?? headers.get('x-request-id') ?? null,
  });
}
