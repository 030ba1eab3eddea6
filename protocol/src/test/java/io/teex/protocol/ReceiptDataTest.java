package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ReceiptDataTest {
  /** What the contracts' gas is measured with: 200 tasks of 15 payers. */
  private static final Path MEASURED = Path.of("../contracts/test/receipt-data.bin");

  private static final int TASKS = 200;

  @Test
  void comesBackAsItWasAndMakesTheBatchsTree() {
    RandomGenerator random = Seeds.random();
    for (int round = 0; round < 40; round++) {
      ReceiptSamples samples = new ReceiptSamples(random, 1 + random.nextInt(9), 4);
      ReceiptData data = samples.mixture(1 + random.nextInt(60));

      ReceiptData read = ReceiptData.decode(data.encode(), data.entries().size());

      assertThat(read).isEqualTo(data);
      assertThat(read.requireOf(header(data), Examples.DOMAIN)).isEqualTo(data);
    }
  }

  @Test
  void aReceiptTakesLessThanASixthOfItsAbiEncoding() {
    ReceiptData data = measured();
    int plain = TypedData.encodeList(ReceiptData.Entry.class, data.entries()).length / TASKS;
    int packed = data.encode().size() / TASKS;
    System.out.printf("a receipt takes %d bytes, %d as abi.encode%n", packed, plain);

    // Five words of it are digests that nothing can shorten.
    assertThat(packed).isBetween(160, plain / 6);
  }

  /** The file is written anew with {@code -Dteex.write-receipts=true}. */
  @Test
  void theContractsAreMeasuredWithSuchData() throws IOException {
    if (Boolean.getBoolean("teex.write-receipts")) {
      Files.write(MEASURED, measured().encode().copy());
    }

    assertThat(ReceiptData.decode(Bytes.of(Files.readAllBytes(MEASURED)), TASKS))
        .isEqualTo(measured());
  }

  @Test
  void refusesDataOfAnotherBatch() {
    ReceiptSamples samples = new ReceiptSamples(Seeds.random(), 3, 4);
    ReceiptData data = samples.batch(9);
    ReceiptData missing = new ReceiptData(data.entries().subList(1, 9));
    ReceiptData twice =
        new ReceiptData(List.of(data.entries().getFirst(), data.entries().getFirst()));
    ReceiptData none = new ReceiptData(List.of());

    for (ReceiptData other : List.of(missing, twice, none, samples.batch(9))) {
      malformed(() -> other.requireOf(header(data), Examples.DOMAIN));
    }
  }

  @Test
  void refusesWhatIsNoSuchData() {
    ReceiptData data = new ReceiptSamples(Seeds.random(), 3, 4).batch(9);
    byte[] encoded = data.encode().copy();

    malformed(() -> ReceiptData.decode(Bytes.EMPTY, 9));
    malformed(() -> ReceiptData.decode(Bytes.of((byte) 1, (byte) 2, (byte) 3), 9));
    malformed(() -> ReceiptData.decode(Bytes.of(Arrays.copyOf(encoded, encoded.length - 5)), 9));
    malformed(() -> ReceiptData.decode(Bytes.of(Arrays.copyOf(encoded, encoded.length + 1)), 9));
    for (int i = 0; i < encoded.length; i += 7) {
      byte[] changed = encoded.clone();
      changed[i] ^= 1;
      sameOrMalformed(data, Bytes.of(changed));
    }
  }

  @Test
  void inflatesNoMoreThanSoManyReceiptsCanBe() {
    ReceiptData data = new ReceiptSamples(Seeds.random(), 1, 4).batch(200);

    assertThatThrownBy(() -> ReceiptData.decode(data.encode(), 1))
        .hasMessageContaining("when inflated");
  }

  @Test
  void aLeafHasTheReceiptsThatItsKindSays() {
    Receipt receipt = new ReceiptSamples(Seeds.random(), 1, 4).receipt();
    Address payer = Examples.USER.address();

    assertThatThrownBy(
            () -> new ReceiptData.Entry(payer, 0, 1, ReceiptLeaf.Kind.VOID, List.of(receipt)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new ReceiptData.Entry(payer, 0, 1, ReceiptLeaf.Kind.RECEIPT, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ReceiptData measured() {
    return new ReceiptSamples(new SplittableRandom(1), 15, 5).batch(TASKS);
  }

  private static BatchHeader header(ReceiptData data) {
    ReceiptTree tree =
        ReceiptTree.of(data.entries().stream().map(entry -> entry.leaf(Examples.DOMAIN)).toList());
    return new BatchHeader(
        Examples.DISPATCHER.address(),
        1,
        Bytes32.ZERO,
        tree.root(),
        tree.count(),
        tree.total(),
        Bytes32.ZERO,
        Bytes32.ZERO,
        Bytes32.ZERO);
  }

  /** The stream ends with a checksum; a few of its bits mean nothing. */
  private static void sameOrMalformed(ReceiptData data, Bytes encoded) {
    try {
      assertThat(ReceiptData.decode(encoded, 9)).isEqualTo(data);
    } catch (TeexException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED);
    }
  }

  private static void malformed(ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
  }
}
