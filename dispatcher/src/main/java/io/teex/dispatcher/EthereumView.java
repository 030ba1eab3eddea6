package io.teex.dispatcher;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainReader;
import io.teex.chain.DataMarket;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.ServiceMarket;
import io.teex.chain.Settlement;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.TaskId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The contracts as of one block. What was read once is remembered: a block does not change, and one
 * user's orders ask for the same facts again and again.
 */
final class EthereumView implements ChainView {
  private record LaneId(Address payer, int lane) {}

  private record LicenceId(DatasetId dataset, Bytes32 digest) {}

  private final ChainClient client;
  private final Address dispatcher;
  private final Block block;
  private final ServiceMarket services;
  private final DataMarket data;
  private final Settlement settlement;
  private final EnclaveRegistry registry;
  private final Map<Long, Optional<Bytes32>> hashes = new ConcurrentHashMap<>();
  private final Map<ServiceRef, Optional<Service>> serviceFacts = new ConcurrentHashMap<>();
  private final Map<LicenceId, Optional<Dataset>> datasetFacts = new ConcurrentHashMap<>();
  private final Map<LaneId, Allowance> allowances = new ConcurrentHashMap<>();
  private final Map<Role, Boolean> active = new ConcurrentHashMap<>();

  EthereumView(ChainClient client, Addresses addresses, Address dispatcher, ChainClient.Block at) {
    this.client = client;
    this.dispatcher = dispatcher;
    this.block = new Block(at.number(), at.hash(), at.time());
    ChainReader reader = client.at(at);
    this.services = new ServiceMarket(reader, addresses);
    this.data = new DataMarket(reader, addresses);
    this.settlement = new Settlement(reader, addresses);
    this.registry = new EnclaveRegistry(reader, addresses);
  }

  @Override
  public Block block() {
    return block;
  }

  @Override
  public Optional<Bytes32> blockHash(long number) {
    return number == block.number()
        ? Optional.of(block.hash())
        : hashes.computeIfAbsent(number, n -> client.block(n).map(ChainClient.Block::hash));
  }

  @Override
  public Optional<Service> service(ServiceRef reference) {
    return serviceFacts.computeIfAbsent(reference, this::readService);
  }

  private Optional<Service> readService(ServiceRef reference) {
    return services
        .version(reference.id(), reference.version())
        .flatMap(version ->
            services
                .price(reference.id(), reference.priceVersion())
                .flatMap(price ->
                    services
                        .owner(reference.id())
                        .map(owner ->
                            new Service(
                                version.imageDigest(), price, owner, isActive(reference)))));
  }

  private boolean isActive(ServiceRef reference) {
    return services.service(reference.id()).filter(ServiceMarket.Service::active).isPresent();
  }

  @Override
  public Optional<Dataset> dataset(DatasetId id, Bytes32 licenceDigest) {
    return datasetFacts.computeIfAbsent(
        new LicenceId(id, licenceDigest),
        key ->
            data.licence(id, licenceDigest)
                .flatMap(licence ->
                    data.owner(id)
                        .map(owner ->
                            new Dataset(licence.pricePerUse(), owner, licence.isActive()))));
  }

  @Override
  public Allowance allowance(Address payer, int lane) {
    return allowances.computeIfAbsent(
        new LaneId(payer, lane),
        key -> {
          Settlement.Allowance read = settlement.allowance(payer, dispatcher, lane);
          return new Allowance(read.remaining(), read.settledSequence(), read.expiry());
        });
  }

  @Override
  public Optional<Escrow> escrow(TaskId task) {
    return settlement
        .request(task)
        .map(request ->
            new Escrow(
                request.user(),
                request.escrow(),
                request.state() == Settlement.RequestState.OPEN,
                request.reclaimableAt()));
  }

  @Override
  public boolean isDispatcherActive() {
    return active.computeIfAbsent(Role.DISPATCHER, role -> registry.isActive(dispatcher, role));
  }

  /** Where the dispatcher's batches end in this block. */
  Chain.BatchHead batchHead() {
    Settlement.BatchChain chain = settlement.batchChain(dispatcher);
    return new Chain.BatchHead(chain.number(), chain.head());
  }
}
