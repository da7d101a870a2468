/**
 * How long anything in the tests may take, all in one place. A deadline only ends what hangs: how busy the machine is
 * must never decide a test, so each is many times what a slow machine needs. What a test says about time it says by an
 * injected clock, by the order of things, or by a bound that the product itself keeps.
 */
export const DEADLINES = {
  /** One wait for one thing. Below those of the tests, so that a failure names what was waited for. */
  waitMs: 100_000,
  /**
   * For "at once" and "within seconds": what a hang, or a wait for what never comes, would outlast. The product's own
   * promise is shorter (ten seconds to stop) and holds on a machine that has time for it.
   */
  promptMs: 60_000,
  /** A wait for what takes many steps: everything read, everything sent. */
  longWaitMs: 240_000,
  unitTestMs: 120_000,
  integrationTestMs: 300_000,
  e2eTestMs: 600_000,
  /** Starting and ending what a file of tests needs. */
  hookMs: 300_000,
  /** The services stop. */
  teardownMs: 120_000,
  /** Nothing heard of any test, though one runs: above the longest that one may take, which is the containers' hook. */
  silenceMs: 1_200_000,
};
