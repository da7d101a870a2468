import { BlockList, isIP } from 'node:net';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<host>[A-Za-z0-9._-]*)):(?<port>\d{1,5})$/;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** `:8080` listens everywhere, as it does elsewhere. Null when the text is no address. */
export function parseListenAddress(text: string): ListenAddress | null {
  const parts = ADDRESS.exec(text)?.groups;
  if (parts === undefined) return null;
  const host = parts['v6'] ?? (parts['host'] === '' ? '0.0.0.0' : (parts['host'] ?? ''));
  const port = Number(parts['port']);
  if (port > 65_535 || (parts['v6'] !== undefined && isIP(host) !== 6)) return null;
  return { host, port };
}

export function isListenAddress(text: string): boolean {
  return parseListenAddress(text) !== null;
}

/** Whether only this machine can reach it. Names other than localhost are taken to be reachable from outside. */
export function isLoopback({ host }: ListenAddress): boolean {
  const version = isIP(host);
  if (version === 0) return host === 'localhost';
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}
