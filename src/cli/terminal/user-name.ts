import { userInfo } from 'node:os';

/** Of the machine. In a container a user may be a mere number. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
