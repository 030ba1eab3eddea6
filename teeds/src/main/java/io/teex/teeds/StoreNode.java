package io.teex.teeds;

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
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeGrounds;
import io.teex.rpc.node.RunningNode;
import io.teex.rpc.node.UntilOperated;
import io.teex.rpc.proto.EnrolResponse;
import io.teex.rpc.proto.ManagerGrpc;
import io.teex.rpc.proto.StoreKeysRequest;
import io.teex.rpc.proto.StoreKeysResponse;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * A TEE-DS process: enrols at the manager, gets the key of its shard, opens its replica and serves
 * it. It keeps no key on disk, so without a manager it does not start.
 */
public final class StoreNode implements RunningNode {
  private final NodeIdentity identity;
  private final NodeGrounds grounds;
  private final SealedReplica replica;
  private final AttestedServer server;

  private StoreNode(
      NodeIdentity identity, NodeGrounds grounds, SealedReplica replica, AttestedServer server) {
    this.identity = identity;
    this.grounds = grounds;
    this.replica = replica;
    this.server = server;
  }

  /**
   * Starts to serve.
   *
   * @throws TeexException {@code UNAVAILABLE} without a manager or a disk, an attestation's refusal
   *     by either side, {@code STORE_CORRUPT}, {@code PORT_IN_USE}
   */
  public static StoreNode start(
      StoreSettings settings, NodeIdentity identity, InstantSource clock, SecureRandom random) {
    NodeGrounds grounds = settings.node().grounds(clock, random);
    try {
      return start(settings, identity, grounds, clock, random);
    } catch (RuntimeException e) {
      grounds.close();
      throw e;
    }
  }

  private static StoreNode start(
      StoreSettings settings,
      NodeIdentity identity,
      NodeGrounds grounds,
      InstantSource clock,
      SecureRandom random) {
    Admission admission = admission(settings, identity, grounds, clock, random);
    SealedReplica replica =
        SealedReplica.open(settings.node().data().resolve("replica"), admission.key(), random);
    try {
      AttestedServer server =
          AttestedServer.as(identity, grounds)
              .listen(settings.node().listen())
              .service(
                  new StoreService(
                      replica,
                      admission.certificates(),
                      new Quota(replica::bytes, settings.namespaceBytesMax())),
                  StoreService.ACCESS)
              .clock(clock)
              .random(random)
              .start();
      return new StoreNode(identity, grounds, replica, server);
    } catch (RuntimeException e) {
      replica.close();
      throw e;
    }
  }

  /** What the manager gives a store. */
  private record Admission(NodeCertificates certificates, ShardKey key) {}

  private static Admission admission(
      StoreSettings settings,
      NodeIdentity identity,
      NodeGrounds grounds,
      InstantSource clock,
      SecureRandom random) {
    try (AttestedChannel manager =
        AttestedChannel.to(settings.manager(), Role.MANAGER, grounds)
            .as(identity)
            .clock(clock)
            .random(random)
            .open()) {
      manager.connect(settings.managerWait());
      return new Admission(
          enrol(settings, identity, manager, grounds), shardKey(settings.shard(), manager));
    }
  }

  /**
   * The certificates of the configured manager, if this attested channel leads to it: a genuine
   * manager of another market is none.
   */
  private static NodeCertificates enrol(
      StoreSettings settings, NodeIdentity identity, AttestedChannel manager, NodeGrounds grounds) {
    EnrolResponse response =
        UntilOperated.inRealTime()
            .enrol(
                identity,
                () ->
                    manager.call(
                        ManagerGrpc.getEnrolMethod(),
                        NodeCertificates.enrolRequest(identity, identity.address())));
    Signed<NodeCertificate> own =
        Signed.decode(NodeCertificate.class, response.getCertificate().toByteArray());
    NodeCertificates certificates =
        new NodeCertificates(settings.domain(), settings.managerAddress(), grounds::time);
    NodeCertificate certificate = certificates.require(own, Role.STORE);
    if (!certificate.tlsKeyHash().equals(identity.tlsKeyHash())
        || !certificate.signer().equals(identity.address())) {
      throw new TeexException(
          ErrorCode.CERTIFICATE_INVALID, "the manager certified another node than this one");
    }
    return certificates;
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

  @Override
  public void close() {
    server.close();
    replica.close();
    grounds.close();
  }
}
