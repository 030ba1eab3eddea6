package io.teex.attestation;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an SNP guest and its platform have to be besides not debuggable.
 *
 * @param tcbMin by product ({@code Milan}, {@code Genoa}, {@code Turin}) and component ({@code
 *     fmc}, {@code bootloader}, {@code tee}, {@code snp}, {@code microcode}) the least REPORTED_TCB
 *     and COMMITTED_TCB
 * @param guestSvnMin the least GUEST_SVN
 * @param vmpls the accepted privilege levels
 * @param smt whether the guest may run where SMT is on
 * @param migrateMa whether a migration agent may be associated
 * @param vlek whether evidence signed by a provider's VLEK is accepted, which names no machine
 */
public record SnpPolicy(
    Map<String, Map<String, Integer>> tcbMin,
    long guestSvnMin,
    Set<Integer> vmpls,
    boolean smt,
    boolean migrateMa,
    boolean vlek) {
  static final List<String> PRODUCTS = List.of("Milan", "Genoa", "Turin");

  static final List<String> COMPONENTS = List.of("fmc", "bootloader", "tee", "snp", "microcode");

  /** Every guest on a genuine platform that no migration agent can move. */
  public static final SnpPolicy ANY =
      new SnpPolicy(Map.of(), 0, Set.of(0, 1, 2, 3), true, false, true);

  public SnpPolicy {
    Map<String, Map<String, Integer>> copy = new TreeMap<>();
    tcbMin.forEach((product, least) -> copy.put(product, Map.copyOf(least)));
    tcbMin = java.util.Collections.unmodifiableMap(copy);
    vmpls = Set.copyOf(vmpls);
  }
}
