package io.teex.attestation.collateral;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.fuzz.Mutators;
import io.teex.attestation.fuzz.Target;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What reads the answers of a collateral service, and collateral files. */
public final class CollateralTargets {
  private static final String ANSWER =
      """
      {"tcbInfo":{"id":"TDX","version":3,"issueDate":"2026-01-01T00:00:00Z",\
      "nextUpdate":"2026-02-01T00:00:00Z","fmspc":"B0C06F000000",\
      "tcbEvaluationDataNumber":17},"signature":"%s"}
      """
          .formatted("ab".repeat(64));

  private static final Bytes FMSPC = Bytes.fromHex("b0c06f000000");
  private static final List<Part> PARTS =
      List.of(
          new Part.TcbInfo(TeeKind.TDX, FMSPC),
          new Part.QeIdentity(TeeKind.TDX),
          new Part.PckCrl(PckCa.PLATFORM),
          new Part.RootCaCrl());

  private CollateralTargets() {}

  public static List<Target> all() {
    List<Target> targets = new ArrayList<>();
    Collateral collateral =
        VectorCase.isPresent()
            ? CollateralFile.read(Vectors.path(Vectors.TDX + "/collateral.json"))
            : small();
    targets.add(
        new Target(
            "collateral-file",
            60,
            List.of(
                seed("small", CollateralFile.write(small())),
                seed("whole", CollateralFile.write(collateral))),
            List.of(Mutators.json()),
            (seed, input) -> {
              try {
                CollateralFile.parse(new String(input, StandardCharsets.UTF_8));
              } catch (TeexException e) {
                // As it should be.
              }
            }));
    targets.add(
        new Target(
            "collateral-answer",
            100,
            List.of(seed("own", ANSWER)),
            List.of(Mutators.json()),
            (seed, input) -> {
              try {
                SignedObject cut = SignedObject.in(input, "tcbInfo");
                PartReader.read(
                    PARTS.getFirst(),
                    Map.of(
                        CollateralName.TCB_INFO, cut.text(),
                        CollateralName.TCB_INFO_SIGNATURE, cut.signature()));
              } catch (PartFailure e) {
                // As it should be.
              }
            }));
    if (VectorCase.isPresent()) {
      targets.add(parts(collateral));
    }
    return targets;
  }

  /** Every document of every part, with the others as they are. */
  private static Target parts(Collateral collateral) {
    List<Target.Seed> seeds = new ArrayList<>();
    for (String name :
        List.of(
            CollateralName.TCB_INFO,
            CollateralName.TCB_INFO_ISSUER_CHAIN,
            CollateralName.QE_IDENTITY,
            CollateralName.PCK_CRL,
            CollateralName.ROOT_CA_CRL)) {
      seeds.add(new Target.Seed(name, collateral.find(name).orElseThrow()));
    }
    return new Target(
        "collateral-part",
        40,
        seeds,
        List.of(Mutators.json(), Mutators.der(), Mutators.pem()),
        (seed, input) -> {
          Map<String, Bytes> documents = new HashMap<>(collateral.documents());
          documents.put(seed.name(), Bytes.of(input));
          for (Part part : PARTS) {
            if (part.documents().contains(seed.name())) {
              try {
                PartReader.read(part, documents);
              } catch (PartFailure e) {
                // As it should be.
              }
            }
          }
        });
  }

  private static Target.Seed seed(String name, String json) {
    return new Target.Seed(name, Bytes.of(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static Collateral small() {
    Bytes text = Bytes.of("{\"id\":\"TDX\"}".getBytes(StandardCharsets.UTF_8));
    return new Collateral(
        Map.of(
            CollateralName.TCB_INFO, text,
            CollateralName.TCB_INFO_SIGNATURE, Bytes.of(new byte[64]),
            CollateralName.EVENT_LOG, text));
  }
}
