package io.teex.dispatcher;

import io.teex.chain.ChainView;
import io.teex.chain.DataMarket;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.ServiceMarket;
import io.teex.chain.Settlement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Price;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.TaskId;
import java.util.Optional;

/** The contracts as of one block, seen with a dispatcher's eyes. */
record EthereumView(ChainView chain, Address dispatcher) implements MarketView {
  @Override
  public Block block() {
    return new Block(chain.block().number(), chain.block().hash(), chain.block().time());
  }

  @Override
  public Optional<Bytes32> blockHash(long number) {
    return chain.blockHash(number).value();
  }

  @Override
  public Optional<Service> service(ServiceRef reference) {
    Optional<ServiceMarket.Service> service = chain.service(reference.id()).value();
    Optional<ServiceMarket.Version> version =
        chain.version(reference.id(), reference.version()).value();
    Optional<Price> price = chain.price(reference.id(), reference.priceVersion()).value();
    Optional<Long> replacedAt =
        chain.priceReplacedAt(reference.id(), reference.priceVersion()).value();
    Optional<Address> owner = chain.serviceOwner(reference.id()).value();
    if (service.isEmpty()
        || version.isEmpty()
        || price.isEmpty()
        || replacedAt.isEmpty()
        || owner.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Service(
            version.get().imageDigest(),
            price.get(),
            replacedAt.get(),
            owner.get(),
            service.get().active()));
  }

  @Override
  public Optional<Dataset> dataset(DatasetId id, Bytes32 licenceDigest) {
    Optional<DataMarket.Licence> licence =
        chain
            .licence(id, licenceDigest)
            .value()
            .filter(found -> found.state() != DataMarket.LicenceState.PENDING);
    Optional<Address> owner = chain.datasetOwner(id).value();
    if (licence.isEmpty() || owner.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Dataset(licence.get().pricePerUse(), owner.get(), licence.get().isActive()));
  }

  @Override
  public Amount freeStake() {
    return chain.freeStake(dispatcher).value();
  }

  @Override
  public Allowance allowance(Address payer, int lane) {
    Settlement.Allowance read = chain.allowance(payer, dispatcher, lane).value();
    return new Allowance(read.remaining(), read.settledSequence(), read.expiry());
  }

  @Override
  public Optional<Escrow> escrow(TaskId task) {
    return chain
        .request(task)
        .value()
        .map(request ->
            new Escrow(
                request.user(),
                request.escrow(),
                request.state() == Settlement.RequestState.OPEN,
                request.reclaimableAt()));
  }

  @Override
  public Stake workerStake(Address worker) {
    Amount minimum = chain.minimumStake().value();
    return new Stake(minimum.isZero() ? minimum : chain.bonded(worker).value(), minimum);
  }

  @Override
  public boolean isRevoked(Address node) {
    return chain.node(node).value().filter(EnclaveRegistry.Node::revoked).isPresent();
  }

  @Override
  public boolean isDispatcherActive() {
    return chain.isActive(dispatcher, Role.DISPATCHER).value();
  }
}
