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

/** One trusted block. Each fact says for itself how it is known. */
final class ProvenChainView implements ChainView {
  /** So many blocks below a trusted one are proven by the hashes that lead to them. */
  static final int ANCESTORS_MAX = 256;

  private final StateProofs proofs;
  private final BlockHeader header;
  private final ProvenSettlement settlement;

  /** The same block as the node tells it. */
  private final RpcChainView told;

  private final Memory proven = new Memory();

  ProvenChainView(
      StateProofs proofs, BlockHeader header, ProvenSettlement settlement, RpcChainView told) {
    this.proofs = proofs;
    this.header = header;
    this.settlement = settlement;
    this.told = told;
  }

  @Override
  public ChainClient.Block block() {
    return header.block();
  }

  @Override
  public Instant seenAt() {
    return told.seenAt();
  }

  /** As the least of its facts: some are not proven. */
  @Override
  public Trust trust() {
    return Trust.UNVERIFIED;
  }

  @Override
  public Fact<Optional<Bytes32>> blockHash(long number) {
    if (number > header.number() || number < 0) {
      return new Fact<>(Optional.empty(), Trust.VERIFIED, header.number());
    }
    return header.number() - number > ANCESTORS_MAX
        ? told.blockHash(number)
        : proven(List.of("block", number), () -> Optional.of(ancestor(number).hash()));
  }

  private BlockHeader ancestor(long number) {
    BlockHeader at = header;
    while (at.number() > number) {
      BlockHeader child = at;
      at = proven(List.of("parent", child.hash()), () -> proofs.parent(child)).value();
    }
    return at;
  }

  @Override
  public Fact<Settlement.Allowance> allowance(Address payer, Address dispatcher, int lane) {
    return proven(
        List.of("allowance", payer, dispatcher, lane),
        () -> settlement.allowance(payer, dispatcher, lane));
  }

  @Override
  public Fact<Optional<Settlement.Request>> request(TaskId task) {
    return proven(List.of("request", task), () -> settlement.request(task));
  }

  @Override
  public Fact<Settlement.BatchChain> batchChain(Address dispatcher) {
    return proven(List.of("batch chain", dispatcher), () -> settlement.batchChain(dispatcher));
  }

  @Override
  public Fact<Amount> freeStake(Address dispatcher) {
    return told.freeStake(dispatcher);
  }

  @SuppressWarnings("unchecked") // a question is asked with one type of answer only
  private <T> Fact<T> proven(List<Object> question, Supplier<T> read) {
    T value =
        proven
            .recall(question)
            .map(known -> (T) known)
            .orElseGet(() -> {
              T fresh = read.get();
              proven.keep(question, fresh);
              return fresh;
            });
    return new Fact<>(value, Trust.VERIFIED, header.number());
  }

  @Override
  public Fact<Optional<ServiceMarket.Service>> service(ServiceId id) {
    return told.service(id);
  }

  @Override
  public Fact<Optional<ServiceMarket.Version>> version(ServiceId id, int number) {
    return told.version(id, number);
  }

  @Override
  public Fact<Optional<Price>> price(ServiceId id, int priceVersion) {
    return told.price(id, priceVersion);
  }

  @Override
  public Fact<Optional<Long>> priceReplacedAt(ServiceId id, int priceVersion) {
    return told.priceReplacedAt(id, priceVersion);
  }

  @Override
  public Fact<Optional<Address>> serviceOwner(ServiceId id) {
    return told.serviceOwner(id);
  }

  @Override
  public Fact<Optional<DataMarket.Licence>> licence(DatasetId id, Bytes32 licenceDigest) {
    return told.licence(id, licenceDigest);
  }

  @Override
  public Fact<Optional<Address>> datasetOwner(DatasetId id) {
    return told.datasetOwner(id);
  }

  @Override
  public Fact<Optional<EnclaveRegistry.Node>> node(Address signer) {
    return told.node(signer);
  }

  @Override
  public Fact<EnclaveRegistry.Manager> manager(Address key) {
    return told.manager(key);
  }

  @Override
  public Fact<Boolean> isManager(Address key, long epoch) {
    return told.isManager(key, epoch);
  }

  @Override
  public Fact<EnclaveRegistry.Platform> platform(Bytes32 platform) {
    return told.platform(platform);
  }

  @Override
  public Fact<EnclaveRegistry.Operation> operation(Address signer) {
    return told.operation(signer);
  }

  @Override
  public Fact<Boolean> isOperated(Address signer, Role role) {
    return told.isOperated(signer, role);
  }

  @Override
  public Fact<Boolean> isActive(Address signer, Role role) {
    return told.isActive(signer, role);
  }

  @Override
  public Fact<Amount> minimumStake() {
    return told.minimumStake();
  }

  @Override
  public Fact<Amount> bonded(Address signer) {
    return told.bonded(signer);
  }
}
