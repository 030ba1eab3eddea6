package io.teex.sdk;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.DataMarket;
import io.teex.chain.ServiceMarket;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Price;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Listings read from the chain and kept for a few seconds: a stream of tasks asks for the same. */
final class ChainListings implements Listings {
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final ChainClient chain;
  private final ServiceMarket services;
  private final DataMarket data;
  private final InstantSource clock;
  private final Map<ServiceId, Known<Service>> knownServices = new ConcurrentHashMap<>();
  private final Map<DatasetKey, Known<Dataset>> knownDatasets = new ConcurrentHashMap<>();
  private final Map<String, Known<BlockRef>> knownBlock = new ConcurrentHashMap<>();

  ChainListings(ChainClient chain, Addresses addresses, InstantSource clock) {
    this.chain = chain;
    this.services = new ServiceMarket(chain, addresses);
    this.data = new DataMarket(chain, addresses);
    this.clock = clock;
  }

  private record Known<T>(T value, Instant seenAt) {}

  private record DatasetKey(DatasetId id, Optional<Bytes32> licence) {}

  @Override
  public Service service(ServiceId id) {
    return fresh(knownServices, id, this::readService);
  }

  private Service readService(ServiceId id) {
    ServiceMarket.Service service =
        services
            .service(id)
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.UNKNOWN_SERVICE,
                    "there is no service %s on chain: look its number up in the market's listing"
                        .formatted(id)));
    if (!service.active()) {
      throw new TeexException(
          ErrorCode.SERVICE_INACTIVE, "service %s takes no orders at present".formatted(id));
    }
    ServiceMarket.Version version = services.version(id, service.latestVersion()).orElseThrow();
    Price price = services.price(id, service.latestPriceVersion()).orElseThrow();
    return new Service(
        new ServiceRef(
            id, service.latestVersion(), version.imageDigest(), service.latestPriceVersion()),
        price,
        version.publicKey());
  }

  @Override
  public Dataset dataset(DatasetId id, Optional<Bytes32> licence) {
    return fresh(knownDatasets, new DatasetKey(id, licence), this::readDataset);
  }

  private Dataset readDataset(DatasetKey key) {
    DatasetId id = key.id();
    if (data.dataset(id).isEmpty()) {
      throw new TeexException(
          ErrorCode.UNKNOWN_DATASET,
          "there is no data set %s on chain: ask its owner for its number".formatted(id));
    }
    Bytes32 digest = key.licence().or(() -> newestActive(id)).orElseThrow(() -> revoked(id));
    DataMarket.Licence licence =
        data.licence(id, digest)
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.UNKNOWN_DATASET,
                    "data set %s has no licence %s on chain: ask its owner for its digest"
                        .formatted(id, digest)));
    if (licence.state() == DataMarket.LicenceState.PENDING) {
      throw new TeexException(
          ErrorCode.LICENCE_REFUSED,
          "licence %s is not listed yet: data set %s changed hands, and what its new owner adds waits"
              .formatted(digest, id));
    }
    if (!licence.isActive()) {
      throw new TeexException(
          ErrorCode.LICENCE_REVOKED,
          "licence %s of data set %s is revoked: ask its owner for another".formatted(digest, id));
    }
    return new Dataset(id, digest, licence.pricePerUse());
  }

  private Optional<Bytes32> newestActive(DatasetId id) {
    return data.licences(0, chain.blockNumber()).reversed().stream()
        .filter(listed -> listed.id().equals(id))
        .map(DataMarket.LicenceListed::licenceDigest)
        .filter(digest -> data.licence(id, digest).filter(DataMarket.Licence::isActive).isPresent())
        .findFirst();
  }

  private static TeexException revoked(DatasetId id) {
    return new TeexException(
        ErrorCode.LICENCE_REVOKED,
        "data set %s has no active licence left: ask its owner for another".formatted(id));
  }

  @Override
  public BlockRef recentBlock() {
    return fresh(
        knownBlock,
        "head",
        key -> {
          ChainClient.Block head = chain.head();
          return new BlockRef(head.number(), head.hash());
        });
  }

  private <K, V> V fresh(Map<K, Known<V>> known, K key, Function<K, V> read) {
    Known<V> seen = known.get(key);
    Instant now = clock.instant();
    if (seen != null && now.isBefore(seen.seenAt().plus(FRESH))) {
      return seen.value();
    }
    V value = read.apply(key);
    known.put(key, new Known<>(value, now));
    return value;
  }

  @Override
  public void refresh() {
    knownServices.clear();
    knownDatasets.clear();
    knownBlock.clear();
  }
}
