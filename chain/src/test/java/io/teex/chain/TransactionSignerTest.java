package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ServiceId;
import io.teex.protocol.Session;
import io.teex.protocol.Signature;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.protocol.Uint;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

  private static final Domain DOMAIN = new Domain(31337, SOMEBODY);
  private static final BigInteger ORDER_OF_CURVE =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  private static final Session SESSION =
      new Session(
          KEY.address(),
          SOMEBODY,
          SOMEBODY,
          3,
          Amount.parse("340282366920938463463374607431768211455"),
          Amount.of(1),
          List.of(
              new ServiceId(BigInteger.ONE),
              new ServiceId(BigInteger.TWO.pow(256).subtract(BigInteger.ONE))),
          1_800_000_000,
          Bytes32.ZERO);

  private record Inner(String text, List<BigInteger> numbers) {}

  private record Everything(
      boolean flag, @Uint(40) long small, Bytes bytes, Inner inner, List<Inner> inners) {}

  private static final Everything EVERYTHING =
      new Everything(
          true,
          7,
          Bytes.of((byte) 1, (byte) 2),
          new Inner("ü \"quoted\"\n", List.of()),
          List.of(new Inner("", List.of(BigInteger.TWO.pow(200)))));

  @Test
  void sendsWhatAnExternalSignerSigned() {
    try (Anvil anvil = Anvil.start(EmbeddedChain.binary(), 0, Optional.empty());
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
    try (Anvil anvil = Anvil.start(EmbeddedChain.binary(), 0, Optional.empty());
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

  /** As wallets are asked, with every kind of field that our records have. */
  @ParameterizedTest
  @EnumSource(NodeKind.class)
  void anExternalSignerSignsTypedDataAsAKeyOfOursDoes(NodeKind kind) {
    try (EmbeddedChain node = EmbeddedChain.start(kind);
        TransactionSigner signer = TransactionSigner.remote(node.endpoint, KEY.address())) {
      for (Record value : List.of(SESSION, EVERYTHING)) {
        assertThat(signer.sign(DOMAIN, value))
            .as(value.toString())
            .isEqualTo(KEY.sign(DOMAIN, value));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(NodeKind.class)
  void aPermitOfAnExternalSignerCounts(NodeKind kind) {
    try (EmbeddedChain chain = EmbeddedChain.start(kind);
        TransactionSigner signer = TransactionSigner.remote(chain.endpoint, KEY.address())) {
      chain.fund(KEY.address(), Amount.of(70));
      Permit permit =
          chain
              .token()
              .permit(signer, chain.addresses.settlement(), Amount.of(50), chain.now() + 600)
              .orElseThrow();

      // EDR signs no transaction without sending it, and this is about the permit.
      chain.settlement().deposit(chain.sender(KEY), Amount.of(50), permit);

      assertThat(chain.settlement().balance(KEY.address())).isEqualTo(Amount.of(50));
      assertThat(chain.token().balanceOf(KEY.address())).isEqualTo(Amount.of(20));
    }
  }

  /** A token without permits, or one that keeps what they are signed for to itself. */
  @Test
  void aTokenWhoseDomainIsNotKnownIsApprovedInstead() {
    try (EmbeddedChain chain = EmbeddedChain.start();
        TransactionSigner signer = TransactionSigner.remote(chain.endpoint, KEY.address())) {
      Addresses other =
          new Addresses(
              chain.addresses.chainId(),
              chain.addresses.registry(),
              chain.addresses.registry(),
              chain.addresses.services(),
              chain.addresses.data(),
              chain.addresses.settlement());
      Addresses elsewhere =
          new Addresses(
              chain.addresses.chainId() + 1,
              chain.addresses.token(),
              chain.addresses.registry(),
              chain.addresses.services(),
              chain.addresses.data(),
              chain.addresses.settlement());

      assertThat(new Token(chain.client, other).permit(signer, SOMEBODY, Amount.of(1), 1))
          .isEmpty();
      assertThat(new Token(chain.client, elsewhere).permit(signer, SOMEBODY, Amount.of(1), 1))
          .isEmpty();
      chain.fund(KEY.address(), Amount.of(9));
      TransactionSender sender = new TransactionSender(chain.client, signer);
      chain.token().approve(sender, chain.addresses.settlement(), Amount.of(9));
      chain.settlement().deposit(sender, Amount.of(9), Permit.NONE);
      assertThat(chain.settlement().balance(KEY.address())).isEqualTo(Amount.of(9));
    }
  }

  @Test
  void theParityMayBeToldWithoutItsBase() throws IOException {
    byte[] bytes = KEY.sign(DOMAIN, SESSION).signature().bytes().copy();
    bytes[64] = (byte) (bytes[64] - 27);

    assertThat(typed("\"%s\"".formatted(Bytes.of(bytes)))).isEqualTo(KEY.sign(DOMAIN, SESSION));
  }

  @Test
  void aSignatureThatIsNotTheAccountsOrNotOfThisIsNotUsed() {
    Signature good = KEY.sign(DOMAIN, SESSION).signature();
    Bytes high =
        Bytes.concat(
            good.bytes().slice(0, 32),
            StorageLayout.word(ORDER_OF_CURVE.subtract(good.s())).value(),
            Bytes.of((byte) (55 - good.v())));

    wrongTyped(DevAccounts.key(6).sign(DOMAIN, SESSION).signature().bytes(), "with another key");
    wrongTyped(KEY.sign(DOMAIN, EVERYTHING).signature().bytes(), "signed something else");
    wrongTyped(
        KEY.sign(new Domain(1, DOMAIN.settlement()), SESSION).signature().bytes(),
        "signed something else");
    wrongTyped(high, "s is out of range or high");
    wrongTyped(good.bytes().slice(0, 64), "expected 65 bytes, got 64");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "\"\"", "\"0x\"", "\"0x0\"", "\"zz\"", "{}"})
  void whatIsNoSignatureIsRefused(String result) {
    assertThatThrownBy(() -> typed(result))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_INVALID));
  }

  @Test
  void aSignerThatRefusesOrIsAwayIsSaid() throws IOException {
    try (FakeNode node = new FakeNode();
        TransactionSigner signer = TransactionSigner.remote(node.endpoint(), KEY.address())) {
      node.answer =
          _ ->
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":4001,\"message\":\"denied by its owner\"}}";
      assertThatThrownBy(() -> signer.sign(DOMAIN, SESSION))
          .hasMessageContaining("does not sign for " + KEY.address())
          .hasMessageContaining("Session")
          .hasMessageContaining("denied by its owner")
          .isInstanceOfSatisfying(
              TeexException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));

      node.status = 429;
      assertThatThrownBy(() -> signer.sign(DOMAIN, SESSION))
          .hasMessageContaining("the signer at")
          .hasMessageContaining("try again later");
    }
    try (TransactionSigner nobody =
        TransactionSigner.remote(URI.create("http://127.0.0.1:1"), KEY.address())) {
      assertThatThrownBy(() -> nobody.sign(DOMAIN, SESSION))
          .hasMessageContaining("the signer at http://127.0.0.1:1 does not answer");
    }
  }

  private static Signed<Session> typed(String result) throws IOException {
    try (FakeNode node = new FakeNode();
        TransactionSigner signer = TransactionSigner.remote(node.endpoint(), KEY.address())) {
      node.answer = _ -> "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":%s}".formatted(result);
      return signer.sign(DOMAIN, SESSION);
    }
  }

  private static void wrongTyped(Bytes signature, String why) {
    assertThatThrownBy(() -> typed("\"%s\"".formatted(signature)))
        .hasMessageContaining(why)
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
