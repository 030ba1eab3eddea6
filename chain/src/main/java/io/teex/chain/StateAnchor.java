package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Anchor;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.Signature;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;
import java.util.List;
import java.util.Optional;

/** The newest state of streams, so that an old disk or a forked replica set is found out. */
public final class StateAnchor extends Contract {
  /**
   * How far a stream has come.
   *
   * @param owner the manager or TEE-DS node that moves it on
   * @param anchoredAt seconds since the epoch; zero before the first anchor
   */
  public record Stream(
      Address owner, long epoch, long index, @Uint(40) long anchoredAt, Bytes32 digest) {}

  private record Open(Address owner, Bytes32 salt) {}

  private record Move(Anchor next, Signature signature) {}

  private record MoveAndSettle(
      List<Anchor> anchors, List<Signature> anchorSignatures, Settlement.Batch batch) {}

  private record HandOver(Bytes32 stream, Address to) {}

  private record OfStream(Bytes32 stream) {}

  /**
   * @throws TeexException {@code USAGE} if the addresses are from before there were anchors
   */
  public StateAnchor(ChainReader chain, Addresses addresses) {
    super(chain, required(addresses));
  }

  private static Address required(Addresses addresses) {
    if (addresses.anchors().isZero()) {
      throw new TeexException(
          ErrorCode.USAGE,
          "the addresses of settlement %s have no \"anchors\": add the address of its StateAnchor, or deploy anew"
              .formatted(addresses.settlement()));
    }
    return addresses.anchors();
  }

  /** The name of the stream that {@link #open} makes of these. */
  public static Bytes32 streamOf(Address owner, Bytes32 salt) {
    return Keccak.hash(TypedData.encodeArguments(new Open(owner, salt)));
  }

  /** Makes a stream of an active manager or TEE-DS node; anybody may send it. */
  public Mined open(TransactionSender sender, Address owner, Bytes32 salt) {
    return send(
        sender,
        "opening a stream of " + owner,
        TypedData.encodeCall("open", new Open(owner, salt)));
  }

  /** Moves a stream on; anybody may send it: the owner's signature is the authority. */
  public Mined anchor(TransactionSender sender, Signed<Anchor> next) {
    return send(
        sender,
        "anchoring stream " + next.value().stream(),
        TypedData.encodeCall("anchor", new Move(next.value(), next.signature())));
  }

  /** Moves streams on and settles a batch, all or nothing; sent once, as {@code settle} is. */
  public Mined anchorAndSettle(
      TransactionSender sender, List<Signed<Anchor>> anchors, SignedBatch batch) {
    return sendOnce(
        sender,
        "anchoring %d streams and settling batch %d"
            .formatted(anchors.size(), batch.header().value().number()),
        TypedData.encodeCall(
            "anchorAndSettle",
            new MoveAndSettle(
                anchors.stream().map(Signed::value).toList(),
                anchors.stream().map(Signed::signature).toList(),
                Settlement.Batch.of(batch))));
  }

  /** The batch that a call of {@code anchorAndSettle} settles; empty for any other call. */
  static Optional<Settlement.Batch> settledBy(Bytes call) {
    return TypedData.decodeCall("anchorAndSettle", MoveAndSettle.class, call)
        .map(MoveAndSettle::batch);
  }

  /** Gives a stream to another active node; the sender is an active manager. */
  public Mined handOver(TransactionSender manager, Bytes32 stream, Address to) {
    return send(
        manager,
        "handing stream %s over".formatted(stream),
        TypedData.encodeCall("handOver", new HandOver(stream, to)));
  }

  /** Empty if it was never opened. */
  public Optional<Stream> stream(Bytes32 name) {
    Stream stream = struct(Stream.class, TypedData.encodeCall("stream", new OfStream(name)));
    return stream.owner().isZero() ? Optional.empty() : Optional.of(stream);
  }
}
