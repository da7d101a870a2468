import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { problemBody, type ProblemName, type ProblemParts } from './problem.ts';

/** Answers what never became a request, as every other failure is answered; then the connection ends. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const body = problemBody(...describe(error.code));
    const text = JSON.stringify(body);
    const head = [
      `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ''}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
  }
  socket.destroy(error);
}

function describe(code: string | undefined): [ProblemName, ProblemParts] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return ['head_too_large', { detail: 'The head of a request may have 16 KiB.' }];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['request_timeout', { detail: 'The request did not arrive in time.' }];
    default:
      return ['bad_request', { detail: 'This is no HTTP request.' }];
  }
}
