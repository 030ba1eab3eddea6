package io.teex.manager.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.Tee;
import io.teex.blobs.BlobServer;
import io.teex.blobs.BlobStore;
import io.teex.blobs.DirectoryBlobStore;
import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.DataMarket;
import io.teex.chain.Deployment;
import io.teex.chain.DevAccounts;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.ServiceMarket;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.manager.ManagerNode;
import io.teex.manager.ManagerSettings;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.rpc.Access;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.Peer;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeConfig;
import io.teex.rpc.proto.ManagerGrpc;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.teeds.Patience;
import io.teex.teeds.StoreNode;
import io.teex.teeds.StoreSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A market of real parts in one process: anvil with the contracts, a blob server, a manager and a
 * TEE-DS node, talking over real attested channels of the simulated TEE.
 */
public final class LiveMarket implements AutoCloseable {
  public static final InstantSource CLOCK = InstantSource.system();
  public static final SecureRandom RANDOM = new SecureRandom();

  private static final SigningKey OPERATOR = DevAccounts.key(6);

  public final ChainClient chain;
  public final Addresses addresses;
  public final Domain domain;
  public final BlobStore blobs;

  private final Path directory;
  private final Anvil anvil;
  private final TransactionSender governance;
  private final DirectoryBlobStore blobDirectory;
  private final BlobServer blobServer;
  private final SimulatedPlatform platform;
  private final SimulatedPlatform unlisted;
  private final Path policyFile;
  private final Policy policy;
  private final Endpoint managerEndpoint;
  private final Endpoint storeEndpoint;
  private @Nullable ManagerNode manager;
  private @Nullable StoreNode store;

  /** Skips, visibly, where anvil is not installed. */
  public static LiveMarket begin(Path directory) throws Exception {
    return new LiveMarket(directory, Anvil.start(anvilBinary(), 0, Optional.empty()));
  }

  private LiveMarket(Path directory, Anvil anvil) throws Exception {
    this.directory = directory;
    this.anvil = anvil;
    chain = ChainClient.connect(anvil.endpoint());
    governance = sender(DevAccounts.key(0));
    addresses = Deployment.deploy(governance, Deployment.Terms.development(Duration.ofHours(1)));
    addresses.write(directory.resolve("addresses.json"));
    domain = addresses.domain();
    blobDirectory =
        DirectoryBlobStore.open(
            Files.createDirectories(directory.resolve("blobs")), BlobStore.BLOB_BYTES_MAX);
    blobs = blobDirectory;
    blobServer =
        BlobServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            blobDirectory,
            BlobStore.BLOB_BYTES_MAX);
    platform =
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), CLOCK.instant(), RANDOM);
    unlisted =
        SimulatedPlatform.openOrCreate(directory.resolve("unlisted"), CLOCK.instant(), RANDOM);
    policy = policy(Set.of(platform.root(), unlisted.root()));
    policyFile = Files.writeString(directory.resolve("policy.json"), policy.toJson());
    registry().setPlatform(governance, NodeOperation.platform(platform.id()), OPERATOR.address());
    managerEndpoint = new Endpoint("127.0.0.1", Anvil.freePort(0));
    storeEndpoint = new Endpoint("127.0.0.1", Anvil.freePort(0));
  }

  private static Path anvilBinary() {
    String given = System.getProperty("TEEX_NODE_MODULES", System.getenv("TEEX_NODE_MODULES"));
    Path nodeModules =
        given == null ? Path.of("..", "node_modules").toAbsolutePath() : Path.of(given);
    assumeTrue(
        Files.isExecutable(nodeModules.resolve("@foundry-rs/anvil-linux-amd64/bin/anvil")),
        "SKIPPED: anvil is not in %s; run 'npm ci' in the root of the repository"
            .formatted(nodeModules));
    return Anvil.binary(nodeModules);
  }

  private static Policy policy(Set<Bytes32> roots) {
    Map<Role, Set<Measurement>> measurements = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      measurements.put(role, Set.of(measurement(role.code())));
    }
    return Policy.simulated("test", roots, measurements);
  }

  private static Measurement measurement(int program) {
    byte[] value = new byte[Measurement.SIZE];
    Arrays.fill(value, (byte) program);
    return Measurement.of(value);
  }

  /** Starts the manager, again if it was stopped, and has governance list it. */
  public ManagerNode startManager() {
    return startManager(Patience.DEFAULT.total());
  }

  /** Starts a manager that waits only so long for TEE-DS. */
  public ManagerNode startManager(Duration storeWait) {
    Map<String, String> settings = settings("manager");
    settings.put("listen", managerEndpoint.toString());
    settings.put("store", storeEndpoint.toString());
    settings.put("store.wait", storeWait.toString());
    settings.put("blobs", blobsUri().toString());
    settings.put("chain.rpc", anvil.endpoint().toString());
    NodeConfig config = NodeConfig.of(settings);
    ManagerSettings typed = ManagerSettings.from(config);
    config.requireAllRead();
    ManagerNode started = ManagerNode.start(typed, tee(Role.MANAGER), CLOCK, RANDOM);
    manager = started;
    registry().setManager(governance, started.address(), 1, true);
    operate(Role.MANAGER, started.address());
    return started;
  }

  public void stopManager() {
    if (manager != null) {
      manager.close();
      manager = null;
    }
  }

  /** Starts TEE-DS, which gets its keys from the manager. */
  public StoreNode startStore() {
    SigningKey key = SigningKey.generate(RANDOM);
    operate(Role.STORE, key.address());
    return startStore(key);
  }

  /** Starts a TEE-DS node that signs with this key, which waits until somebody answers for it. */
  public StoreNode startStore(SigningKey key) {
    Map<String, String> settings = settings("store");
    settings.put("listen", storeEndpoint.toString());
    settings.put("manager", managerEndpoint.toString());
    settings.put("manager.address", managerAddress().toString());
    settings.put("chain.rpc", anvil.endpoint().toString());
    StoreNode started =
        StoreNode.start(
            StoreSettings.from(NodeConfig.of(settings)),
            NodeIdentity.create(Role.STORE, tee(Role.STORE), key, CLOCK, RANDOM),
            CLOCK,
            RANDOM);
    store = started;
    return started;
  }

  /** Serves at TEE-DS's endpoint what proves itself as a node does. */
  public AttestedServer serveAsStore(LiveNode node) {
    return AttestedServer.as(node.identity(), policy)
        .listen(storeEndpoint)
        .service(new StoreGrpc.StoreImplBase() {}, Access.none().anybody("Status"))
        .start();
  }

  private Address managerAddress() {
    return Objects.requireNonNull(manager, "the manager starts first").address();
  }

  private Map<String, String> settings(String role) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("data", directory.resolve(role).toString());
    settings.put("platform", directory.resolve("platform").toString());
    settings.put("policy", policyFile.toString());
    settings.put("chain.addresses", directory.resolve("addresses.json").toString());
    return settings;
  }

  private URI blobsUri() {
    return URI.create("http://127.0.0.1:" + blobServer.port());
  }

  private Tee tee(Role role) {
    return platform.tee(measurement(role.code()));
  }

  /** A node of genuine code, which the operator answers for if its role takes that. */
  public LiveNode node(Role role) {
    LiveNode node = unoperatedNode(role);
    if (role != Role.WORKER) {
      operate(role, node.address());
    }
    return node;
  }

  /** A node of genuine code on a listed platform that nobody answers for. */
  public LiveNode unoperatedNode(Role role) {
    return node(role, measurement(role.code()));
  }

  /** The operator's word for a node on the one platform, unless she gave it before. */
  public void operate(Role role, Address node) {
    if (!registry().isOperated(node, role)) {
      registry()
          .operate(
              governance,
              OPERATOR.sign(
                  domain, new NodeOperation(role, node, NodeOperation.platform(platform.id()))));
    }
  }

  /** The operator's last word on a node of hers. */
  public void abandon(Address node) {
    registry().abandon(sender(OPERATOR), node);
  }

  public void stopChain() {
    anvil.close();
  }

  /** Governance takes the one platform away. */
  public void unlistPlatform() {
    registry().setPlatform(governance, NodeOperation.platform(platform.id()), Address.ZERO);
  }

  /** A node that runs something that no policy knows. */
  public LiveNode unknownNode(Role role) {
    return node(role, measurement(99));
  }

  /** What keys out of a broken machine forge: good evidence of genuine code, on that machine. */
  public LiveNode forgedNode(Role role) {
    return node(role, unlisted.tee(measurement(role.code())));
  }

  private LiveNode node(Role role, Measurement measurement) {
    return node(role, platform.tee(measurement));
  }

  private LiveNode node(Role role, Tee tee) {
    NodeIdentity identity =
        NodeIdentity.create(role, tee, SigningKey.generate(RANDOM), CLOCK, RANDOM);
    return new LiveNode(
        identity, AttestedChannel.to(managerEndpoint, Role.MANAGER, policy).as(identity).open());
  }

  /** A channel to the manager that proves nothing of its caller. */
  public AttestedChannel anonymous() {
    return anonymous(peer -> {});
  }

  /** A user's channel to the manager, with what she asks of it. */
  public AttestedChannel anonymous(Consumer<Peer.Node> requirement) {
    return AttestedChannel.to(managerEndpoint, Role.MANAGER, policy).requiring(requirement).open();
  }

  /** A node's identity and its channel to the manager. */
  public record LiveNode(NodeIdentity identity, AttestedChannel manager) implements AutoCloseable {
    public Address address() {
      return identity.address();
    }

    public Signed<NodeCertificate> enrol() {
      return Signed.decode(
          NodeCertificate.class,
          manager
              .call(
                  ManagerGrpc.getEnrolMethod(),
                  NodeCertificates.enrolRequest(identity, identity.address()))
              .getCertificate()
              .toByteArray());
    }

    @Override
    public void close() {
      manager.close();
    }
  }

  /** Puts a dispatcher's certificate on chain, as it does itself. */
  public void admit(Signed<NodeCertificate> certificate) {
    registry()
        .setMeasurement(
            governance, certificate.value().role(), certificate.value().measurement(), true);
    registry().admit(governance, certificate);
  }

  public void revoke(Address node) {
    registry().revoke(governance, node);
  }

  /** Gives a user an allowance for one dispatcher. */
  public void allow(SigningKey user, Address dispatcher, int lane, Amount amount) {
    new Token(chain, addresses).mint(governance, user.address(), amount);
    new Token(chain, addresses).approve(sender(user), addresses.settlement(), amount);
    settlement().deposit(sender(user), amount);
    settlement().allow(sender(user), dispatcher, lane, amount, chain.head().time() + 3_600);
  }

  public TransactionSender sender(SigningKey key) {
    return new TransactionSender(chain, key);
  }

  public ServiceMarket services() {
    return new ServiceMarket(chain, addresses);
  }

  public DataMarket data() {
    return new DataMarket(chain, addresses);
  }

  public Settlement settlement() {
    return new Settlement(chain, addresses);
  }

  private EnclaveRegistry registry() {
    return new EnclaveRegistry(chain, addresses);
  }

  public Path managerData() {
    return directory.resolve("manager");
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
    stopManager();
    blobServer.close();
    blobDirectory.close();
    chain.close();
    anvil.close();
  }
}
