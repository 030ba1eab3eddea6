package io.teex.attestation;

/** What platforms and TEEs have to be, whatever they run. Debugging is never accepted. */
public record PlatformPolicy(TcbPolicy tcb, SgxPolicy sgx, TdxPolicy tdx, SnpPolicy snp) {
  /**
   * Genuine, up to date, not debuggable; every measurement, attribute and level else that a maker
   * vouches for.
   */
  public static final PlatformPolicy STRICT =
      new PlatformPolicy(TcbPolicy.STRICT, SgxPolicy.STRICT, TdxPolicy.ANY, SnpPolicy.ANY);
}
