package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Price;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceId;
import io.teex.protocol.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One block as a node tells it. Each fact is asked for once. */
final class RpcChainView implements ChainView {
  private final ChainClient client;
  private final ChainClient.Block block;
  private final Instant seenAt;
  private final ServiceMarket services;
  private final DataMarket data;
  private final Settlement settlement;
  private final Addresses addresses;
  private final EnclaveRegistry registry;

  /** What holds at this block. */
  private final Memory here;

  /** What holds at every later block, too. */
  private final Memory forEver;

  RpcChainView(
      ChainClient client,
      Addresses addresses,
      ChainClient.Block block,
      Instant seenAt,
      Memory forEver) {
    this.client = client;
    this.block = block;
    this.seenAt = seenAt;
    this.forEver = forEver;
    this.here = new Memory();
    ChainReader reader = client.at(block);
    this.addresses = addresses;
    this.services = new ServiceMarket(reader, addresses);
    this.data = new DataMarket(reader, addresses);
    this.settlement = new Settlement(reader, addresses);
    this.registry = new EnclaveRegistry(reader, addresses);
  }

  /** The same view, seen again. */
  private RpcChainView(RpcChainView other, Instant seenAt) {
    this.client = other.client;
    this.block = other.block;
    this.seenAt = seenAt;
    this.forEver = other.forEver;
    this.here = other.here;
    this.addresses = other.addresses;
    this.services = other.services;
    this.data = other.data;
    this.settlement = other.settlement;
    this.registry = other.registry;
  }

  RpcChainView seenAgain(Instant now) {
    return new RpcChainView(this, now);
  }

  @Override
  public ChainClient.Block block() {
    return block;
  }

  @Override
  public Instant seenAt() {
    return seenAt;
  }

  @Override
  public Trust trust() {
    return Trust.UNVERIFIED;
  }

  @Override
  public Fact<Optional<Bytes32>> blockHash(long number) {
    if (number == block.number()) {
      return fact(Optional.of(block.hash()));
    }
    if (number < 0 || number > block.number()) {
      return fact(Optional.empty());
    }
    return once(List.of("block", number), () -> client.block(number).map(ChainClient.Block::hash));
  }

  @Override
  public Fact<Optional<ServiceMarket.Service>> service(ServiceId id) {
    return once(List.of("service", id), () -> services.service(id));
  }

  @Override
  public Fact<Optional<ServiceMarket.Version>> version(ServiceId id, int number) {
    return forEver(List.of("version", id, number), () -> services.version(id, number));
  }

  @Override
  public Fact<Optional<Price>> price(ServiceId id, int priceVersion) {
    return forEver(List.of("price", id, priceVersion), () -> services.price(id, priceVersion));
  }

  @Override
  public Fact<Optional<Long>> priceReplacedAt(ServiceId id, int priceVersion) {
    return once(
        List.of("price replaced", id, priceVersion),
        () -> services.priceReplacedAt(id, priceVersion));
  }

  @Override
  public Fact<Optional<Address>> serviceOwner(ServiceId id) {
    return once(List.of("service owner", id), () -> services.owner(id));
  }

  @Override
  public Fact<Optional<DataMarket.Licence>> licence(DatasetId id, Bytes32 licenceDigest) {
    return once(List.of("licence", id, licenceDigest), () -> data.licence(id, licenceDigest));
  }

  @Override
  public Fact<Optional<Address>> datasetOwner(DatasetId id) {
    return once(List.of("data set owner", id), () -> data.owner(id));
  }

  @Override
  public Fact<Settlement.Allowance> allowance(Address payer, Address dispatcher, int lane) {
    return once(
        List.of("allowance", payer, dispatcher, lane),
        () -> settlement.allowance(payer, dispatcher, lane));
  }

  @Override
  public Fact<Optional<Settlement.Request>> request(TaskId task) {
    return once(List.of("request", task), () -> settlement.request(task));
  }

  @Override
  public Fact<Settlement.BatchChain> batchChain(Address dispatcher) {
    return once(List.of("batch chain", dispatcher), () -> settlement.batchChain(dispatcher));
  }

  @Override
  public Fact<Amount> freeStake(Address dispatcher) {
    return once(
        List.of("free stake", dispatcher),
        () -> {
          Amount stake = bonded(dispatcher).value();
          Amount unfinal = settlement.unfinalDebits(dispatcher);
          return stake.compareTo(unfinal) > 0 ? stake.minus(unfinal) : Amount.ZERO;
        });
  }

  @Override
  public Fact<Optional<EnclaveRegistry.Node>> node(Address signer) {
    return once(List.of("node", signer), () -> registry.node(signer));
  }

  @Override
  public Fact<EnclaveRegistry.Manager> manager(Address key) {
    return once(List.of("manager", key), () -> registry.manager(key));
  }

  @Override
  public Fact<Boolean> isManager(Address key, long epoch) {
    return once(List.of("is manager", key, epoch), () -> registry.isManager(key, epoch));
  }

  @Override
  public Fact<EnclaveRegistry.Platform> platform(Bytes32 platform) {
    return once(List.of("platform", platform), () -> registry.platform(platform));
  }

  @Override
  public Fact<EnclaveRegistry.Operation> operation(Address signer) {
    return once(List.of("operation", signer), () -> registry.operation(signer));
  }

  @Override
  public Fact<Boolean> isOperated(Address signer, Role role) {
    return once(List.of("operated", signer, role), () -> registry.isOperated(signer, role));
  }

  @Override
  public Fact<Boolean> isActive(Address signer, Role role) {
    return once(List.of("active", signer, role), () -> registry.isActive(signer, role));
  }

  @Override
  public Fact<Amount> minimumStake() {
    return once(List.of("minimum stake"), registry::minimumStake);
  }

  @Override
  public Fact<Amount> bonded(Address signer) {
    return once(
        List.of("bonded", signer), () -> new Stakes(client.at(block), addresses).bonded(signer));
  }

  private <T> Fact<T> fact(T value) {
    return new Fact<>(value, trust(), block.number());
  }

  @SuppressWarnings("unchecked") // a question is asked with one type of answer only
  private <T> Fact<T> once(List<Object> question, Supplier<T> read) {
    Optional<Object> known = here.recall(question);
    if (known.isPresent()) {
      return fact((T) known.get());
    }
    T value = read.get();
    here.keep(question, value);
    return fact(value);
  }

  /** That something does not exist holds at this block only. */
  @SuppressWarnings("unchecked") // as above
  private <T> Fact<Optional<T>> forEver(List<Object> question, Supplier<Optional<T>> read) {
    Optional<Object> known = forEver.recall(question);
    if (known.isPresent()) {
      return fact((Optional<T>) known);
    }
    Fact<Optional<T>> fact = once(question, read);
    fact.value().ifPresent(value -> forEver.keep(question, value));
    return fact;
  }
}
