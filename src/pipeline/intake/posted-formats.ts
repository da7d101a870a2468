import type { PostedAs } from '../../api/api-deps.ts';
import type { Config } from '../../config/resolve.ts';
import {
  CLOUD_EVENTS,
  DEFAULT_FORMAT_SETTINGS,
  EVENT_FORMAT,
  type LogFormat,
  POSTED_PRESETS,
} from '../../core/events/log-format.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { cloudEventsFormat, formatOf } from '../../decode/formats.ts';
import type { Format } from '../../decode/record-decoder.ts';

export interface PostedFormat {
  readonly name: string;
  /** The body is one message: its headers belong to it, or its bytes are not text. Else one message a line. */
  readonly isOneMessage: boolean;
}

type Api = Pick<Config['api'], 'formats' | 'defaultFormat'>;

/** Which format a request's events have; an error says which there are. */
export function postedFormat(
  { format, contentType, headers }: PostedAs,
  api: Api,
): Result<PostedFormat, string> {
  const isBinary = headers.has('ce-type') && headers.has('ce-id');
  const isCloudEvent = isBinary || contentType.startsWith('application/cloudevents');
  const usual = isCloudEvent && api.defaultFormat === EVENT_FORMAT ? CLOUD_EVENTS : api.defaultFormat;
  const name = posted(format ?? usual);
  if (name === EVENT_FORMAT) return ok({ name, isOneMessage: false });
  if (readerOf(name, api) === null) {
    const known = [EVENT_FORMAT, CLOUD_EVENTS, ...new Set([...POSTED_PRESETS, ...api.formats.keys()])];
    return fail(`there is no format "${name}" here; known: ${known.join(', ')}; others go under api.formats`);
  }
  return ok({ name, isOneMessage: isBinary || api.formats.get(name)?.encoding === 'registry' });
}

/** How messages of a name are read; null for a name that means nothing, and for events that need no reader. */
export function readerOf(name: string, { formats }: Pick<Api, 'formats'>): Format | null {
  const known = (preset: string): LogFormat | null =>
    formats.get(preset) ?? (POSTED_PRESETS.some((each) => each === preset) ? asItIs(preset) : null);
  if (name === CLOUD_EVENTS) return cloudEventsFormat(known('kserve'), known('azureml'));
  const format = known(name);
  return format === null ? null : formatOf(format);
}

const asItIs = (preset: string): LogFormat => ({
  name: preset,
  encoding: 'plain',
  mapping: null,
  settings: DEFAULT_FORMAT_SETTINGS,
});

/** What Seldon posts is what KServe posts; only its topics are a format apart. */
const posted = (name: string): string => (name === 'seldon' ? CLOUD_EVENTS : name);
