import protobuf from 'protobufjs';
import { readMessageIndexes } from './message-indexes.ts';
import { plainMessage } from './protobuf-values.ts';
import type { RegisteredSchema } from './registry-client.ts';
import type { SchemaReader } from '../../core/events/schema-reader.ts';

/** A reader of the messages of a Protobuf file. Throws when the file or one it imports cannot be parsed. */
export function protobufReader(
  schema: RegisteredSchema,
  referenced: ReadonlyMap<string, RegisteredSchema>,
): SchemaReader {
  // Parsed alone first: indexes count the messages of this file, and imports of the same package would mix in.
  const alone = protobuf.parse(schema.text, { keepCase: true });
  const names = (indexes: readonly number[]): string => typeName(alone, indexes);
  const root = new protobuf.Root();
  addWellKnown(root, [schema, ...referenced.values()]);
  for (const { text } of referenced.values()) protobuf.parse(text, root, { keepCase: true });
  protobuf.parse(schema.text, root, { keepCase: true });
  root.resolveAll();
  const types = new Map<string, protobuf.Type>();
  const typeAt = (indexes: readonly number[]): protobuf.Type => {
    const key = indexes.join('.');
    const known = types.get(key);
    if (known !== undefined) return known;
    const type = root.lookupType(names(indexes));
    types.set(key, type);
    return type;
  };
  return {
    type: 'PROTOBUF',
    read(payload, indexesInHeader) {
      const { indexes, bytesRead } = readMessageIndexes(indexesInHeader ?? payload);
      const type = typeAt(indexes);
      const body = indexesInHeader === null ? payload.subarray(bytesRead) : payload;
      // The reader that decoding would choose for a Buffer cuts strings at the end of a truncated message.
      return plainMessage(type.decode(new protobuf.Reader(body)), type);
    },
  };
}

/** The full name of the message at these indexes. Messages count in the order of the file, enums do not. */
function typeName(file: protobuf.IParserResult, indexes: readonly number[]): string {
  let at: protobuf.NamespaceBase =
    file.package === undefined ? file.root : (file.root.lookup(file.package) as protobuf.NamespaceBase);
  for (const index of indexes) {
    const messages: protobuf.Type[] = at.nestedArray.filter((nested) => nested instanceof protobuf.Type);
    const message = messages[index];
    if (message === undefined) throw new Error(`its file has no message at [${indexes.join(', ')}]`);
    at = message;
  }
  return at.fullName;
}

/** The types that Google's own files define, for those that import them. */
function addWellKnown(root: protobuf.Root, schemas: readonly RegisteredSchema[]): void {
  for (const { text } of schemas) {
    for (const [, file = ''] of text.matchAll(
      /\bimport\s+(?:public\s+|weak\s+)?"(google\/protobuf\/[a-z_]+\.proto)"/g,
    )) {
      const common = protobuf.common.get(file);
      if (common?.nested !== undefined) root.addJSON(common.nested);
    }
  }
}
