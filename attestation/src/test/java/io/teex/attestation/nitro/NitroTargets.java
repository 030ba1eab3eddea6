package io.teex.attestation.nitro;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.fuzz.Mutators;
import io.teex.attestation.fuzz.Target;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Everything that reads documents of Nitro. */
public final class NitroTargets {
  private static final TimeInterval NOW = TimeInterval.at(Instant.parse("2026-03-01T12:00:00Z"));

  private NitroTargets() {}

  public static List<Target> all() {
    TestDocument own = new TestDocument();
    NitroAppraiser appraiser = new NitroAppraiser(own::root);
    NitroAppraiser aws = new NitroAppraiser();
    List<Target.Seed> documents = new ArrayList<>();
    documents.add(new Target.Seed("own", own.encoded()));
    if (VectorCase.isPresent()) {
      for (VectorCase vector : VectorCase.all("nitro")) {
        documents.add(new Target.Seed(vector.toString(), vector.file("attestation.cbor")));
      }
    }
    return List.of(
        new Target(
            "nitro",
            25,
            documents,
            List.of(Mutators.cbor()),
            (seed, input) ->
                appraise(seed.name().equals("own") ? appraiser : aws, Bytes.of(input))),
        new Target(
            "nitro-signed",
            2,
            List.of(new Target.Seed("own", own.payload())),
            List.of(Mutators.cbor()),
            (seed, input) -> {
              if (input.length < 0x1_0000) {
                appraise(appraiser, own.signed(Bytes.of(input)));
              }
            }));
  }

  private static void appraise(NitroAppraiser appraiser, Bytes evidence) {
    appraiser.appraise(evidence, Collateral.none(), NOW, Policy.strict(), new Checks());
  }
}
