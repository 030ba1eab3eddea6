package io.teex.teeds;

import io.teex.attestation.Rounds;
import io.teex.chain.ChainClient;
import io.teex.chain.Finality;
import io.teex.chain.NodeRegistry;
import io.teex.chain.RegisteredNodes;
import io.teex.chain.RpcChainViews;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.Enrolled;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeGrounds;
import io.teex.rpc.node.RunningNode;
import io.teex.rpc.proto.ManagerGrpc;
import io.teex.rpc.proto.StoreKeysRequest;
import io.teex.rpc.proto.StoreKeysResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A TEE-DS process: enrols at the manager, gets the key of its shard, opens its replica and serves
 * it. It keeps no key on disk, so without a manager it does not start; once it serves, it can do
 * without one until half of its certificate's life.
 */
public final class StoreNode implements RunningNode {
  private static final System.Logger LOG = System.getLogger(StoreNode.class.getName());
  private static final Duration RENEWAL_PAUSE = Duration.ofSeconds(20);

  private final NodeIdentity identity;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Enrolled enrolled;
  private final SealedReplica replica;
  private final AttestedServer server;

  private StoreNode(
      StoreSettings settings,
      NodeIdentity identity,
      NodeRegistry registry,
      InstantSource clock,
      SecureRandom random) {
    this.identity = identity;
    try {
      NodeGrounds grounds = open(settings.node().grounds(clock, random));
      NodeCertificates certificates =
          new NodeCertificates(
              settings.addresses().domain(), settings.managerAddress(), grounds::time);
      AttestedChannel manager =
          open(
              AttestedChannel.to(settings.manager(), Role.MANAGER, grounds)
                  .as(identity)
                  .requiring(
                      peer -> registry.requireManager(certificates.manager(), peer.platformId()))
                  .clock(clock)
                  .random(random)
                  .open());
      enrolled = Enrolled.enrol(identity, () -> enrol(settings, manager, certificates), clock);
      replica =
          open(
              SealedReplica.open(
                  settings.node().data().resolve("replica"),
                  shardKey(settings.shard(), manager),
                  random));
      Namespaces namespaces = new Namespaces(certificates, registry);
      server =
          open(
              AttestedServer.as(identity, grounds)
                  .listen(settings.node().listen())
                  .service(
                      new StoreService(
                          replica,
                          namespaces,
                          new Quota(replica::bytes, settings.namespaceBytesMax())),
                      StoreService.ACCESS)
                  .requiring(namespaces::requireStanding)
                  .clock(clock)
                  .random(random)
                  .start());
      open(Rounds.start("certificate of " + identity, RENEWAL_PAUSE, this::renewIfDue));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts to serve.
   *
   * @throws TeexException {@code UNAVAILABLE} without a manager or a disk, {@code
   *     CHAIN_UNAVAILABLE}, an attestation's refusal by either side, {@code STORE_CORRUPT}, {@code
   *     PORT_IN_USE}
   */
  public static StoreNode start(
      StoreSettings settings, NodeIdentity identity, InstantSource clock, SecureRandom random) {
    ChainClient chain = ChainClient.connect(settings.chainRpc());
    try {
      NodeRegistry registry =
          new RegisteredNodes(
              new RpcChainViews(
                  chain, settings.addresses(), Finality.NONE, clock, System::nanoTime));
      StoreNode node = new StoreNode(settings, identity, registry, clock, random);
      node.opened.addLast(chain);
      return node;
    } catch (RuntimeException e) {
      chain.close();
      throw e;
    }
  }

  /** The same where somebody else asks the chain. */
  static StoreNode start(
      StoreSettings settings,
      NodeIdentity identity,
      NodeRegistry registry,
      InstantSource clock,
      SecureRandom random) {
    return new StoreNode(settings, identity, registry, clock, random);
  }

  private Signed<NodeCertificate> enrol(
      StoreSettings settings, AttestedChannel manager, NodeCertificates certificates) {
    manager.connect(settings.managerWait());
    return certificates.enrol(identity, identity.address(), manager);
  }

  private static ShardKey shardKey(String shard, AttestedChannel manager) {
    StoreKeysResponse response =
        manager.call(
            ManagerGrpc.getStoreKeysMethod(),
            StoreKeysRequest.newBuilder().setShard(shard).build());
    Bytes key = StoreMessages.bytes(response.getKey());
    if (key.size() != ShardKey.KEY_BYTES) {
      throw new TeexException(
          ErrorCode.MALFORMED, "the manager sent a key of %d bytes".formatted(key.size()));
    }
    return new ShardKey(shard, response.getEpoch(), SecretBytes.copyOf(key.copy()));
  }

  /** Happens by itself in every round. */
  void renewIfDue() {
    try {
      if (enrolled.renewIfDue()) {
        LOG.log(
            System.Logger.Level.INFO,
            "{0} has a node certificate until {1}",
            identity,
            Long.toString(enrolled.certificate().value().notAfter()));
      }
    } catch (TeexException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the node certificate was not renewed, the next round tries again: {0}",
          e.getMessage());
    }
  }

  /** Has {@code action} run once the store failed and serves no more. */
  void whenFailed(Runnable action) {
    replica.whenFailed(action);
  }

  @Override
  public NodeIdentity identity() {
    return identity;
  }

  @Override
  public AttestedServer server() {
    return server;
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.push(resource);
    return resource;
  }

  /** In the opposite order of opening. */
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.log(System.Logger.Level.WARNING, "closing failed", e);
      }
    }
  }
}
