package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions on a chain that does not take them at once, or does not keep them. */
class StubbornChainTest {
  private static final SigningKey KEY = DevAccounts.key(1);
  private static final Address SOMEBODY =
      Address.fromHex("0x00000000000000000000000000000000000000bb");
  private static final Sending HASTY =
      new Sending(
          Finality.NONE,
          BigInteger.valueOf(500).multiply(Fees.GWEI),
          Duration.ofMillis(50),
          Duration.ofSeconds(20));

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  @TempDir Path directory;
  private Anvil anvil;
  private ChainClient client;

  @BeforeEach
  void start() {
    anvil = Anvil.start(EmbeddedChain.binary(), 0, java.util.Optional.empty());
    client = ChainClient.connect(anvil.endpoint());
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    if (client != null) {
      client.close();
      anvil.close();
    }
  }

  private TransactionSender sender(Outbox outbox) {
    return sender(outbox, HASTY);
  }

  private TransactionSender sender(Outbox outbox, Sending limits) {
    return new TransactionSender(client, TransactionSigner.of(KEY), outbox, limits);
  }

  private Outbox outbox() {
    return FileOutbox.open(directory, new Domain(Anvil.CHAIN_ID, SOMEBODY), KEY.address());
  }

  private void automine(boolean on) {
    client.development("evm_setAutomine", on);
  }

  private CompletableFuture<Mined> transfer(TransactionSender sender, long wei) {
    return CompletableFuture.supplyAsync(
        () -> sender.transfer(SOMEBODY, BigInteger.valueOf(wei)), threads);
  }

  private long received() {
    return client.ether(SOMEBODY).longValueExact();
  }

  private static void await(BooleanSupplier condition) {
    long giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(giveUp);
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }

  @Test
  void aTransactionThatWaitsOffersMoreUnderTheSameNonce() throws Exception {
    automine(false);
    Outbox outbox = outbox();
    CompletableFuture<Mined> mined = transfer(sender(outbox), 5);
    await(() -> outbox.all().stream().anyMatch(sent -> sent.versions().size() >= 3));
    List<Sent.Version> versions = outbox.all().getFirst().versions();
    automine(true);
    client.development("evm_mine");

    assertThat(mined.get().succeeded()).isTrue();
    assertThat(received()).isEqualTo(5);
    assertThat(outbox.all()).hasSize(1);
    assertThat(versions).extracting(Sent.Version::tip).isSorted().doesNotHaveDuplicates();
    assertThat(client.minedNonce(KEY.address())).isEqualTo(1);
  }

  @Test
  void theOfferHasACap() throws Exception {
    automine(false);
    Fees now = client.fees(HASTY.feeMax());
    Outbox outbox = outbox();
    CompletableFuture<Mined> mined =
        transfer(
            sender(
                outbox,
                new Sending(
                    Finality.NONE, now.max(), Duration.ofMillis(1), Duration.ofMillis(200))),
            5);

    assertThatThrownBy(mined::join)
        .hasMessageContaining("is in no block that counts yet; it may still be mined");
    assertThat(outbox.all())
        .singleElement()
        .satisfies(sent -> assertThat(sent.versions()).hasSize(1));
  }

  @Test
  void aTransactionThatTheNodeForgotIsSentAgain() throws Exception {
    automine(false);
    Outbox outbox = outbox();
    CompletableFuture<Mined> mined = transfer(sender(outbox), 5);
    await(() -> client.pendingNonce(KEY.address()) == 1);
    client.development("anvil_dropAllTransactions");
    await(() -> client.pendingNonce(KEY.address()) == 1);
    automine(true);
    client.development("evm_mine");

    assertThat(mined.get().succeeded()).isTrue();
    assertThat(received()).isEqualTo(5);
  }

  @Test
  void theNextProcessSendsWhatTheNodeForgotAndTakesNoNonceTwice() {
    automine(false);
    TransactionSender first =
        sender(
            outbox(),
            new Sending(
                Finality.NONE, HASTY.feeMax(), Duration.ofMinutes(1), Duration.ofMillis(50)));
    assertThatThrownBy(() -> first.transfer(SOMEBODY, BigInteger.valueOf(5)))
        .isInstanceOf(TeexException.class);
    client.development("anvil_dropAllTransactions");
    automine(true);

    sender(outbox()).transfer(SOMEBODY, BigInteger.valueOf(70));

    assertThat(received()).isEqualTo(75);
    assertThat(client.minedNonce(KEY.address())).isEqualTo(2);
  }

  @Test
  void theNextProcessWaitsForWhatWasSentForTheSameIntent() {
    automine(false);
    Sending impatient =
        new Sending(Finality.NONE, HASTY.feeMax(), Duration.ofMinutes(1), Duration.ofMillis(50));
    assertThatThrownBy(() -> once(sender(outbox(), impatient))).isInstanceOf(TeexException.class);
    client.development("evm_mine");

    Mined mined = once(sender(outbox()));

    assertThat(once(sender(outbox())).transaction()).isEqualTo(mined.transaction());
    assertThat(client.minedNonce(KEY.address())).isEqualTo(1);
  }

  private static Mined once(TransactionSender sender) {
    return sender.callOnce("the intent", "calling somebody", SOMEBODY, Bytes.EMPTY);
  }

  @Test
  void whoeverWaitsForConfirmationsFollowsAReorganisation() throws Exception {
    TransactionSender sender =
        sender(
            outbox(),
            new Sending(
                new Finality.Depth(3),
                HASTY.feeMax(),
                Duration.ofMillis(50),
                Duration.ofSeconds(20)));
    CompletableFuture<Mined> mined = transfer(sender, 5);
    await(() -> received() == 5);
    client.development("evm_mine");
    client.development("anvil_reorg", 2, List.of());
    assertThat(mined).isNotDone();
    await(() -> received() == 5);
    await(() -> {
      client.development("evm_mine");
      return mined.isDone();
    });

    Mined counted = mined.get();
    assertThat(client.block(counted.block()).orElseThrow().hash()).isEqualTo(counted.blockHash());
    assertThat(received()).isEqualTo(5);
  }

  @Test
  void aNonceThatSomebodyElseUsedIsSaid() throws Exception {
    automine(false);
    CompletableFuture<Mined> mined = transfer(sender(Outbox.inMemory(), HASTY), 5);
    await(() -> client.pendingNonce(KEY.address()) == 1);
    client.development("anvil_setNonce", KEY.address().toString(), "0x7");

    assertThatThrownBy(mined::join)
        .hasMessageContaining("another transaction took nonce 0 of " + KEY.address())
        .hasRootCauseInstanceOf(TeexException.class)
        .rootCause()
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REJECTED));
  }

  @Test
  void whatLiesDeepIsForgotten() {
    Outbox outbox = outbox();
    TransactionSender sender = sender(outbox);
    sender.transfer(SOMEBODY, BigInteger.ONE);
    sender.transfer(SOMEBODY, BigInteger.ONE);
    assertThat(outbox.all()).hasSize(2);

    client.development("anvil_mine", "0x50");
    sender.transfer(SOMEBODY, BigInteger.ONE);
    client.development("anvil_mine", "0x50");
    sender.transfer(SOMEBODY, BigInteger.ONE);

    assertThat(outbox.all()).extracting(Sent::nonce).containsExactly(3L);
    assertThat(outbox().all()).isEqualTo(outbox.all());
  }

  @Test
  void aChainThatLostMoreThanWasKeptIsBegunAnew() {
    String snapshot = client.snapshot();
    TransactionSender sender = sender(outbox());
    sender.transfer(SOMEBODY, BigInteger.ONE);
    client.development("anvil_mine", "0x50");
    sender.transfer(SOMEBODY, BigInteger.ONE);
    sender.transfer(SOMEBODY, BigInteger.ONE);
    assertThat(outbox().all()).extracting(Sent::nonce).containsExactly(1L, 2L);
    client.development("evm_revert", snapshot);

    sender(outbox()).transfer(SOMEBODY, BigInteger.TWO);

    assertThat(received()).isEqualTo(2);
  }

  @Test
  void aFileThatIsNoTransactionIsNamed() throws Exception {
    outbox();
    try (Stream<Path> outboxes = Files.list(directory)) {
      Files.writeString(outboxes.findFirst().orElseThrow().resolve("3.json"), "{}");
    }

    assertThatThrownBy(this::outbox)
        .hasMessageContaining("3.json is no transaction that was sent")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_CORRUPT));
  }
}
