/**
 * Where a service that listens there is reached from the same machine: an address of IPv6 in brackets, and one that stands for
 * all addresses by the loopback of its kind.
 *
 * @example ownOrigin({ host: '::1', port: 8080 }) // 'http://[::1]:8080'
 */
export function ownOrigin({ host, port }: { readonly host: string; readonly port: number }): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
