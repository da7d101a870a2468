import { ByteReader, ByteWriter } from '../bytes.ts';
import { OperationalProfile } from './operational-profile.ts';

const FORMAT_VERSION = 1;

/** An operational profile by itself, as it is kept with each verdict. */
export function encodeOperation(profile: OperationalProfile): Uint8Array {
  const writer = new ByteWriter();
  writer.unsigned(FORMAT_VERSION);
  profile.encode(writer);
  return writer.finish();
}

/** Throws on bytes of another format, or damage. */
export function decodeOperation(bytes: Uint8Array): OperationalProfile {
  const reader = new ByteReader(bytes);
  const version = reader.unsigned();
  if (version !== FORMAT_VERSION) throw new Error(`operational profile format ${version} is not known`);
  const profile = OperationalProfile.decode(reader);
  if (!reader.done) throw new Error('operational profile has bytes left over');
  return profile;
}

/** Several windows as one. */
export function sumOfOperations(windows: readonly Uint8Array[]): OperationalProfile {
  const sum = new OperationalProfile();
  for (const window of windows) sum.merge(decodeOperation(window), 1);
  return sum;
}
