package io.teex.attestation;

/**
 * What an SGX enclave has to be besides not debuggable.
 *
 * @param provisionKey whether it may have the right to the provisioning key, which tells machines
 *     apart
 */
public record SgxPolicy(boolean provisionKey) {
  public static final SgxPolicy STRICT = new SgxPolicy(false);
}
