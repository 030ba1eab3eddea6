package io.teex.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Evidence;
import io.teex.attestation.amd.EndorsementKey;
import io.teex.attestation.amd.Product;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PlatformsTest {
  @Test
  void readsThePlatformOfEveryGenuineQuote() throws IOException {
    int read = 0;
    for (String directory : new String[] {"sgx", "tdx", "tdx-v5"}) {
      TeeKind kind = directory.equals("sgx") ? TeeKind.SGX : TeeKind.TDX;
      for (Path file : Vectors.files(directory, "quote.bin")) {
        List<Platform> platforms = of(kind, file);
        String fmspc = Vectors.expected(file, "fmspc").orElse("");
        if (fmspc.isEmpty()) {
          assertThat(platforms).as(file.toString()).isEmpty();
          continue;
        }
        PckCa ca =
            Vectors.expected(file, "ca").orElseThrow().equals(PckCa.PLATFORM.commonName())
                ? PckCa.PLATFORM
                : PckCa.PROCESSOR;
        assertThat(platforms)
            .as(file.toString())
            .containsExactly(new Platform.Intel(kind, Bytes.fromHex(fmspc), ca));
        read++;
      }
    }
    assertThat(read).isGreaterThan(10);
  }

  @Test
  void readsThePlatformOfEveryGenuineReport() throws IOException {
    for (Path file : Vectors.files("snp", "report.bin")) {
      Product product = product(Vectors.expected(file, "product").orElseThrow());
      EndorsementKey key = EndorsementKey.valueOf(Vectors.expected(file, "type").orElseThrow());
      List<Platform> platforms = of(TeeKind.SNP, file);

      if (key == EndorsementKey.VLEK) {
        assertThat(platforms).containsExactly(new Platform.AmdEndorsed(product, key));
        continue;
      }
      assertThat(platforms.getFirst())
          .as(file.toString())
          .isEqualTo(
              new Platform.Amd(
                  product,
                  Bytes.fromHex(Vectors.expected(file, "chip_id").orElseThrow()),
                  Bytes.fromHex(Vectors.expected(file, "reported_tcb").orElseThrow())));
      assertThat(platforms).hasSize(Files.readAllBytes(file)[0] == 2 ? 2 : 1);
    }
  }

  @Test
  void takesTheProductOfAnOldReportFromTheCertificateThatCameWithIt() throws IOException {
    Path report = Vectors.path("snp/milan-v2-trustee/report.bin");
    Bytes vek = Vectors.bytes("snp/genoa-v3-aci/vek.der");

    assertThat(
            Platforms.of(
                evidence(TeeKind.SNP, report), new Collateral(Map.of(CollateralName.VEK, vek))))
        .containsExactly(new Platform.AmdEndorsed(Product.GENOA, EndorsementKey.VCEK));
  }

  @Test
  void readsTheReportInsideOfAParavisorsReport() throws IOException {
    assertThat(of(TeeKind.SNP, Vectors.path("snp/milan-v2-azure-hcl/hcl-report.bin")))
        .isEqualTo(of(TeeKind.SNP, Vectors.path("snp/milan-v2-azure-hcl/report.bin")))
        .isNotEmpty();
  }

  @Test
  void isTotal() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Bytes quote = Vectors.bytes(Vectors.TDX + "/quote.bin");
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = quote.slice(0, random.nextInt(quote.size())).copy();
      for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      for (TeeKind kind : TeeKind.values()) {
        assertThat(Platforms.of(new Evidence(kind, Bytes.of(bytes)), Collateral.none()))
            .as("seed %d", seed)
            .isNotNull();
      }
    }
  }

  @Test
  void asksAmdForTheLevelsThatEachProductHas() {
    Bytes chip = Bytes.of((byte) 7);
    assertThat(new Part.Vcek(Product.MILAN, chip, Bytes.fromHex("0300000000000873")).path())
        .isEqualTo("/vcek/v1/Milan/07?blSPL=03&teeSPL=00&snpSPL=08&ucodeSPL=115");
    assertThat(new Part.Vcek(Product.TURIN, chip, Bytes.fromHex("0102030400000051")).path())
        .isEqualTo("/vcek/v1/Turin/07?fmcSPL=01&blSPL=02&teeSPL=03&snpSPL=04&ucodeSPL=81");
  }

  private static Product product(String name) {
    return Product.ofName(name).orElseThrow();
  }

  private static List<Platform> of(TeeKind kind, Path file) throws IOException {
    return Platforms.of(evidence(kind, file), Collateral.none());
  }

  private static Evidence evidence(TeeKind kind, Path file) throws IOException {
    return new Evidence(kind, Bytes.of(Files.readAllBytes(file)));
  }
}
