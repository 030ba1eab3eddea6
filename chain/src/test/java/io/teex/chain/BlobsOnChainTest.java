package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts in blobs of real transactions. */
class BlobsOnChainTest {
  private static final Sending HASTY =
      new Sending(
          Finality.NONE, Sending.STANDARD.feeMax(), Duration.ofMillis(100), Duration.ofSeconds(20));

  @TempDir Path directory;
  private final NativeKzg kzg = NativeKzg.load();

  /** One for all tests: anvil takes ten seconds to get ready for the first blob. */
  private static EmbeddedChain chain;

  private static TransactionSender user;
  private ReceiptData receipts;
  private SignedBatch batch;

  @BeforeAll
  static void start() {
    chain = EmbeddedChain.start();
    user = ReceiptBatches.openLane(chain);
  }

  @AfterAll
  static void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  @BeforeEach
  void prepare() {
    Settlement.BatchChain before =
        chain.settlement().batchChain(ReceiptBatches.DISPATCHER.address());
    receipts = ReceiptBatches.receipts(chain, 20);
    batch = ReceiptBatches.batch(chain, receipts, before.number() + 1, before.head());
  }

  private Outbox outbox() {
    return FileOutbox.open(directory, chain.addresses.domain(), user.address());
  }

  private TransactionSender sender(Outbox outbox, Sending limits) {
    return new TransactionSender(
        chain.client, TransactionSigner.of(ReceiptBatches.USER), outbox, limits);
  }

  private Settlement.Settled settled() {
    return chain
        .settlement()
        .batches(ReceiptBatches.DISPATCHER.address(), 0, chain.client.blockNumber())
        .getLast();
  }

  private PostedReceipts.Posted read(BlobSource source) {
    return new PostedReceipts(chain.client, chain.addresses, source).read(settled()).orElseThrow();
  }

  private BlobSource embedded() {
    return BlobSource.embedded(chain.client);
  }

  @Test
  void whatABatchSettledIsReadFromItsBlob() {
    Mined mined = chain.settlement().settleWithBlobs(user, batch, receipts, kzg);

    assertThat(mined.blobGasUsed()).isEqualTo(1 << 17);
    PostedReceipts.Posted posted = read(embedded());
    assertThat(posted.receipts()).isEqualTo(receipts);
    assertThat(posted.blobs())
        .as("what the contract noted, the commitment to what was meant")
        .isEqualTo(Sidecar.of(BlobCoding.split(receipts.encode()), kzg).versionedHashes());
    assertThat(chain.settlement().open(chain.client, settled()))
        .isEqualTo(
            new Settlement.Opened(batch, List.of(receipts.entries().getFirst().sequence() - 1)));
  }

  @Test
  void aBlobThatWasTamperedWithIsRefused() {
    chain.settlement().settleWithBlobs(user, batch, receipts, kzg);
    ReceiptData others = ReceiptBatches.receipts(chain, 20);

    assertThatThrownBy(() ->
            read(blobs -> embedded().fetch(blobs).stream().map(BlobsOnChainTest::flip).toList()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
    assertThatThrownBy(() -> read(blobs -> BlobCoding.split(others.encode())))
        .hasMessageContaining("batch %d has 20".formatted(settled().number()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
    assertThatThrownBy(() -> read(blobs -> List.of()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
  }

  private static Bytes flip(Bytes blob) {
    byte[] content = blob.copy();
    content[200] ^= 1;
    return Bytes.of(content);
  }

  @Test
  void aBatchThatTheDispatcherDidNotSignIsRefused() {
    chain.settlement().settleWithBlobs(user, batch, receipts, kzg);
    Settlement.Settled told = settled();
    PostedReceipts reader = new PostedReceipts(chain.client, chain.addresses, embedded());

    assertThatThrownBy(() -> reader.read(like(told, user.address(), told.header())))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_INVALID));
    assertThatThrownBy(() -> reader.read(like(told, told.dispatcher(), Bytes32.ZERO)))
        .hasMessageContaining("shows one with another header");
  }

  private static Settlement.Settled like(
      Settlement.Settled told, Address dispatcher, Bytes32 header) {
    return new Settlement.Settled(
        dispatcher,
        told.number(),
        header,
        told.receiptsRoot(),
        told.count(),
        told.total(),
        told.block(),
        told.transaction());
  }

  @Test
  void severalBlobsOfOneTransactionAreReadInTheirOrder() {
    Bytes data = Bytes.of(new byte[300_000]);
    Sidecar sidecar = Sidecar.of(BlobCoding.split(data), kzg);

    Mined mined =
        user.callOnce(
            "three",
            "sending three blobs",
            user.address(),
            Bytes.EMPTY,
            new TransactionSender.GasLike(Bytes.EMPTY, 0),
            () -> sidecar);

    assertThat(mined.blobGasUsed()).isEqualTo(3 << 17);
    assertThat(BlobCoding.join(chain.client.blobs(mined.transaction()))).isEqualTo(data);
  }

  @Test
  void theNextProcessSendsTheBlobsAgainThatTheNodeForgot() {
    chain.client.development("evm_setAutomine", false);
    Sending impatient =
        new Sending(Finality.NONE, HASTY.feeMax(), Duration.ofMinutes(1), Duration.ofMillis(50));
    assertThatThrownBy(() ->
            chain.settlement().settleWithBlobs(sender(outbox(), impatient), batch, receipts, kzg))
        .isInstanceOf(TeexException.class);
    chain.client.development("anvil_dropAllTransactions");
    chain.client.development("evm_setAutomine", true);

    Mined mined = chain.settlement().settle(sender(outbox(), Sending.STANDARD), batch);

    assertThat(mined.transaction())
        .as("the batch is settled by what was sent for it, not once more without blobs")
        .isEqualTo(outbox().all().getLast().newest().hash());
    assertThat(read(embedded()).receipts()).isEqualTo(receipts);
  }

  @Test
  void aReplacementOffersTwiceOfAllAndKeepsItsBlobs() throws Exception {
    chain.client.development("evm_setAutomine", false);
    Outbox outbox = outbox();
    List<List<Sent.Version>> seen = new ArrayList<>();
    Outbox watched =
        new Outbox() {
          @Override
          public List<Sent> all() {
            return outbox.all();
          }

          @Override
          public void keep(Sent sent) {
            outbox.keep(sent);
            seen.add(sent.versions());
            if (sent.versions().size() == 3) {
              chain.client.development("evm_setAutomine", true);
            }
          }

          @Override
          public void forget(long nonce) {
            outbox.forget(nonce);
          }
        };

    chain.settlement().settleWithBlobs(sender(watched, HASTY), batch, receipts, kzg);

    List<Sent.Version> versions = seen.getLast();
    for (int i = 1; i < versions.size(); i++) {
      assertThat(versions.get(i).tip()).isEqualTo(versions.get(i - 1).tip().shiftLeft(1));
      assertThat(versions.get(i).feeMax()).isEqualTo(versions.get(i - 1).feeMax().shiftLeft(1));
      assertThat(versions.get(i).blobFeeMax())
          .isEqualTo(versions.get(i - 1).blobFeeMax().shiftLeft(1));
      assertThat(versions.get(i - 1).raw()).as("not sent again").isEqualTo(Bytes.EMPTY);
    }
    assertThat(read(embedded()).receipts()).isEqualTo(receipts);
  }

  @Test
  void whatHasBlobsWaitsForWhatHasNone() {
    chain.client.development("evm_setAutomine", false);
    Outbox outbox = outbox();
    Sending impatient =
        new Sending(Finality.NONE, HASTY.feeMax(), Duration.ofMinutes(1), Duration.ofMillis(50));
    TransactionSender hurried = sender(outbox, impatient);
    assertThatThrownBy(() -> hurried.transfer(hurried.address(), BigInteger.ONE))
        .isInstanceOf(TeexException.class);

    assertThatThrownBy(() -> chain.settlement().settleWithBlobs(hurried, batch, receipts, kzg))
        .hasMessageContaining("not sent, since nodes take it only after what")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
    assertThat(outbox.all()).hasSize(1);

    chain.client.development("evm_mine");
    chain.client.development("evm_setAutomine", true);
    chain.settlement().settleWithBlobs(sender(outbox, Sending.STANDARD), batch, receipts, kzg);
    assertThat(read(embedded()).receipts()).isEqualTo(receipts);
  }

  @Test
  void aBatchWithoutReceiptsPostsNone() {
    chain.settlement().settle(user, batch);

    assertThat(new PostedReceipts(chain.client, chain.addresses, embedded()).read(settled()))
        .isEmpty();
    assertThatThrownBy(() -> chain.client.blobs(settled().transaction()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_NOT_FOUND));
  }

  @Test
  void aTransactionIsReadAsItWasSigned() {
    Transaction.Raw raw = transaction().sign(ReceiptBatches.USER);
    Sidecar sidecar = Sidecar.of(BlobCoding.split(receipts.encode()), kzg);

    assertThat(Transaction.decode(raw.bytes())).isEqualTo(transaction());
    assertThat(Transaction.decode(sidecar.beside(raw).bytes())).isEqualTo(transaction());
    assertThat(Sidecar.sentWith(sidecar.beside(raw).bytes()).fields()).isEqualTo(sidecar.fields());
    assertThatThrownBy(() -> Sidecar.sentWith(raw.bytes()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Transaction transaction() {
    return new Transaction(
        31337,
        7,
        Fees.GWEI,
        Fees.GWEI.shiftLeft(1),
        90_000,
        ReceiptBatches.USER.address(),
        BigInteger.ZERO,
        Bytes.fromHex("0102"),
        new Transaction.Blobs(Fees.GWEI, List.of(new Bytes32(Bytes.of(new byte[32])))));
  }
}
