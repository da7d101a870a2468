import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
}

/** An authority of this test's own, in a folder of its own. */
export interface Authority {
  readonly caFile: string;
  readonly ca: string;
  issue(name: string, hosts?: readonly string[]): Certificate;
}

/** Made by openssl; valid for a day. */
export function createAuthority(folder: string, name: string): Authority {
  const path = (file: string): string => join(folder, `${name}-${file}`);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const days = ['-days', '1'];
  const newKey = ['-newkey', 'rsa:2048', '-nodes', '-keyout'];
  const [caKey, caFile] = [path('ca.key'), path('ca.pem')];
  openssl('req', '-x509', ...newKey, caKey, '-out', caFile, '-subj', `/CN=${name}`, ...days);
  return {
    caFile,
    ca: readFileSync(caFile, 'utf8'),
    issue(subject, hosts = []) {
      const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((end) =>
        path(`${subject}.${end}`),
      ) as [string, string, string, string];
      writeFileSync(extensions, hosts.length === 0 ? '' : `subjectAltName=${hosts.join(',')}\n`);
      openssl('req', ...newKey, key, '-out', request, '-subj', `/CN=${subject}`);
      const signer = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-extfile', extensions];
      openssl('x509', '-req', '-in', request, ...signer, '-out', cert, ...days);
      return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    },
  };
}
