package io.teex.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.teex.attestation.Evidence;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Quotes whose lengths and types do not fit together. */
final class QuoteTest {
  private static final int HEADER = 48;
  private static final int KEYS = 128;

  private final Bytes sgx3 = new FakePlatform(TeeKind.SGX, 3).quote();
  private final Bytes tdx4 = new FakePlatform(TeeKind.TDX, 4).quote();
  private final Bytes tdx5 = new FakePlatform(TeeKind.TDX, 5).quote();

  @Test
  void readsAQuoteOfEachVersion() throws Refused {
    assertThat(Quote.parse(sgx3).header()).isEqualTo(new QuoteHeader(3, TeeKind.SGX));
    assertThat(Quote.parse(tdx4).header()).isEqualTo(new QuoteHeader(4, TeeKind.TDX));
    assertThat(Quote.parse(tdx5).header()).isEqualTo(new QuoteHeader(5, TeeKind.TDX));
    assertThat(Quote.parse(tdx5).signed().size()).isEqualTo(HEADER + 6 + TdReport.SIZE_1_5);
    assertThat(Quote.parse(tdx4).paddingSize()).isZero();
    assertThat(Quote.parse(Bytes.concat(tdx4, Bytes.of(new byte[5]))).paddingSize()).isEqualTo(5);
  }

  @Test
  void refusesOtherAlgorithmsVendorsAndKinds() {
    refuses(tdx4, in -> in.putShort(2, (short) 3));
    refuses(tdx4, in -> in.put(12, (byte) 0));
    refuses(tdx4, in -> in.putInt(4, 1));
    refuses(sgx3, in -> in.putInt(4, 0x81));
    refuses(tdx5, in -> in.putInt(4, 0));
    refuses(tdx5, in -> in.putShort(HEADER, (short) 2));
    refuses(tdx5, in -> in.putInt(HEADER + 2, 584));
    refuses(tdx5, in -> in.putShort(HEADER, (short) 4), Reason.UNSUPPORTED_VERSION);
    refuses(sgx3, in -> in.putShort(0, (short) 6), Reason.UNSUPPORTED_VERSION);
  }

  @Test
  void refusesLengthsThatDoNotFit() {
    int data = HEADER + SgxReport.SIZE;
    int authentication = data + 4 + KEYS + SgxReport.SIZE + 64;
    int certification = authentication + 2 + 32;
    for (int change : new int[] {-1, 1, -32, 1 << 30, Integer.MIN_VALUE}) {
      refuses(sgx3, in -> in.putInt(data, in.getInt(data) + change));
      refuses(sgx3, in -> in.putInt(certification + 2, in.getInt(certification + 2) + change));
    }
    refuses(sgx3, in -> in.putShort(authentication, (short) 0xffff));
    refuses(sgx3, in -> in.putInt(data, 0));
    refuses(sgx3, in -> in.putInt(data, -1));

    int outer = HEADER + TdReport.SIZE_1_0 + 4 + KEYS + 2;
    for (int change : new int[] {-1, 1, Integer.MIN_VALUE}) {
      refuses(tdx4, in -> in.putInt(outer, in.getInt(outer) + change));
    }
  }

  @Test
  void refusesBytesBetweenTheCertificationDataAndItsEnd() {
    int data = HEADER + TdReport.SIZE_1_0;
    int outer = data + 4 + KEYS + 2;
    Bytes longer = Bytes.concat(tdx4, Bytes.of(new byte[8]));

    // Behind the signature data they are padding, inside they are not.
    refuses(longer, in -> in.putInt(data, in.getInt(data) + 8));
    refuses(longer, in -> in.putInt(data, in.getInt(data) + 8).putInt(outer, in.getInt(outer) + 8));
    refuses(
        Bytes.concat(sgx3, Bytes.of(new byte[8])),
        in -> in.putInt(HEADER + SgxReport.SIZE, in.getInt(HEADER + SgxReport.SIZE) + 8));
  }

  @Test
  void refusesMoreThanTheLongestEvidence() {
    Bytes padded = Bytes.of(Arrays.copyOf(tdx4.copy(), Evidence.SIZE_MAX + 1));

    refuses(padded, in -> {});
  }

  private static void refuses(Bytes quote, Consumer<ByteBuffer> change) {
    refuses(quote, change, Reason.MALFORMED);
  }

  private static void refuses(Bytes quote, Consumer<ByteBuffer> change, Reason reason) {
    byte[] bytes = quote.copy();
    change.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));

    Refused refused = catchThrowableOfType(Refused.class, () -> Quote.parse(Bytes.of(bytes)));

    assertThat(refused).isNotNull();
    assertThat(refused.reason()).isEqualTo(reason);
  }
}
