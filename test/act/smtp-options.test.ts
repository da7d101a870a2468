import { describe, expect, it } from 'vitest';
import { smtpOptions } from '../../src/act/channels/mail/smtp-mailer.ts';

describe('smtpOptions', () => {
  it.each([
    ['smtp://mail.example.org', { port: 587, secure: false, requireTLS: false, ignoreTLS: false }],
    ['smtps://mail.example.org', { port: 465, secure: true, requireTLS: false }],
    ['smtp://u:p@mail.example.org:25', { port: 25, requireTLS: true }],
    ['smtp://u:p@localhost:1025', { host: 'localhost', requireTLS: false }],
    ['smtp://u:p@[::1]:1025', { host: '::1', requireTLS: false }],
    ['smtp://mail.example.org?tls=required', { requireTLS: true }],
    ['smtp://u:p@mail.example.org?tls=opportunistic', { requireTLS: false, ignoreTLS: false }],
    ['smtp://mail.example.org?tls=off', { requireTLS: false, ignoreTLS: true }],
    ['smtp://me%40example.org:a%2Fb@mail.example.org', { auth: { user: 'me@example.org', pass: 'a/b' } }],
  ])('of %s', (url, options) => {
    expect(smtpOptions(url)).toMatchObject(options);
  });

  it('never let a message read files or addresses', () => {
    expect(smtpOptions('smtp://h')).toMatchObject({ disableFileAccess: true, disableUrlAccess: true });
  });

  it.each(['https://mail.example.org', 'mail.example.org', 'smtp://h?tls=maybe'])('refuse %s', (url) => {
    expect(() => smtpOptions(url)).toThrow(/smtp\.url/);
  });
});
