package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that another program signs: anvil does, as geth and Web3Signer do. */
class TransactionSignerTest {
  private static final SigningKey KEY = DevAccounts.key(5);
  private static final Address SOMEBODY =
      Address.fromHex("0x00000000000000000000000000000000000000dd");
  private static final Transaction TRANSACTION =
      new Transaction(
          31337,
          3,
          BigInteger.ONE,
          BigInteger.TEN,
          21_000,
          SOMEBODY,
          BigInteger.valueOf(7),
          Bytes.EMPTY);

  @Test
  void sendsWhatAnExternalSignerSigned() {
    try (Anvil anvil = Anvil.start(EmbeddedChain.binary(), 0, java.util.Optional.empty());
        ChainClient client = ChainClient.connect(anvil.endpoint());
        TransactionSigner signer = TransactionSigner.remote(anvil.endpoint(), KEY.address())) {
      TransactionSender sender = new TransactionSender(client, signer);

      assertThat(sender.transfer(SOMEBODY, BigInteger.valueOf(9)).succeeded()).isTrue();
      sender.create("making a contract", Bytes.fromHex("60006000f3"));

      assertThat(client.ether(SOMEBODY)).isEqualTo(BigInteger.valueOf(9));
      assertThat(client.minedNonce(KEY.address())).isEqualTo(2);
    }
  }

  @Test
  void anAccountThatTheSignerDoesNotHaveIsSaid() {
    try (Anvil anvil = Anvil.start(EmbeddedChain.binary(), 0, java.util.Optional.empty());
        TransactionSigner signer = TransactionSigner.remote(anvil.endpoint(), SOMEBODY)) {
      assertThatThrownBy(() -> signer.sign(TRANSACTION))
          .hasMessageContaining("does not sign for " + SOMEBODY)
          .isInstanceOfSatisfying(
              TeexException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
    }
  }

  @Test
  void takesTheAnswerInBothForms() throws IOException {
    Transaction.Raw raw = TRANSACTION.sign(KEY);

    assertThat(answered("\"%s\"".formatted(raw.bytes()))).isEqualTo(raw);
    assertThat(answered("{\"raw\":\"%s\",\"tx\":{}}".formatted(raw.bytes()))).isEqualTo(raw);
  }

  @Test
  void saysOfBlobsWhatIsToBeSigned() throws IOException {
    Transaction blobs =
        new Transaction(
            31337,
            3,
            BigInteger.ONE,
            BigInteger.TEN,
            21_000,
            SOMEBODY,
            BigInteger.valueOf(7),
            Bytes.EMPTY,
            new Transaction.Blobs(
                BigInteger.TWO, List.of(new Bytes32(Bytes.fromHex("01".repeat(32))))));
    List<String> asked = new ArrayList<>();
    try (FakeNode node = new FakeNode();
        TransactionSigner signer = TransactionSigner.remote(node.endpoint(), KEY.address())) {
      node.answer =
          request -> {
            asked.add(request);
            return "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"%s\"}"
                .formatted(blobs.sign(KEY).bytes());
          };

      assertThat(signer.sign(blobs)).isEqualTo(blobs.sign(KEY));
    }
    assertThat(asked)
        .singleElement()
        .asString()
        .contains("\"type\":\"0x3\"", "\"maxFeePerBlobGas\":\"0x2\"", "\"0x0101");
  }

  private static Transaction.Raw answered(String result) throws IOException {
    try (FakeNode node = new FakeNode();
        TransactionSigner signer = TransactionSigner.remote(node.endpoint(), KEY.address())) {
      node.answer = request -> "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":%s}".formatted(result);
      return signer.sign(TRANSACTION);
    }
  }

  @Test
  void aSignerThatSignsSomethingElseIsNotFollowed() {
    Transaction more =
        new Transaction(
            31337,
            3,
            BigInteger.ONE,
            BigInteger.TEN,
            21_000,
            SOMEBODY,
            BigInteger.valueOf(8),
            Bytes.EMPTY);

    wrong(more.sign(KEY).bytes(), "it changed field 7 of 9");
    wrong(TRANSACTION.sign(DevAccounts.key(6)).bytes(), "another account signed it");
    wrong(Bytes.of((byte) 1, (byte) 0xc0), "another kind of transaction");
    wrong(Bytes.of((byte) 2, (byte) 0xc0), "of another form");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "\"\"", "\"0x\"", "\"0x02ff\"", "{}"})
  void whatIsNoTransactionIsRefused(String result) {
    assertThatThrownBy(() -> answered(result))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_INVALID));
  }

  private static void wrong(Bytes raw, String why) {
    assertThatThrownBy(() -> answered("\"%s\"".formatted(raw)))
        .hasMessageContaining(why)
        .hasMessageContaining("nothing was sent")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_INVALID));
  }
}
