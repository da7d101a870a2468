import { ok } from '../../core/result.ts';
import { refuse } from '../dead-letter.ts';
import { readInferProto } from './payload/infer-proto.ts';
import { base64Bytes, field, isObject, textOf } from './payload/json-shape.ts';
import { openInferenceRows } from './payload/open-inference-rows.ts';
import { responseOutcomes } from './payload/outcomes.ts';
import type { FormatPreset } from './preset.ts';
import { featureEvents, predictionEvents } from './payload/row-events.ts';

/** Partial payloads of ModelMesh as TrustyAI takes them: protobuf in base64 inside JSON, one record for each half. */
export const trustyai: FormatPreset = {
  name: 'trustyai',
  title: 'TrustyAI partial payloads (ModelMesh)',
  payload: 'json',
  recognises: ({ value }) =>
    isObject(value) && 'kind' in value && 'modelid' in value && typeof value['data'] === 'string',
  read({ value }, settings) {
    const kind = field(value, 'kind');
    const bytes = base64Bytes(field(value, 'data'));
    if (bytes === null) return refuse('missing_fields', 'data is missing: protobuf in base64 is expected');
    if (kind !== 'request' && kind !== 'response') return ok([]);
    const read = readInferProto(bytes, kind);
    if (!read.ok)
      return refuse('schema_error', `data is no message of the Open Inference Protocol: ${read.error}`);
    const call = { id: textOf(field(value, 'id')), model: textOf(field(value, 'modelid')) };
    const { tensors } = read.value;
    return kind === 'request'
      ? featureEvents(call, openInferenceRows(tensors, settings.featureNames), settings)
      : predictionEvents(call, responseOutcomes({ outputs: tensors }, settings), settings);
  },
};
