package io.teex.attestation.amd;

/** The bits of POLICY that somebody asks for. */
enum GuestPolicy {
  SMT(16),
  /** Always on. */
  ONE(17),
  MIGRATE_MA(18),
  DEBUG(19);

  private final int bit;

  GuestPolicy(int bit) {
    this.bit = bit;
  }

  boolean isOn(long policy) {
    return (policy >> bit & 1) != 0;
  }
}
