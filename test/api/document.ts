/** The requests in docs/api.md, and the answers printed below them. */
import { readFileSync } from 'node:fs';

export const DOCUMENT = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');

export interface Example {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
  /** The JSON that follows. */
  readonly answer: string;
}

const PAIR = /```http\n(?<request>.*?)```\n\n```json\n(?<answer>.*?)```/gs;

export function examples(): Example[] {
  return [...DOCUMENT.matchAll(PAIR)].map(({ groups }) => {
    const [head = '', ...body] = (groups?.['request'] ?? '').trimEnd().split('\n\n');
    const [line = '', ...headers] = head.split('\n');
    const [method, url = ''] = line.split(' ');
    return {
      method: method === 'POST' ? 'POST' : 'GET',
      url,
      headers: Object.fromEntries(headers.map((header) => header.split(': ') as [string, string])),
      payload: body.join('\n\n'),
      answer: groups?.['answer'] ?? '',
    };
  });
}
