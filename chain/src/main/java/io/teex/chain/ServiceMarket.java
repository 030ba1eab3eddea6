package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Price;
import io.teex.protocol.ServiceId;
import io.teex.protocol.TypedData;
import java.util.List;
import java.util.Optional;

/** Services on sale; the owner of a service's token earns from it. */
public final class ServiceMarket extends Contract {
  /**
   * What a provider publishes.
   *
   * @param publicKey X25519; its private half never leaves the Service Manager
   */
  public record NewVersion(Bytes32 imageDigest, Bytes32 publicKey, String metadataCid) {}

  /**
   * A listed version; it never changes.
   *
   * @param listedAt seconds since the epoch: orders may name it from then on
   */
  public record Version(
      Bytes32 imageDigest,
      Bytes32 publicKey,
      Address publisher,
      long listedAt,
      String metadataCid) {}

  /** What a service's owner may change; the latest versions are those that orders may name. */
  public record Service(int latestVersion, int latestPriceVersion, boolean active) {}

  /** A new service. */
  public record Published(ServiceId id, Mined mined) {}

  /** A service that was listed, by its first owner. */
  public record Listed(ServiceId id, Address owner, long block) {}

  /** A version that was added, and is listed from its {@code listedAt} on. */
  public record VersionListed(ServiceId id, int number, Version version, long block) {}

  record VersionIndex(ServiceId id, int number) {}

  record VersionDetails(Version details) {}

  record PublishedIndex(ServiceId id, Address owner) {}

  private record Publish(NewVersion version, Price price) {}

  private record AddVersion(ServiceId id, NewVersion version) {}

  private record SetPrice(ServiceId id, Price price) {}

  private record SetActive(ServiceId id, boolean active) {}

  private record OfService(ServiceId id) {}

  private record TimeValue(long seconds) {}

  private record OfNumber(ServiceId id, int number) {}

  static final Event<PublishedIndex, Event.Nothing> PUBLISHED =
      Event.of("ServicePublished", PublishedIndex.class, Event.Nothing.class);

  static final Event<VersionIndex, VersionDetails> VERSION_ADDED =
      Event.of("VersionAdded", VersionIndex.class, VersionDetails.class);

  public ServiceMarket(ChainReader chain, Addresses addresses) {
    super(chain, addresses.services());
  }

  /** Lists a new, active service with version 1 and price version 1; the sender owns it. */
  public Published publish(TransactionSender provider, NewVersion version, Price price) {
    Mined mined =
        send(
            provider,
            "publishing a service",
            TypedData.encodeCall("publish", new Publish(version, price)));
    return new Published(PUBLISHED.only(mined, address()).indexed().id(), mined);
  }

  /**
   * Adds a version. The first owner's is listed at once, a later owner's when its {@code listedAt}
   * says. Owner only.
   */
  public VersionListed addVersion(TransactionSender provider, ServiceId id, NewVersion version) {
    Mined mined =
        send(
            provider,
            "adding a version to service " + id,
            TypedData.encodeCall("addVersion", new AddVersion(id, version)));
    return listed(VERSION_ADDED.only(mined, address()));
  }

  /** Adds a price, which is listed as a version is. Owner only. */
  public Mined setPrice(TransactionSender provider, ServiceId id, Price price) {
    return send(
        provider,
        "setting the price of service " + id,
        TypedData.encodeCall("setPrice", new SetPrice(id, price)));
  }

  /** Says whether the service takes new orders. Owner only. */
  public Mined setActive(TransactionSender provider, ServiceId id, boolean active) {
    return send(
        provider,
        "switching service %s %s".formatted(id, active ? "on" : "off"),
        TypedData.encodeCall("setActive", new SetActive(id, active)));
  }

  /** Empty if there is no such service. */
  public Optional<Service> service(ServiceId id) {
    return findStruct(
        Service.class, TypedData.encodeCall("service", new OfService(id)), "ServiceUnknown");
  }

  /** Empty if there is no such version, or if it is not listed yet. */
  public Optional<Version> version(ServiceId id, int number) {
    return findStruct(
        Version.class,
        TypedData.encodeCall("version", new OfNumber(id, number)),
        "VersionUnknown",
        "VersionNotListedYet");
  }

  /** Empty if there is no such price version, or if it is not listed yet. */
  public Optional<Price> price(ServiceId id, int priceVersion) {
    return findStruct(
        Price.class,
        TypedData.encodeCall("price", new OfNumber(id, priceVersion)),
        "PriceVersionUnknown",
        "PriceVersionNotListedYet");
  }

  /**
   * When the price after a listed one is listed, in seconds since the epoch; zero if none was
   * added. Empty if there is no such price version, or if it is not listed yet.
   */
  public Optional<Long> priceReplacedAt(ServiceId id, int priceVersion) {
    return findValues(
            TimeValue.class,
            TypedData.encodeCall("priceReplacedAt", new OfNumber(id, priceVersion)),
            "PriceVersionUnknown",
            "PriceVersionNotListedYet")
        .map(TimeValue::seconds);
  }

  /** Who earns from the service; empty if there is no such service. */
  public Optional<Address> owner(ServiceId id) {
    return findValues(
            AddressValue.class,
            TypedData.encodeCall("ownerOf", new OfService(id)),
            "ERC721NonexistentToken")
        .map(AddressValue::value);
  }

  /** The services listed in a block range, both ends included, in order. */
  public List<Listed> listed(long from, long to) {
    return PUBLISHED.in(chain(), address(), from, to).stream()
        .map(
            event -> new Listed(event.indexed().id(), event.indexed().owner(), event.log().block()))
        .toList();
  }

  /** The versions added in a block range, both ends included, in order. */
  public List<VersionListed> versions(long from, long to) {
    return VERSION_ADDED.in(chain(), address(), from, to).stream()
        .map(ServiceMarket::listed)
        .toList();
  }

  private static VersionListed listed(Event.Emitted<VersionIndex, VersionDetails> event) {
    return new VersionListed(
        event.indexed().id(),
        event.indexed().number(),
        event.data().details(),
        event.log().block());
  }
}
