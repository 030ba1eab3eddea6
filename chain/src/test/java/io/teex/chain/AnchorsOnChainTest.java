package io.teex.chain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Amount;
import io.teex.protocol.Anchor;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of a TEE-DS node on a real chain. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class AnchorsOnChainTest {
  @Parameter NodeKind kind;

  private static final SigningKey USER = DevAccounts.key(2);
  private static final SigningKey PAYEE = DevAccounts.key(3);
  private static final SigningKey STORE = DevAccounts.key(4);
  private static final SigningKey HEIR = DevAccounts.key(5);
  private static final SigningKey DISPATCHER = DevAccounts.key(6);
  private static final Bytes32 FIRST = Keccak.hash(new byte[] {1});
  private static final Bytes32 SECOND = Keccak.hash(new byte[] {2});

  private static EmbeddedChain chain;
  private static StateAnchor anchors;
  private static TransactionSender sender;

  @BeforeParameterizedClassInvocation
  static void start(NodeKind kind) {
    chain = EmbeddedChain.start(kind);
    anchors = new StateAnchor(chain.client, chain.addresses);
    sender = chain.sender(USER);
    TestRegistry registry = new TestRegistry(chain);
    registry.admit(Role.MANAGER, TestRegistry.MANAGER);
    registry.admit(Role.STORE, STORE);
    registry.admit(Role.STORE, HEIR);
    registry.admit(Role.DISPATCHER, DISPATCHER);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  @Test
  void aStreamIsOpenedOnceAndMovesOnOnly() {
    Bytes32 stream = open("moves");

    anchors.anchor(sender, signed(STORE, new Anchor(stream, 0, 0, 5, FIRST)));
    anchors.anchor(sender, signed(STORE, new Anchor(stream, 0, 2, 1, SECOND)));

    StateAnchor.Stream seen = anchors.stream(stream).orElseThrow();
    assertThat(seen)
        .isEqualTo(new StateAnchor.Stream(STORE.address(), 2, 1, seen.anchoredAt(), SECOND));
    assertThat(seen.anchoredAt()).isEqualTo(chain.now());
    refused(
        "AnchorNotNewer",
        () -> anchors.anchor(sender, signed(STORE, new Anchor(stream, 2, 2, 1, FIRST))));
    refused("StreamExists", () -> open("moves"));
    assertThat(anchors.stream(FIRST)).isEmpty();
  }

  @Test
  void aForkThatKnowsAnOlderEpochIsFoundOut() {
    Bytes32 stream = open("fork");
    anchors.anchor(sender, signed(STORE, new Anchor(stream, 0, 1, 0, FIRST)));

    refused(
        "EpochChanged",
        () -> anchors.anchor(sender, signed(STORE, new Anchor(stream, 0, 2, 0, SECOND))));

    assertThat(anchors.stream(stream).orElseThrow().digest()).isEqualTo(FIRST);
  }

  @Test
  void onlyItsOwnerMovesAStreamAndAManagerHandsItOver() {
    Bytes32 stream = open("handed over");
    Signed<Anchor> byHeir = signed(HEIR, new Anchor(stream, 0, 1, 0, FIRST));
    refused("OwnerOnly", () -> anchors.anchor(sender, byHeir));

    anchors.handOver(chain.sender(TestRegistry.MANAGER), stream, HEIR.address());
    anchors.anchor(sender, byHeir);

    assertThat(anchors.stream(stream).orElseThrow().owner()).isEqualTo(HEIR.address());
  }

  @Test
  void anchorsAndABatchHoldTogetherOrNotAtAll() {
    Bytes32 stream = open("with a batch");
    chain.bond(DISPATCHER.address(), Amount.of(1_000));
    chain.fund(USER.address(), Amount.of(1_000));
    chain.token().approve(sender, chain.addresses.settlement(), Amount.of(1_000));
    chain.settlement().deposit(sender, Amount.of(1_000));
    chain
        .settlement()
        .allow(sender, DISPATCHER.address(), 0, Amount.of(1_000), chain.now() + 3_600);
    Anchor forward = new Anchor(stream, 0, 1, 0, FIRST);
    SignedBatch batch = batch();

    refused(
        "EpochChanged",
        () ->
            anchors.anchorAndSettle(
                sender, List.of(signed(STORE, new Anchor(stream, 9, 10, 0, FIRST))), batch));
    assertThat(chain.settlement().batchChain(DISPATCHER.address()).number()).isZero();

    Mined mined =
        anchors.anchorAndSettle(
            sender,
            Stream.of(forward, new Anchor(stream, 1, 1, 1, SECOND))
                .map(next -> signed(STORE, next))
                .toList(),
            batch);

    assertThat(anchors.stream(stream).orElseThrow().index()).isEqualTo(1);
    assertThat(chain.settlement().batchChain(DISPATCHER.address()).number()).isEqualTo(1);
    assertThat(mined.block()).isEqualTo(chain.client.blockNumber());
    Settlement.Settled settled =
        chain.settlement().batches(DISPATCHER.address(), mined.block(), mined.block()).getFirst();
    assertThat(chain.settlement().open(chain.client, settled).batch()).isEqualTo(batch);
    assertThat(
            new PostedReceipts(chain.client, chain.addresses, BlobSource.embedded(chain.client))
                .read(settled))
        .as("receipts that were posted with it")
        .isEmpty();
    refused("BatchOutOfOrder", () -> anchors.anchorAndSettle(sender, List.of(), batch));
  }

  @Test
  void addressesFromBeforeThereWereAnchorsSayWhatToDo() {
    Addresses now = chain.addresses;
    Addresses old =
        new Addresses(
            now.chainId(),
            now.token(),
            now.registry(),
            now.services(),
            now.data(),
            now.settlement());

    assertThatThrownBy(() -> new StateAnchor(chain.client, old))
        .hasMessageContaining("add the address of its StateAnchor, or deploy anew")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }

  private static Bytes32 open(String salt) {
    Bytes32 word = Keccak.hash(salt.getBytes(UTF_8));
    anchors.open(sender, STORE.address(), word);
    return StateAnchor.streamOf(STORE.address(), word);
  }

  private static <T extends Record> Signed<T> signed(SigningKey by, T value) {
    return by.sign(chain.addresses.domain(), value);
  }

  private static SignedBatch batch() {
    List<Debit> debits = List.of(new Debit(USER.address(), 0, 2, Amount.of(300)));
    List<RequestPayment> requests = List.of();
    List<Credit> credits = List.of(new Credit(PAYEE.address(), Amount.of(300)));
    BatchHeader header =
        new BatchHeader(
            DISPATCHER.address(),
            1,
            Bytes32.ZERO,
            FIRST,
            2,
            Amount.of(300),
            BatchHeader.digest(Debit.class, debits),
            BatchHeader.digest(RequestPayment.class, requests),
            BatchHeader.digest(Credit.class, credits));
    return new SignedBatch(signed(DISPATCHER, header), debits, requests, credits);
  }

  private static void refused(String error, Runnable action) {
    assertThatThrownBy(action::run)
        .hasMessageContaining(error + "(")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REJECTED));
  }
}
