package io.teex.attestation.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.CollateralName;
import io.teex.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CertificateTableTest {
  static final String VCEK = "63da758de6644564adc5f4b93be8accd";
  static final String VLEK = "a8074bc2a25a483eaae639c045a0b8a1";
  private static final String ASK = "4ab7b379bbac4fe4a02f05aef327c782";
  private static final String ARK = "c0b406a4a803495297433fb6014cd0ae";

  private static final Bytes VCEK_REPORT = report(0);
  private static final Bytes VLEK_REPORT = report(1);

  /** As much of a report as says which key signed it. */
  private static Bytes report(int signingKey) {
    byte[] report = new byte[1184];
    report[0x48] = (byte) (signingKey << 2);
    return Bytes.of(report);
  }

  /** A table of these certificates by GUID. */
  static byte[] table(Map<String, byte[]> certificates) {
    int header = 24 * (certificates.size() + 1);
    int size = header + certificates.values().stream().mapToInt(one -> one.length).sum();
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    int at = header;
    for (Map.Entry<String, byte[]> one : certificates.entrySet()) {
      out.put(Bytes.fromHex(one.getKey()).copy()).putInt(at).putInt(one.getValue().length);
      at += one.getValue().length;
    }
    out.position(header);
    certificates.values().forEach(out::put);
    return out.array();
  }

  @Test
  void readsTheKeyAndItsIssuers() {
    byte[] table =
        table(Map.of(VCEK, new byte[] {1}, ASK, new byte[] {2, 2}, ARK, new byte[] {3, 3, 3}));

    assertThat(CertificateTable.read(table, VCEK_REPORT).documents())
        .isEqualTo(
            Map.of(
                CollateralName.VEK,
                Bytes.of((byte) 1),
                CollateralName.VEK_ISSUER_CHAIN,
                Bytes.of(
                    """
                    -----BEGIN CERTIFICATE-----
                    AgI=
                    -----END CERTIFICATE-----
                    -----BEGIN CERTIFICATE-----
                    AwMD
                    -----END CERTIFICATE-----
                    """
                        .getBytes(StandardCharsets.US_ASCII))));
  }

  @Test
  void readsTheKeyThatSignedTheReport() {
    byte[] both = table(Map.of(VCEK, new byte[] {1}, VLEK, new byte[] {4}));

    assertThat(vek(both, VCEK_REPORT)).contains(Bytes.of((byte) 1));
    assertThat(vek(both, VLEK_REPORT)).contains(Bytes.of((byte) 4));
  }

  @Test
  void leavesOutTheKeyThatDidNotSign() {
    assertThat(vek(table(Map.of(VLEK, new byte[] {4})), VCEK_REPORT)).isEmpty();
    assertThat(vek(table(Map.of(VCEK, new byte[] {1})), VLEK_REPORT)).isEmpty();
    assertThat(vek(table(Map.of(VCEK, new byte[] {1}, VLEK, new byte[] {4})), report(7))).isEmpty();
  }

  private static Optional<Bytes> vek(byte[] table, Bytes report) {
    return CertificateTable.read(table, report).find(CollateralName.VEK);
  }

  @Test
  void leavesOutWhatItDoesNotKnow() {
    byte[] table = table(Map.of("11".repeat(16), new byte[] {1}));

    assertThat(CertificateTable.read(table, VCEK_REPORT).documents()).isEmpty();
    assertThat(CertificateTable.read(new byte[0], VCEK_REPORT).documents()).isEmpty();
    assertThat(CertificateTable.read(new byte[24], VCEK_REPORT).documents()).isEmpty();
  }

  @Test
  void refusesACertificateOutsideOfTheTable() {
    byte[] table = table(Map.of(VCEK, new byte[] {1}));
    for (byte[] lie : new byte[][] {{-1, -1, -1, -1}, {49, 0, 0, 0}, {-1, -1, -1, 127}}) {
      byte[] far = table.clone();
      System.arraycopy(lie, 0, far, 16, 4);
      byte[] large = table.clone();
      System.arraycopy(lie, 0, large, 20, 4);

      assertThatThrownBy(() -> CertificateTable.read(far, VCEK_REPORT))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> CertificateTable.read(large, VCEK_REPORT))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesATableWithoutEnd() {
    byte[] cut = java.util.Arrays.copyOf(table(Map.of(VCEK, new byte[] {1})), 24);
    byte[] full = new byte[CertificateTable.SIZE_MAX];
    java.util.Arrays.fill(full, (byte) 0);
    for (int i = 0; i < full.length; i += 24) {
      full[i] = 1;
    }
    byte[] large = new byte[CertificateTable.SIZE_MAX + 1];

    for (byte[] table : new byte[][] {cut, full, large, new byte[7]}) {
      assertThatThrownBy(() -> CertificateTable.read(table, VCEK_REPORT))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void answersOrRefusesAnyBytes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] good = table(Map.of(VCEK, new byte[100], ASK, new byte[50], ARK, new byte[50]));
    for (int i = 0; i < 20_000; i++) {
      byte[] table = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int flips = random.nextInt(6); flips > 0 && table.length > 0; flips--) {
        table[random.nextInt(Math.min(table.length, 96))] = (byte) random.nextInt();
      }
      try {
        assertThat(CertificateTable.read(table, VCEK_REPORT)).as("seed %d", seed).isNotNull();
      } catch (IllegalArgumentException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("table");
      }
    }
  }
}
