import { ensureKernel } from '../../src/kernel/load-kernel.ts';

/** Tests count with the kernel, so it is compiled before them where that has not been done. */
export default async function setUp(): Promise<void> {
  const state = await ensureKernel();
  if (state.kernel === null) throw new Error(`the counting kernel: ${state.reason}`);
}
