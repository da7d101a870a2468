/**
 * `node mail-without.ts PACKAGE`: a mail with its pictures where that package cannot be loaded, as after
 * `npm ci --omit=optional` on a platform without its binary. Prints what became of it as JSON.
 */
import { registerHooks } from 'node:module';

const missing = process.argv[2] ?? '';
registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith(missing)) throw new Error(`Cannot find package '${missing}'`);
    return next(specifier, context);
  },
});

const { composeMail } = await import('../../../src/act/channels/mail/compose-mail.ts');
const { drawPictures } = await import('../../../src/act/channels/mail/mail-pictures.ts');
const { pictureOf } = await import('../../../src/act/charts/picture.ts');
const { silentLog } = await import('../../../src/core/log.ts');
const { conceptMail } = await import('../sample-mails.ts');

const counted: string[] = [];
const warned: unknown[] = [];
const notification = conceptMail();
const pictures = await drawPictures(notification, {
  timeZone: 'UTC',
  draw: pictureOf,
  count: async (what) => {
    counted.push(what);
  },
  log: { ...silentLog, warn: (fields) => warned.push(fields) },
});
const settings = { from: 'a@example.org', publicUrl: null, host: 'example.org', timeZone: 'UTC' };
const message = composeMail(
  notification,
  settings,
  { messageId: '<1@example.org>', to: ['b@example.org'] },
  pictures,
);
const { text, html } = message;
process.stdout.write(JSON.stringify({ pictures: pictures.length, counted, warned, text, html }));
