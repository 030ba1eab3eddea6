package io.teex.protocol;

import java.nio.charset.StandardCharsets;

/**
 * Salted SHA-256 commitments, {@code SHA-256("TEEX-<kind>-1" ‖ salt ‖ content)}. The salt is secret
 * and random, so that a commitment to one of few possible contents can be published.
 */
public final class Commitment {
  private Commitment() {}

  public static Bytes32 input(Bytes32 salt, byte[] content) {
    return commit("input", salt, content);
  }

  public static Bytes32 output(Bytes32 salt, byte[] content) {
    return commit("output", salt, content);
  }

  /** The image digest of a service; the salt lies beside the module inside the sealed image. */
  public static Bytes32 image(Bytes32 salt, byte[] wasm) {
    return commit("image", salt, wasm);
  }

  public static Bytes32 seed(Bytes32 salt, byte[] seed) {
    return commit("seed", salt, seed);
  }

  private static Bytes32 commit(String kind, Bytes32 salt, byte[] content) {
    byte[] tag = "TEEX-%s-1".formatted(kind).getBytes(StandardCharsets.US_ASCII);
    return Sha256.hash(tag, salt.copy(), content);
  }
}
