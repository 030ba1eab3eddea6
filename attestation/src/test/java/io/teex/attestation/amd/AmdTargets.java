package io.teex.attestation.amd;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.fuzz.Mutators;
import io.teex.attestation.fuzz.Target;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Everything that reads AMD's reports and certificates. */
public final class AmdTargets {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private record Judged(SnpAppraiser appraiser, Bytes report, Bytes vek, TimeInterval time) {
    void appraise(Bytes evidence, Map<String, Bytes> documents) {
      appraiser.appraise(evidence, new Collateral(documents), time, Policy.strict(), new Checks());
    }
  }

  private final TestPlatform milan = new TestPlatform(Product.MILAN);
  private final Map<String, Judged> known = new HashMap<>();
  private final List<Target.Seed> reports = new ArrayList<>();
  private final List<Target.Seed> own = new ArrayList<>();
  private final List<Target.Seed> veks = new ArrayList<>();

  private AmdTargets() {
    for (Product product : Product.ALL) {
      TestPlatform platform = new TestPlatform(product);
      SnpAppraiser appraiser = new SnpAppraiser(platform::roots);
      add(
          "own VCEK " + product.name(),
          new Judged(
              appraiser, platform.report(TestPlatform.VCEK), platform.vcek(), TimeInterval.at(NOW)),
          true);
      add(
          "own VLEK " + product.name(),
          new Judged(
              appraiser, platform.report(TestPlatform.VLEK), platform.vlek(), TimeInterval.at(NOW)),
          true);
    }
    add(
        "own in Azure's wrapping",
        new Judged(
            new SnpAppraiser(milan::roots),
            hcl(milan.report(TestPlatform.VCEK)),
            milan.vcek(),
            TimeInterval.at(NOW)),
        false);
    if (VectorCase.isPresent()) {
      SnpAppraiser amd = new SnpAppraiser();
      for (VectorCase vector : VectorCase.all("snp")) {
        Bytes vek = vector.file("vek.der");
        add(
            vector.toString(),
            new Judged(amd, vector.file("report.bin"), vek, vector.time()),
            false);
        if (vector.has("hcl-report.bin")) {
          add(
              vector + " hcl",
              new Judged(amd, vector.file("hcl-report.bin"), vek, vector.time()),
              false);
        }
      }
    }
  }

  private void add(String name, Judged judged, boolean isOwn) {
    known.put(name, judged);
    reports.add(new Target.Seed(name, judged.report()));
    veks.add(new Target.Seed(name, judged.vek()));
    if (isOwn) {
      own.add(new Target.Seed(name, judged.report()));
    }
  }

  public static List<Target> all() {
    AmdTargets targets = new AmdTargets();
    return List.of(
        new Target("snp-report", 20, targets.reports, List.of(), targets::report),
        new Target("snp-signed", 5, targets.own, List.of(), targets::signed),
        new Target("vek", 40, targets.veks, List.of(Mutators.der()), targets::vek),
        new Target(
            "vek-chain", 10, List.of(targets.chain()), List.of(Mutators.pem()), targets::chain),
        new Target("vek-crl", 5, targets.crls(), List.of(Mutators.der()), targets::crl));
  }

  private Judged judged(Target.Seed seed) {
    return Objects.requireNonNull(known.get(seed.name()));
  }

  private void report(Target.Seed seed, byte[] input) {
    Judged judged = judged(seed);
    judged.appraise(Bytes.of(input), Map.of(CollateralName.VEK, judged.vek()));
  }

  private void signed(Target.Seed seed, byte[] input) {
    if (input.length == SnpReport.SIZE) {
      TestPlatform.sign(input);
    }
    report(seed, input);
  }

  /** As Azure wraps it. */
  private static Bytes hcl(Bytes report) {
    byte[] text = "{\"keys\":[]}".getBytes(StandardCharsets.UTF_8);
    ByteBuffer wrapped = ByteBuffer.allocate(1236 + text.length).order(ByteOrder.LITTLE_ENDIAN);
    wrapped.put("HCLA".getBytes(StandardCharsets.US_ASCII)).put(32, report.copy());
    wrapped.putInt(1216, 20 + text.length).putInt(1220, 1).putInt(1224, 2).putInt(1228, 1);
    return Bytes.of(wrapped.putInt(1232, text.length).put(1236, text).array());
  }

  private void vek(Target.Seed seed, byte[] input) {
    if (input.length <= Collateral.DOCUMENT_SIZE_MAX) {
      Judged judged = judged(seed);
      judged.appraise(judged.report(), Map.of(CollateralName.VEK, Bytes.of(input)));
    }
  }

  private Target.Seed chain() {
    StringBuilder pem = new StringBuilder();
    for (Bytes certificate :
        List.of(
            TestPlatform.encoded(milan.ask.certificate()),
            TestPlatform.encoded(milan.root.certificate()))) {
      pem.append("-----BEGIN CERTIFICATE-----\n")
          .append(
              java.util.Base64.getMimeEncoder(64, new byte[] {'\n'})
                  .encodeToString(certificate.copy()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return new Target.Seed("own", Bytes.of(pem.toString().getBytes(StandardCharsets.US_ASCII)));
  }

  private void chain(Target.Seed seed, byte[] input) {
    if (input.length <= Collateral.DOCUMENT_SIZE_MAX) {
      Judged judged = Objects.requireNonNull(known.get("own VCEK Milan"));
      new SnpAppraiser(milan::rootAlone)
          .appraise(
              judged.report(),
              new Collateral(
                  Map.of(
                      CollateralName.VEK,
                      judged.vek(),
                      CollateralName.VEK_ISSUER_CHAIN,
                      Bytes.of(input))),
              judged.time(),
              Policy.strict(),
              new Checks());
    }
  }

  private List<Target.Seed> crls() {
    return List.of(
        new Target.Seed(
            "own VCEK Milan",
            milan.root.revocations(NOW, NOW.plusSeconds(3600), milan.asvk.certificate())));
  }

  private void crl(Target.Seed seed, byte[] input) {
    if (input.length <= Collateral.DOCUMENT_SIZE_MAX) {
      Judged judged = judged(seed);
      judged.appraise(
          judged.report(),
          Map.of(CollateralName.VEK, judged.vek(), CollateralName.VEK_CRL, Bytes.of(input)));
    }
  }
}
