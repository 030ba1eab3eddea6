package io.teex.attestation.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.attestation.Evidence;
import io.teex.attestation.Measurement;
import io.teex.attestation.ReportData;
import io.teex.attestation.SimulatedPlatform;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvidenceKindsTest {
  private static final Path VECTORS =
      Path.of(
          Optional.ofNullable(System.getenv("TEEX_VECTORS"))
              .orElse("../../shared/attestation-vectors"));
  private static final Map<String, TeeKind> KINDS =
      Map.of(
          "sgx", TeeKind.SGX,
          "tdx", TeeKind.TDX,
          "tdx-v5", TeeKind.TDX,
          "snp", TeeKind.SNP,
          "nitro", TeeKind.NITRO);
  private static final List<String> FILES =
      List.of("quote.bin", "report.bin", "hcl-report.bin", "attestation.cbor");

  @TempDir Path directory;

  private static List<Path> vectors(String kind) throws IOException {
    assumeTrue(Files.isDirectory(VECTORS), "no attestation vectors in " + VECTORS);
    try (Stream<Path> files = Files.walk(VECTORS.resolve(kind))) {
      return files.filter(file -> FILES.contains(String.valueOf(file.getFileName()))).toList();
    }
  }

  @Test
  void recognisesAllGenuineEvidence() throws IOException {
    int seen = 0;
    for (Map.Entry<String, TeeKind> kind : KINDS.entrySet()) {
      for (Path file : vectors(kind.getKey())) {
        byte[] bytes = Files.readAllBytes(file);
        Evidence expected = new Evidence(kind.getValue(), Bytes.of(bytes));

        assertThat(EvidenceKinds.recognise(bytes)).as(file.toString()).contains(expected);
        assertThat(EvidenceKinds.recognise(expected.encode())).contains(expected);
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(25);
  }

  @Test
  void recognisesATaggedNitroDocument() throws IOException {
    byte[] document = Files.readAllBytes(vectors("nitro").getFirst());
    byte[] tagged = Bytes.concat(Bytes.of((byte) 0xd2), Bytes.of(document)).copy();

    assertThat(EvidenceKinds.recognise(tagged).map(Evidence::kind)).contains(TeeKind.NITRO);
  }

  @Test
  void recognisesSimulatedEvidence() {
    Evidence simulated =
        SimulatedPlatform.openOrCreate(
                directory.resolve("platform"), Instant.EPOCH, new SecureRandom())
            .tee(Measurement.of(new byte[Measurement.SIZE]))
            .evidence(new ReportData(FakeTsm.bytes(1, ReportData.SIZE)));

    assertThat(EvidenceKinds.recognise(simulated.bytes().copy())).contains(simulated);
    assertThat(EvidenceKinds.recognise(simulated.encode())).contains(simulated);
  }

  @Test
  void recognisesNothingInAnythingElse() {
    for (byte[] file :
        new byte[][] {
          {},
          {3, 0},
          {(byte) 0x84},
          {(byte) 0xd2},
          "HCLA".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
          new byte[1184],
          new byte[Evidence.ENCODED_SIZE_MAX],
          new byte[1 << 20],
          "-----BEGIN CERTIFICATE-----".getBytes(java.nio.charset.StandardCharsets.US_ASCII)
        }) {
      assertThat(EvidenceKinds.recognise(file)).isEmpty();
    }
  }

  @Test
  void doesNotTakeWhatIsTooLargeToBeEvidence() throws IOException {
    byte[] quote = Files.readAllBytes(vectors("tdx").getFirst());

    assertThat(EvidenceKinds.recognise(java.util.Arrays.copyOf(quote, Evidence.SIZE_MAX)))
        .isPresent();
    assertThat(EvidenceKinds.recognise(java.util.Arrays.copyOf(quote, Evidence.SIZE_MAX + 1)))
        .isEmpty();
  }

  @Test
  void isTotal() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (String kind : KINDS.keySet()) {
      byte[] genuine = Files.readAllBytes(vectors(kind).getFirst());
      for (int i = 0; i < 5_000; i++) {
        byte[] file = java.util.Arrays.copyOf(genuine, random.nextInt(genuine.length + 1));
        for (int flips = random.nextInt(4); flips > 0 && file.length > 0; flips--) {
          file[random.nextInt(Math.min(file.length, 100))] = (byte) random.nextInt();
        }
        assertThat(EvidenceKinds.recognise(file)).as("seed %d", seed).isNotNull();
      }
    }
  }
}
