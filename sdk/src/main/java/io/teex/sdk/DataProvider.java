package io.teex.sdk;

import io.teex.chain.DataMarket;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ChunkRange;
import io.teex.protocol.DatasetId;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.DatasetRegistration;
import io.teex.protocol.DatasetShape;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Licence;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.Revocation;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Instant;
import java.util.List;

/**
 * Licenses data. The data leaves this machine sealed; the keys of what is licensed go to the
 * attested manager, which releases them for the tasks that the licence allows and counts them.
 */
public final class DataProvider {
  private final Market market;
  private final TransactionSigner signer;
  private final DataMarket data;
  private final TransactionSender sender;

  DataProvider(Market market, TransactionSigner signer) {
    this.market = market;
    this.signer = signer;
    this.data = new DataMarket(market.chain(), market.addresses());
    this.sender = new TransactionSender(market.chain(), signer);
  }

  public Address address() {
    return signer.address();
  }

  /**
   * Seals, stores, registers and lists a data set under one licence.
   *
   * @throws TeexException {@code LICENCE_REFUSED} if the manager does not take the licence; {@code
   *     CHAIN_REJECTED}, {@code UNAVAILABLE}
   */
  public Listed publish(byte[] content, LicenceTerms terms, Metadata metadata) {
    try (StoredDataset stored = store(DataSource.of(content), DatasetShape.CHUNK_BYTES)) {
      return publish(stored, stored.shape().whole(), terms, metadata);
    }
  }

  /**
   * Seals and stores a data set, to be licensed as a whole or by ranges.
   *
   * @param chunkBytes a power of two: where ranges may begin and end, and what is fetched at a time
   * @throws TeexException {@code MALFORMED} if it is empty or has too many chunks; {@code
   *     UNAVAILABLE}
   */
  public StoredDataset store(DataSource source, int chunkBytes) {
    return StoredDataset.store(source, chunkBytes, market.blobs(), market.random());
  }

  /**
   * Registers and lists a range of a stored data set under one licence. The manager gets the keys
   * of this range and of nothing else; to services the range is a data set that begins at 0.
   *
   * @throws TeexException as {@link #publish(byte[], LicenceTerms, Metadata)}
   */
  public Listed publish(
      StoredDataset stored, ChunkRange range, LicenceTerms terms, Metadata metadata) {
    try (DatasetKeys keys = stored.keys(range)) {
      Licence licence = licence(stored.index().dataDigest(range), terms);
      String cid = stored.cid().toString();
      market
          .managerClient()
          .registerDataset(
              signer.sign(market.domain(), new DatasetRegistration(licence.digest(), cid)),
              licence,
              keys);
      String metadataCid = market.blobs().put(metadata.encode()).toString();
      DataMarket.Published published =
          data.list(
              sender, licence.dataDigest(), licence.digest(), terms.pricePerUse(), metadataCid);
      return new Listed(published.id(), licence.digest(), licence.dataDigest());
    }
  }

  private Licence licence(Bytes32 dataDigest, LicenceTerms terms) {
    return new Licence(
        signer.address(),
        dataDigest,
        terms.images(),
        terms.users(),
        terms.purpose(),
        terms.pricePerUse(),
        terms.usesMax(),
        terms.notBefore().getEpochSecond(),
        terms.expiry().getEpochSecond(),
        terms.outputBytesPerTask(),
        terms.outputBytesTotal(),
        Bytes32.random(market.random()));
  }

  /**
   * Lets one task that used data of hers be replayed, by a worker that will see the data once more.
   * It takes no use; who holds the leave can have the task replayed as often as the manager lets.
   *
   * @param until after which it holds no more
   */
  public Signed<ReplayLeave> allowReplay(Bytes32 licenceDigest, TaskId task, Instant until) {
    return signer.sign(
        market.domain(), new ReplayLeave(licenceDigest, task, until.getEpochSecond()));
  }

  /**
   * Ends every licence of a data set, also one that waits to be listed: the manager releases
   * nothing more from now on, and the chain says so for good.
   *
   * @return the digests of the licences that ended
   * @throws TeexException {@code NOT_FOUND} if no licence is active
   */
  public List<Bytes32> revoke(DatasetId dataset) {
    List<Bytes32> active =
        data.licences(0, market.chain().blockNumber()).stream()
            .filter(listed -> listed.id().equals(dataset))
            .map(DataMarket.LicenceListed::licenceDigest)
            .filter(digest ->
                data.licence(dataset, digest)
                    .filter(licence -> licence.state() != DataMarket.LicenceState.REVOKED)
                    .isPresent())
            .toList();
    if (active.isEmpty()) {
      throw new TeexException(
          ErrorCode.NOT_FOUND, "data set %s has no active licence".formatted(dataset));
    }
    active.forEach(digest -> revoke(dataset, digest));
    return active;
  }

  /** Ends one licence. The manager comes first: it is what holds at once. */
  public void revoke(DatasetId dataset, Bytes32 licenceDigest) {
    market.managerClient().revoke(signer.sign(market.domain(), new Revocation(licenceDigest)));
    data.revoke(sender, dataset, licenceDigest);
  }
}
