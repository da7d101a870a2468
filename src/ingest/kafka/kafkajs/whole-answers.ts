import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { AnswerFrames } from './answer-frames.ts';
import type { ReceivingConnection } from './internals.ts';

/** As kafkajs asks for it. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Connections that hand kafkajs whole answers. Of its own it is told every 64 KiB that come, which it keeps and joins: ten megabytes of records
 * are garbage a second time then.
 */
export const connectForAnswers: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const frames = new AnswerFrames();
  const onread: OnReadOpts = {
    buffer: () => frames.room(),
    callback: (bytes) => {
      for (const answer of frames.received(bytes)) socket.emit('data', answer);
      return true;
    },
  };
  const servername = isIP(host) === 0 ? { servername: host } : {};
  // Documented of a TLS connection, too; its type does not know.
  const secured: ConnectionOptions & { onread: OnReadOpts } = { host, port, ...servername, ...ssl, onread };
  const socket: Socket = ssl ? connectTls(secured, onConnect) : connect({ host, port, onread }, onConnect);
  return socket.setKeepAlive(true, KEEP_ALIVE_MS);
};

/** kafkajs keeps the nothing that is left behind an answer, and joins the next one to it: a copy of every answer. */
export function mendEmptyRest(connection: ReceivingConnection): void {
  const processData = connection.processData;
  connection.processData = function process(this: ReceivingConnection, data: Buffer): void {
    if (this.bytesBuffered === 0) this.chunks = [];
    processData.call(this, data);
  };
}
