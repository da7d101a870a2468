export async function writeHtmlReport(): Promise<void> {}
