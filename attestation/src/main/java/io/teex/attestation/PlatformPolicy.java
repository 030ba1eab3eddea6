package io.teex.attestation;

import java.util.Map;
import java.util.Set;

/** What platforms and TEEs have to be, whatever they run. Debugging is never accepted. */
public record PlatformPolicy(TcbPolicy tcb, SgxPolicy sgx, TdxPolicy tdx, SnpPolicy snp) {
  /** Genuine, up to date, not debuggable, and nothing besides: what evidence by itself can say. */
  public static final PlatformPolicy GENUINE =
      new PlatformPolicy(
          TcbPolicy.STRICT,
          new SgxPolicy(true),
          TdxPolicy.ANY,
          new SnpPolicy(Map.of(), 0, Set.of(0, 1, 2, 3), true, true, true));

  /**
   * Genuine, up to date, not debuggable; every measurement, attribute and level else that a maker
   * vouches for.
   */
  public static final PlatformPolicy STRICT =
      new PlatformPolicy(TcbPolicy.STRICT, SgxPolicy.STRICT, TdxPolicy.ANY, SnpPolicy.ANY);
}
