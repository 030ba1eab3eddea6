package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import java.util.ArrayList;
import java.util.List;

/**
 * The blobs of a transaction with their proofs, as they travel beside it from pool to pool. What is
 * signed, and what a block has of them, are their versioned hashes.
 *
 * @param fields blobs, commitments and cell proofs, each an encoded list
 * @see <a href="https://eips.ethereum.org/EIPS/eip-7594">EIP-7594</a>
 */
record Sidecar(List<Bytes32> versionedHashes, List<Bytes> fields) {
  private static final byte[] WRAPPER_VERSION = Rlp.number(1);
  private static final byte COMMITMENT_VERSION = 1;
  private static final int PROOF_BYTES = 48;
  private static final int WRAPPED_FIELDS = 5;

  Sidecar {
    versionedHashes = List.copyOf(versionedHashes);
    fields = List.copyOf(fields);
  }

  static Sidecar of(List<Bytes> blobs, BlobProver prover) {
    List<Bytes32> hashes = new ArrayList<>();
    List<byte[]> encoded = new ArrayList<>();
    List<byte[]> commitments = new ArrayList<>();
    List<byte[]> proofs = new ArrayList<>();
    for (Bytes blob : blobs) {
      BlobProver.Proven proven = prover.prove(blob);
      hashes.add(versionedHash(proven.commitment()));
      encoded.add(Rlp.string(blob));
      commitments.add(Rlp.string(proven.commitment()));
      for (int at = 0; at < proven.cellProofs().size(); at += PROOF_BYTES) {
        proofs.add(Rlp.string(proven.cellProofs().slice(at, at + PROOF_BYTES)));
      }
    }
    return new Sidecar(hashes, List.of(list(encoded), list(commitments), list(proofs)));
  }

  private static Bytes list(List<byte[]> items) {
    return Bytes.of(Rlp.list(items));
  }

  /** The sidecar that a transaction was sent with. */
  static Sidecar sentWith(Bytes raw) {
    List<RlpItem> wrapped = RlpItem.decode(raw.slice(1, raw.size())).list();
    if (wrapped.size() != WRAPPED_FIELDS) {
      throw new IllegalArgumentException("a transaction without blobs beside it");
    }
    return new Sidecar(
        Transaction.decode(raw).blobs().versionedHashes(),
        wrapped.subList(2, WRAPPED_FIELDS).stream().map(RlpItem::encoded).toList());
  }

  /** The signed transaction as it is sent: with its blobs. Its hash stays that of itself alone. */
  Transaction.Raw beside(Transaction.Raw signed) {
    List<byte[]> wrapped = new ArrayList<>();
    wrapped.add(signed.bytes().slice(1, signed.bytes().size()).copy());
    wrapped.add(WRAPPER_VERSION);
    fields.forEach(field -> wrapped.add(field.copy()));
    return new Transaction.Raw(
        Bytes.concat(signed.bytes().slice(0, 1), list(wrapped)), signed.hash());
  }

  private static Bytes32 versionedHash(Bytes commitment) {
    byte[] hash = Sha256.hash(commitment.copy()).copy();
    hash[0] = COMMITMENT_VERSION;
    return new Bytes32(Bytes.of(hash));
  }
}
