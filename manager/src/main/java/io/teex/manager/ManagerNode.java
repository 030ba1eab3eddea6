package io.teex.manager;

import io.teex.attestation.Tee;
import io.teex.chain.Trust;
import io.teex.executor.instrument.ImageCheck;
import io.teex.manager.catalogue.Catalogue;
import io.teex.manager.catalogue.Registrar;
import io.teex.manager.enrol.Enrolment;
import io.teex.manager.keys.KeyWrap;
import io.teex.manager.keys.ManagerIdentity;
import io.teex.manager.keys.RootFile;
import io.teex.manager.keys.RootKeys;
import io.teex.manager.release.MarketClock;
import io.teex.manager.release.ReleaseLedger;
import io.teex.manager.release.Releases;
import io.teex.manager.release.Replays;
import io.teex.manager.release.TimeFile;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.NodeFile;
import io.teex.rpc.node.RunningNode;
import io.teex.rpc.proto.ManagerStatusResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/** One manager, wired. */
public final class ManagerNode implements RunningNode {
  /** Of the manager's signing key; a new root would begin the next. */
  static final long EPOCH = 1;

  private final NodeIdentity identity;
  private final Connections connections;
  private final AttestedServer server;
  private final ChainQuotes quotes;

  private ManagerNode(
      NodeIdentity identity, Connections connections, AttestedServer server, ChainQuotes quotes) {
    this.identity = identity;
    this.connections = connections;
    this.server = server;
    this.quotes = quotes;
  }

  /**
   * Starts to serve. TEE-DS need not be there yet: it gets its keys from this manager.
   *
   * @throws TeexException {@code STORE_CORRUPT} if the sealed root does not open, {@code
   *     CHAIN_UNAVAILABLE}, {@code PORT_IN_USE} or {@code USAGE}, which is also a TEE whose quotes
   *     the market's registry does not take
   */
  public static ManagerNode start(
      ManagerSettings settings, Tee tee, InstantSource clock, SecureRandom random) {
    Path data = settings.node().data();
    RootKeys keys = RootFile.openOrCreate(data, tee, random);
    NodeIdentity identity =
        NodeIdentity.create(Role.MANAGER, tee, keys.signer(), data, clock, random);
    settings.node().introduce(identity);
    Connections connections = Connections.open(settings, identity, clock, random);
    try {
      ChainQuotes.requireVerifiable(tee.kind(), connections.addresses());
      if (!connections.registry().isManager(identity.address(), EPOCH)) {
        new ManagerLog().notTrusted(NodeFile.of(Role.MANAGER, identity.address(), tee), EPOCH);
      }
      AttestedServer server =
          AttestedServer.as(identity, connections.grounds())
              .listen(settings.node().listen())
              .service(
                  service(settings, keys, tee, connections, clock, random), ManagerService.ACCESS)
              .clock(clock)
              .random(random)
              .start();
      return new ManagerNode(
          identity,
          connections,
          server,
          ChainQuotes.start(
              tee,
              identity.address(),
              connections.chain(),
              connections.addresses(),
              data,
              new ManagerLog()));
    } catch (RuntimeException e) {
      connections.close();
      throw e;
    }
  }

  private static ManagerService service(
      ManagerSettings settings,
      RootKeys keys,
      Tee tee,
      Connections connections,
      InstantSource clock,
      SecureRandom random) {
    ManagerIdentity manager =
        new ManagerIdentity(connections.addresses().domain(), keys.signer(), EPOCH);
    MarketClock marketClock =
        new MarketClock(
            clock,
            System::nanoTime,
            new TimeFile(settings.node().data(), tee, random),
            settings.blockAgeMax());
    Catalogue catalogue = new Catalogue(connections.store(), new KeyWrap(keys, random));
    ReleaseLedger ledger = new ReleaseLedger(connections.store());
    ManagerLog log = new ManagerLog();
    log.started(manager.address(), EPOCH, tee.kind() == TeeKind.SIMULATED, Trust.UNVERIFIED);
    return new ManagerService(
        keys,
        new Enrolment(manager, keys, connections.views(), marketClock, settings.certificateLife()),
        Registrar.open(
            manager,
            catalogue,
            connections.store(),
            new ChainListings(connections.chain(), connections.addresses()),
            connections.blobs(),
            ImageCheck::check,
            clock,
            random),
        new Releases(manager, connections.views(), marketClock, catalogue, ledger, keys),
        new Replays(manager, connections.views(), marketClock, catalogue, ledger, keys),
        () -> status(manager, tee, connections),
        log);
  }

  private static ManagerStatusResponse status(
      ManagerIdentity manager, Tee tee, Connections connections) {
    Optional<String> protection = connections.storeProtection();
    return ManagerStatusResponse.newBuilder()
        .setAddress(Messages.bytes(manager.address()))
        .setEpoch(manager.epoch())
        .setSimulated(tee.kind() == TeeKind.SIMULATED)
        .setChainTrust(Trust.UNVERIFIED.name())
        .setRollbackProtection(protection.orElse(""))
        .setStateReady(protection.isPresent())
        .build();
  }

  /** Judges everybody again now who is connected, as happens by itself every 20 seconds. */
  void judgeAgain() {
    server.judgeAgain();
    connections.storeChannel().judgeAgain();
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
    quotes.close();
    server.close();
    connections.close();
  }
}
