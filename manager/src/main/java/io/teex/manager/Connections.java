package io.teex.manager;

import io.teex.blobs.HttpBlobStore;
import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainViews;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.NodeRegistry;
import io.teex.chain.RegisteredNodes;
import io.teex.chain.RpcChainViews;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeGrounds;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import io.teex.teeds.Patience;
import io.teex.teeds.Store;
import io.teex.teeds.StoreClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** Whom a manager talks to: the chain, TEE-DS and the blob store; and what it judges peers by. */
record Connections(
    NodeGrounds grounds,
    ChainClient chain,
    Addresses addresses,
    ChainViews views,
    AttestedChannel storeChannel,
    Store store,
    HttpBlobStore blobs)
    implements AutoCloseable {
  private static final Duration BLOB_TRANSFER_MAX = Duration.ofMinutes(1);
  private static final Duration OWN_CERTIFICATE_LIFE = Duration.ofHours(24);
  private static final Duration STATUS_MAX = Duration.ofSeconds(1);

  /**
   * The chain must answer; TEE-DS and the blob store are reached when they are needed.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE} or {@code USAGE}
   */
  static Connections open(
      ManagerSettings settings, NodeIdentity identity, InstantSource clock, SecureRandom random) {
    Addresses addresses = Addresses.read(settings.chainAddresses());
    ChainClient chain = ChainClient.connect(settings.chainRpc());
    NodeGrounds grounds = settings.node().grounds(clock, random);
    ChainViews views =
        new RpcChainViews(chain, addresses, settings.confirmations(), clock, System::nanoTime);
    Supplier<Signed<NodeCertificate>> own = () -> certificate(identity, addresses.domain(), clock);
    identity.show(own);
    NodeRegistry registry = new RegisteredNodes(views);
    NodeCertificates certificates =
        new NodeCertificates(addresses.domain(), identity.address(), grounds::time);
    AttestedChannel storeChannel =
        AttestedChannel.to(settings.store(), Role.STORE, grounds)
            .as(identity)
            .requiring(peer ->
                registry.requireNode(
                    certificates.shownBy(peer), certificates.manager(), peer.platformId()))
            .clock(clock)
            .random(random)
            .open();
    return new Connections(
        grounds,
        chain,
        addresses,
        views,
        storeChannel,
        new StoreClient(storeChannel, own, patience(settings.storeWait()), random),
        new HttpBlobStore(settings.blobs(), BLOB_TRANSFER_MAX, settings.blobBytesMax()));
  }

  EnclaveRegistry registry() {
    return new EnclaveRegistry(chain, addresses);
  }

  /**
   * Its own word, for TEE-DS and users: the manager at this TLS key is the one that signs as it
   * does.
   */
  private static Signed<NodeCertificate> certificate(
      NodeIdentity identity, Domain domain, InstantSource clock) {
    NodeCertificate certificate =
        new NodeCertificate(
            Role.MANAGER,
            identity.tlsKeyHash(),
            identity.address(),
            identity.address(),
            identity.tee().measurement().value(),
            Bytes32.ZERO,
            TcbStatus.SIMULATED,
            ManagerNode.EPOCH,
            clock.instant().plus(OWN_CERTIFICATE_LIFE).getEpochSecond());
    return identity.signer().sign(domain, certificate);
  }

  private static Patience patience(Duration total) {
    Patience usual = Patience.DEFAULT;
    return new Patience(total, usual.attempt(), usual.pauseMin(), usual.pauseMax());
  }

  /**
   * How far TEE-DS protects what the manager keeps there; empty while it is not connected, which is
   * so until it got its keys from this manager.
   */
  Optional<String> storeProtection() {
    try {
      storeChannel.connect(STATUS_MAX);
      return Optional.of(
          storeChannel
              .call(
                  StoreGrpc.getStatusMethod(), StoreStatusRequest.getDefaultInstance(), STATUS_MAX)
              .getRollbackProtection());
    } catch (TeexException e) {
      if (e.code() != ErrorCode.UNAVAILABLE) {
        throw e;
      }
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    storeChannel.close();
    blobs.close();
    chain.close();
    grounds.close();
  }
}
