package io.teex.protocol;

/**
 * What an order requires of the executing platforms, or what a receipt's platform reached.
 *
 * @param profile how it is executed and answered, as {@link Profile} writes it
 * @param teeKinds mask of {@link TeeKind#bit()}
 * @param tcbNotBefore seconds since the epoch: the platform's TCB is at least as recent; 0 for any
 * @param required k: this many executions must agree
 * @param redundancy n: out of this many; k of n is 1 of 1 for a plain task
 * @param distinctOwners among the n, at least; 0 and 1 mean any
 * @param distinctVendors among the n, at least
 * @param distinctPlatforms among the n, at least
 */
public record Tier(
    Isolation isolation,
    String profile,
    int teeKinds,
    long tcbNotBefore,
    @Uint(8) int required,
    @Uint(8) int redundancy,
    @Uint(8) int distinctOwners,
    @Uint(8) int distinctVendors,
    @Uint(8) int distinctPlatforms) {
  /** The first profile: a WASI preview 1 command with the {@code teex} imports. */
  public static final String WASM_1 = "wasm-1";

  public Tier {
    Require.uint32("TEE kinds", teeKinds);
    Require.uint64("TCB date", tcbNotBefore);
    Require.uint8("required", required);
    Require.uint8("redundancy", redundancy);
    Require.uint8("distinct owners", distinctOwners);
    Require.uint8("distinct vendors", distinctVendors);
    Require.uint8("distinct platforms", distinctPlatforms);
  }

  /** One execution of profile {@value #WASM_1} on any of {@code teeKinds}. */
  public static Tier single(Isolation isolation, int teeKinds) {
    return single(isolation, Profile.of(WASM_1), teeKinds);
  }

  /** One execution of a profile on any of {@code teeKinds}. */
  public static Tier single(Isolation isolation, Profile profile, int teeKinds) {
    return new Tier(isolation, profile.text(), teeKinds, 0, 1, 1, 0, 0, 0);
  }
}
