package io.teex.manager.testing;

import io.teex.chain.ChainClient.Block;
import io.teex.chain.ChainView;
import io.teex.chain.ChainViews;
import io.teex.chain.DataMarket;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Fact;
import io.teex.chain.ServiceMarket;
import io.teex.chain.Settlement;
import io.teex.chain.Trust;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Price;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceId;
import io.teex.protocol.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A chain whose facts a test sets; views differ in their block only, facts are seen at once. */
public final class InMemoryChain implements ChainViews {
  private final Map<Long, Block> blocks = new ConcurrentHashMap<>();
  private final Map<Object, Object> facts = new ConcurrentHashMap<>();
  private volatile Block head;
  private volatile Block remembered;

  public InMemoryChain(Block genesis) {
    head = genesis;
    remembered = genesis;
    blocks.put(genesis.number(), genesis);
  }

  public void append(Block block) {
    blocks.put(block.number(), block);
    head = block;
  }

  public void admit(Address node, Role role) {
    node(node, role, false);
  }

  public void dismiss(Address node) {
    facts.remove(List.of("node", node));
  }

  public void revoke(Address node) {
    node(node, Role.WORKER, true);
  }

  private void node(Address node, Role role, boolean revoked) {
    facts.put(
        List.of("node", node),
        new EnclaveRegistry.Node(
            role.code(), node, Long.MAX_VALUE, 1, revoked, Address.ZERO, Bytes32.ZERO));
  }

  public void list(Bytes32 platform, Address operator) {
    facts.put(List.of("platform", platform), new EnclaveRegistry.Platform(operator, 1));
  }

  /** What {@code operator} signed, whether the platform is hers or not any more. */
  public void operate(Address operator, NodeOperation operation) {
    facts.put(
        List.of("operation", operation.signer()),
        new EnclaveRegistry.Operation(operation.role().code(), 1, operator, operation.platform()));
  }

  public void list(ServiceId service, int number, ServiceMarket.Version version) {
    facts.put(List.of("version", service, number), version);
  }

  public void set(ServiceId id, ServiceMarket.Service service) {
    facts.put(List.of("service", id), service);
  }

  /** Lists a price; {@code replacedAt} is zero while it is the latest. */
  public void price(ServiceId id, int priceVersion, long replacedAt) {
    facts.put(List.of("price replaced", id, priceVersion), replacedAt);
  }

  public void allow(Address payer, Address dispatcher, int lane, Settlement.Allowance allowance) {
    facts.put(List.of("allowance", payer, dispatcher, lane), allowance);
  }

  public void request(TaskId task, Settlement.Request request) {
    facts.put(List.of("request", task), request);
  }

  public void list(DatasetId dataset, Bytes32 licenceDigest, DataMarket.Licence licence) {
    facts.put(List.of("licence", dataset, licenceDigest), licence);
  }

  /** A view of the block that was the newest when somebody last asked for a fresh one. */
  @Override
  public ChainView latest() {
    return new View(remembered);
  }

  @Override
  public ChainView refresh() {
    remembered = head;
    return new View(head);
  }

  private final class View implements ChainView {
    private final Block block;

    View(Block block) {
      this.block = block;
    }

    private <T> Fact<T> fact(T value) {
      return new Fact<>(value, trust(), block.number());
    }

    private <T> Fact<Optional<T>> find(Class<T> type, Object... question) {
      return fact(Optional.ofNullable(facts.get(List.of(question))).map(type::cast));
    }

    @Override
    public Block block() {
      return block;
    }

    @Override
    public Instant seenAt() {
      return Instant.ofEpochSecond(block.time());
    }

    @Override
    public Trust trust() {
      return Trust.UNVERIFIED;
    }

    @Override
    public Fact<Optional<Bytes32>> blockHash(long number) {
      return fact(Optional.ofNullable(blocks.get(number)).map(Block::hash));
    }

    @Override
    public Fact<Optional<ServiceMarket.Service>> service(ServiceId id) {
      return find(ServiceMarket.Service.class, "service", id);
    }

    @Override
    public Fact<Optional<ServiceMarket.Version>> version(ServiceId id, int number) {
      return find(ServiceMarket.Version.class, "version", id, number);
    }

    @Override
    public Fact<Optional<Price>> price(ServiceId id, int priceVersion) {
      return find(Price.class, "price", id, priceVersion);
    }

    @Override
    public Fact<Optional<Long>> priceReplacedAt(ServiceId id, int priceVersion) {
      return find(Long.class, "price replaced", id, priceVersion);
    }

    @Override
    public Fact<Optional<Address>> serviceOwner(ServiceId id) {
      return find(Address.class, "service owner", id);
    }

    @Override
    public Fact<Optional<DataMarket.Licence>> licence(DatasetId id, Bytes32 licenceDigest) {
      return find(DataMarket.Licence.class, "licence", id, licenceDigest);
    }

    @Override
    public Fact<Optional<Address>> datasetOwner(DatasetId id) {
      return find(Address.class, "data set owner", id);
    }

    @Override
    public Fact<Settlement.Allowance> allowance(Address payer, Address dispatcher, int lane) {
      return fact(
          find(Settlement.Allowance.class, "allowance", payer, dispatcher, lane)
              .value()
              .orElse(new Settlement.Allowance(Amount.ZERO, 0, 0)));
    }

    @Override
    public Fact<Optional<Settlement.Request>> request(TaskId task) {
      return find(Settlement.Request.class, "request", task);
    }

    @Override
    public Fact<Settlement.BatchChain> batchChain(Address dispatcher) {
      return fact(new Settlement.BatchChain(0, 0, false, Bytes32.ZERO, Amount.ZERO, Amount.ZERO));
    }

    @Override
    public Fact<Amount> freeStake(Address dispatcher) {
      return fact(Amount.ZERO);
    }

    @Override
    public Fact<Optional<EnclaveRegistry.Node>> node(Address signer) {
      return find(EnclaveRegistry.Node.class, "node", signer);
    }

    @Override
    public Fact<EnclaveRegistry.Manager> manager(Address key) {
      return fact(new EnclaveRegistry.Manager(0, 0, false));
    }

    @Override
    public Fact<Boolean> isManager(Address key, long epoch) {
      return fact(false);
    }

    @Override
    public Fact<EnclaveRegistry.Platform> platform(Bytes32 platform) {
      return fact(
          find(EnclaveRegistry.Platform.class, "platform", platform)
              .value()
              .orElse(new EnclaveRegistry.Platform(Address.ZERO, 0)));
    }

    @Override
    public Fact<EnclaveRegistry.Operation> operation(Address signer) {
      return fact(
          find(EnclaveRegistry.Operation.class, "operation", signer)
              .value()
              .orElse(new EnclaveRegistry.Operation(0, 0, Address.ZERO, Bytes32.ZERO)));
    }

    @Override
    public Fact<Boolean> isOperated(Address signer, Role role) {
      EnclaveRegistry.Operation said = operation(signer).value();
      return fact(
          said.role() == role.code()
              && platform(said.platform()).value().operator().equals(said.operator()));
    }

    @Override
    public Fact<Boolean> isActive(Address signer, Role role) {
      return fact(
          node(signer).value().filter(n -> !n.revoked() && n.role() == role.code()).isPresent());
    }

    @Override
    public Fact<Amount> minimumStake() {
      return fact(Amount.ZERO);
    }

    @Override
    public Fact<Amount> bonded(Address signer) {
      return fact(Amount.ZERO);
    }
  }
}
