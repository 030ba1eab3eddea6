package io.teex.chain;

import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The receipts that whoever sent a batch posted beside it, read back by somebody who believes
 * nobody: that they are all that the batch settled, and nothing else, is shown by the root that the
 * dispatcher signed. So blobs need no proof of their own here, and come from anywhere.
 */
public final class PostedReceipts {
  /** Where receipts are posted. */
  public enum Place {
    CALLDATA,
    BLOBS
  }

  /**
   * What was read, and is the batch's.
   *
   * @param blobs the versioned hashes that the contract noted; none for calldata
   */
  public record Posted(Place place, List<Bytes32> blobs, ReceiptData receipts) {
    public Posted {
      blobs = List.copyOf(blobs);
    }
  }

  private record OfHeader(Bytes32 header) {}

  private record InBlob(BigInteger index, Bytes32 versionedHash) {}

  private static final Event<OfHeader, InBlob> IN_BLOB =
      Event.of("ReceiptsInBlob", OfHeader.class, InBlob.class);

  private final ChainClient chain;
  private final Addresses addresses;
  private final BlobSource source;

  public PostedReceipts(ChainClient chain, Addresses addresses, BlobSource source) {
    this.chain = chain;
    this.addresses = addresses;
    this.source = source;
  }

  /**
   * Reads and checks what was posted with a batch; empty if nothing was.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if the node does not know the transaction any
   *     more or tells another, {@code SIGNATURE_INVALID} if the dispatcher did not sign it, {@code
   *     BLOB_NOT_FOUND} if the blobs are gone, {@code MALFORMED} if what was posted is not of this
   *     batch
   */
  public Optional<Posted> read(Settlement.Settled settled) {
    Bytes input = chain.input(settled.transaction());
    Optional<Settlement.SettleWithReceipts> inCalldata =
        Contract.decode(() ->
            TypedData.decodeCall("settleWithReceipts", Settlement.SettleWithReceipts.class, input));
    if (inCalldata.isPresent()) {
      BatchHeader header = required(settled, inCalldata.get().batch());
      return Optional.of(
          new Posted(Place.CALLDATA, List.of(), checked(header, inCalldata.get().receipts())));
    }
    return Contract.decode(
            () -> TypedData.decodeCall("settleWithBlobs", Settlement.SettleWithBlobs.class, input))
        .map(call -> fromBlobs(settled, required(settled, call.batch())));
  }

  private Posted fromBlobs(Settlement.Settled settled, BatchHeader header) {
    List<Bytes32> hashes =
        IN_BLOB
            .in(chain, addresses.settlement(), settled.block(), settled.block(), settled.header())
            .stream()
            .map(Event.Emitted::data)
            .sorted(Comparator.comparing(InBlob::index))
            .map(InBlob::versionedHash)
            .toList();
    ChainClient.Block block =
        chain
            .block(settled.block())
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.CHAIN_UNAVAILABLE,
                    "the node does not know block %d any more".formatted(settled.block())));
    List<Bytes> blobs = source.fetch(new BlobSource.Carried(settled.transaction(), block, hashes));
    return new Posted(Place.BLOBS, hashes, checked(header, BlobCoding.join(blobs)));
  }

  private ReceiptData checked(BatchHeader header, Bytes encoded) {
    return ReceiptData.decode(encoded, header.count()).requireOf(header, domain());
  }

  /** A node could tell of any batch, but signs for no dispatcher. */
  private BatchHeader required(Settlement.Settled settled, Settlement.Batch batch) {
    if (!TypedData.hash(domain(), batch.header()).equals(settled.header())) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "the node says that transaction %s settled batch %d, and shows one with another header"
              .formatted(settled.transaction(), settled.number()));
    }
    new Signed<>(batch.header(), batch.signature()).requireSigner(domain(), settled.dispatcher());
    return batch.header();
  }

  private Domain domain() {
    return addresses.domain();
  }
}
