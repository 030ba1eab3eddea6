package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TypedData;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class RevertsTest {
  private record Mismatch(Address dispatcher, long expected, long seen) {}

  private record Text(String reason) {}

  private record PanicCode(BigInteger code) {}

  @Test
  void namesACustomErrorAndItsArguments() {
    Bytes data =
        TypedData.encodeCall("BatchOutOfOrder", new Mismatch(DevAccounts.key(0).address(), 2, 1));

    assertThat(Reverts.explain(data))
        .isEqualTo(
            "BatchOutOfOrder(dispatcher 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266, expected 2,"
                + " seen 1)");
    assertThat(Reverts.isOneOf(refusal(data.toString()), "Other", "BatchOutOfOrder")).isTrue();
    assertThat(Reverts.isOneOf(refusal(data.toString()), "Other")).isFalse();
  }

  @Test
  void readsRevertStringsAndPanics() {
    assertThat(Reverts.explain(TypedData.encodeCall("Error", new Text("too early"))))
        .isEqualTo("too early");
    assertThat(
            Reverts.explain(TypedData.encodeCall("Panic", new PanicCode(BigInteger.valueOf(0x11)))))
        .isEqualTo("the contract panicked (code 0x11)");
  }

  @Test
  void namesAnErrorWhoseArgumentsAreNoWords() {
    Bytes data = TypedData.encodeCall("CertificateUnsupported", new Text("algorithm"));

    assertThat(Reverts.explain(data)).isEqualTo("CertificateUnsupported");
  }

  @Test
  void survivesDataThatNoContractOfOursMakes() {
    assertThat(Reverts.explain(Bytes.EMPTY)).isEqualTo("the contract gave no reason");
    assertThat(Reverts.explain(Bytes.fromHex("01020304"))).isEqualTo("unknown error 0x01020304");
    // Right selector, but cut short.
    Bytes cut =
        TypedData.encodeCall("BatchOutOfOrder", new Mismatch(Address.ZERO, 2, 1)).slice(0, 40);
    assertThat(Reverts.explain(cut)).startsWith("unknown error");
  }

  @Test
  void aReadThatNobodyRefusedIsUnavailable() {
    assertThat(Reverts.refusedRead("reading", refusal("")).code())
        .isEqualTo(ErrorCode.CHAIN_UNAVAILABLE);
    assertThat(Reverts.refusedRead("reading", refusal("0x01020304")).code())
        .isEqualTo(ErrorCode.CHAIN_REJECTED);
    assertThat(Reverts.isOneOf(refusal(""), "Any")).isFalse();
  }

  private static RpcException refusal(String data) {
    return new RpcException("eth_call", 3, "execution reverted", data);
  }
}
