/** Whether the IANA list knows the name. */
export function isTimezone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    // Offsets such as +02:00 pass too, but know no daylight saving.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
