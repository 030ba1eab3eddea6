package io.teex.attestation.fuzz;

import java.util.List;

/** The mutators that know a format. */
public final class Mutators {
  private Mutators() {}

  public static Mutator der() {
    return new Trees(new Der());
  }

  public static Mutator cbor() {
    return new Trees(new CborTrees());
  }

  public static Mutator json() {
    return new JsonText();
  }

  public static Mutator pem() {
    return new PemText();
  }

  /** Only for seeds that are quotes. */
  public static Mutator quoteSections() {
    return new QuoteSections(
        new Mutations(
            List.of(
                new byte[] {0},
                "\u0000\u0001".getBytes(java.nio.charset.StandardCharsets.US_ASCII))));
  }
}
