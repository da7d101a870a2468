import { getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';

/** SIGTERM, and SIGKILL if it does not end within the time; 137 would say so. */
export async function exitCodeOnStop(container: StartedTestContainer, withinMs: number): Promise<number> {
  await container.stop({ timeout: withinMs, remove: false });
  const { container: containers } = await getContainerRuntimeClient();
  const stopped = containers.getById(container.getId());
  const { State } = await containers.inspect(stopped);
  return State.ExitCode;
}
