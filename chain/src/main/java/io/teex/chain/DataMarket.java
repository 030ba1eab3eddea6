package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Coded;
import io.teex.protocol.DatasetId;
import io.teex.protocol.TypedData;
import java.util.List;
import java.util.Optional;

/** Data sets on sale; the owner of a data set's token earns from its uses. */
public final class DataMarket extends Contract {
  /** A licence that was revoked never comes back; a pending one is not listed yet. */
  public enum LicenceState implements Coded {
    NONE(0),
    ACTIVE(1),
    REVOKED(2),
    PENDING(3);

    private final int code;

    LicenceState(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /** A listed licence; only its state ever changes. */
  public record Licence(
      Address publisher, Bytes32 dataDigest, Amount pricePerUse, LicenceState state) {
    public boolean isActive() {
      return state == LicenceState.ACTIVE;
    }
  }

  /** A listed data set; it never changes. */
  public record Dataset(Bytes32 dataDigest, String metadataCid) {}

  /** A new data set. */
  public record Published(DatasetId id, Mined mined) {}

  /** A data set that was listed, by its first owner. */
  public record Listed(
      DatasetId id, Address owner, Bytes32 dataDigest, String metadataCid, long block) {}

  /** A licence that was listed. */
  public record LicenceListed(
      DatasetId id, Bytes32 licenceDigest, Address publisher, Amount pricePerUse, long block) {}

  record ListedIndex(DatasetId id, Address owner) {}

  record LicenceIndex(DatasetId id, Bytes32 licenceDigest, Address publisher) {}

  record LicenceTerms(Amount pricePerUse, long listedAt) {}

  private record NewDataset(
      Bytes32 dataDigest, Bytes32 licenceDigest, Amount pricePerUse, String metadataCid) {}

  private record AddLicence(DatasetId id, Bytes32 licenceDigest, Amount pricePerUse) {}

  private record OfLicence(DatasetId id, Bytes32 licenceDigest) {}

  private record OfDataset(DatasetId id) {}

  static final Event<ListedIndex, Dataset> LISTED =
      Event.of("DatasetListed", ListedIndex.class, Dataset.class);
  static final Event<LicenceIndex, LicenceTerms> LICENCE_ADDED =
      Event.of("LicenceAdded", LicenceIndex.class, LicenceTerms.class);

  public DataMarket(ChainReader chain, Addresses addresses) {
    super(chain, addresses.data());
  }

  /** Lists a data set with its first licence; the sender owns it. */
  public Published list(
      TransactionSender owner,
      Bytes32 dataDigest,
      Bytes32 licenceDigest,
      Amount pricePerUse,
      String metadataCid) {
    Mined mined =
        send(
            owner,
            "listing a data set",
            TypedData.encodeCall(
                "list", new NewDataset(dataDigest, licenceDigest, pricePerUse, metadataCid)));
    return new Published(LISTED.only(mined, address()).indexed().id(), mined);
  }

  /** Adds a licence: listed at once by the first owner, later by a later one. Owner only. */
  public Mined addLicence(
      TransactionSender owner, DatasetId id, Bytes32 licenceDigest, Amount pricePerUse) {
    return send(
        owner,
        "adding a licence to data set " + id,
        TypedData.encodeCall("addLicence", new AddLicence(id, licenceDigest, pricePerUse)));
  }

  /** Revokes a licence for ever. Owner only. */
  public Mined revoke(TransactionSender owner, DatasetId id, Bytes32 licenceDigest) {
    return send(
        owner,
        "revoking a licence of data set " + id,
        TypedData.encodeCall("revoke", new OfLicence(id, licenceDigest)));
  }

  /** Empty if there is no such data set. */
  public Optional<Dataset> dataset(DatasetId id) {
    return findStruct(
        Dataset.class, TypedData.encodeCall("dataset", new OfDataset(id)), "DatasetUnknown");
  }

  /** Empty if the licence was never listed for this data set. */
  public Optional<Licence> licence(DatasetId id, Bytes32 licenceDigest) {
    Licence licence =
        struct(Licence.class, TypedData.encodeCall("licence", new OfLicence(id, licenceDigest)));
    return licence.state() == LicenceState.NONE ? Optional.empty() : Optional.of(licence);
  }

  /** Who earns from the data set; empty if there is no such data set. */
  public Optional<Address> owner(DatasetId id) {
    return findValues(
            AddressValue.class,
            TypedData.encodeCall("ownerOf", new OfDataset(id)),
            "ERC721NonexistentToken")
        .map(AddressValue::value);
  }

  /** The data sets listed in a block range, both ends included, in order. */
  public List<Listed> listed(long from, long to) {
    return LISTED.in(chain(), address(), from, to).stream()
        .map(event ->
            new Listed(
                event.indexed().id(),
                event.indexed().owner(),
                event.data().dataDigest(),
                event.data().metadataCid(),
                event.log().block()))
        .toList();
  }

  /** The licences listed in a block range, both ends included, in order. */
  public List<LicenceListed> licences(long from, long to) {
    return LICENCE_ADDED.in(chain(), address(), from, to).stream()
        .map(event ->
            new LicenceListed(
                event.indexed().id(),
                event.indexed().licenceDigest(),
                event.indexed().publisher(),
                event.data().pricePerUse(),
                event.log().block()))
        .toList();
  }
}
