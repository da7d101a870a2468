import protobuf from 'protobufjs';
import type { Result } from '../../../core/result.ts';
import { fail, ok } from '../../../core/result.ts';
import { errorMessage } from '../../../core/errors.ts';
import { spelled } from './json-shape.ts';
import { dataOfRaw } from './raw-tensor.ts';

/** The part of the gRPC protocol that carries data. Fields in between are skipped by number. */
const SCHEMA = `syntax = "proto3"; package inference;
message Contents {
  repeated bool bool_contents = 1; repeated int32 int_contents = 2; repeated int64 int64_contents = 3;
  repeated uint32 uint_contents = 4; repeated uint64 uint64_contents = 5; repeated float fp32_contents = 6;
  repeated double fp64_contents = 7; repeated bytes bytes_contents = 8;
}
message Tensor { string name = 1; string datatype = 2; repeated int64 shape = 3; Contents contents = 5; }
message Request {
  string model_name = 1; string model_version = 2; string id = 3; repeated Tensor inputs = 5;
  repeated bytes raw_input_contents = 7;
}
message Response {
  string model_name = 1; string model_version = 2; string id = 3; repeated Tensor outputs = 5;
  repeated bytes raw_output_contents = 6;
}`;
const root = protobuf.parse(SCHEMA, { keepCase: true }).root;

/** A request or response as its JSON form would hold it. */
export interface InferMessage {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly tensors: readonly { readonly name: string; readonly shape: number[]; readonly data: unknown[] }[];
}

interface WireTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: (number | protobuf.Long)[];
  readonly contents: Readonly<Record<string, unknown[]>> | null;
}

/**
 * `ModelInferRequest` or `ModelInferResponse` from protobuf. Of a message that carries both typed and raw contents,
 * which the protocol forbids and Seldon's examples do, the raw ones count where they are not empty.
 */
export function readInferProto(
  bytes: Uint8Array,
  half: 'request' | 'response',
): Result<InferMessage, string> {
  const type = root.lookupType(half === 'request' ? 'inference.Request' : 'inference.Response');
  try {
    // The reader that decoding would choose for a Buffer cuts strings at the end of a truncated message.
    const message = type.decode(new protobuf.Reader(bytes)) as unknown as Readonly<Record<string, unknown>>;
    const tensors = (message[half === 'request' ? 'inputs' : 'outputs'] ?? []) as readonly WireTensor[];
    const raw = (message[`raw_${half === 'request' ? 'input' : 'output'}_contents`] ?? []) as Uint8Array[];
    return ok({
      model_name: spelled(message['model_name']),
      model_version: spelled(message['model_version']),
      id: spelled(message['id']),
      tensors: tensors.map((tensor, index) => ({
        name: tensor.name,
        shape: tensor.shape.map(Number),
        data: tensorData(tensor, raw[index]),
      })),
    });
  } catch (error) {
    return fail(errorMessage(error));
  }
}

function tensorData(tensor: WireTensor, raw: Uint8Array | undefined): unknown[] {
  if (raw !== undefined && raw.byteLength > 0) return dataOfRaw(raw, tensor.datatype);
  const typed = Object.values(tensor.contents ?? {}).find(
    (values) => Array.isArray(values) && values.length > 0,
  );
  return (typed ?? []).map(plainValue);
}

function plainValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (!isLong(value)) return value;
  const number = value.toNumber();
  return Number.isSafeInteger(number) ? number : BigInt(value.toString());
}

/** How the decoder hands out 64-bit numbers. */
function isLong(value: unknown): value is { toNumber(): number; toString(): string } {
  return typeof value === 'object' && value !== null && 'toNumber' in value;
}
