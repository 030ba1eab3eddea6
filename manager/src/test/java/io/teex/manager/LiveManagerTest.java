package io.teex.manager;

import static io.teex.manager.testing.Codes.refuses;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.teex.attestation.TimeInterval;
import io.teex.chain.DevAccounts;
import io.teex.chain.ServiceMarket;
import io.teex.manager.testing.LiveMarket;
import io.teex.manager.testing.LiveMarket.LiveNode;
import io.teex.manager.testing.Modules;
import io.teex.manager.testing.SealedSet;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Commitment;
import io.teex.protocol.DatasetId;
import io.teex.protocol.DatasetRegistration;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.FeeTerms;
import io.teex.protocol.ImageRegistration;
import io.teex.protocol.InputBinding;
import io.teex.protocol.Isolation;
import io.teex.protocol.Lease;
import io.teex.protocol.Licence;
import io.teex.protocol.Limits;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.OutputTerms;
import io.teex.protocol.Price;
import io.teex.protocol.Revocation;
import io.teex.protocol.Role;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SealedInput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceKey;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeeKind;
import io.teex.protocol.Tier;
import io.teex.protocol.TypedData;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeFile;
import io.teex.rpc.proto.FindServiceKeyRequest;
import io.teex.rpc.proto.ManagerGrpc;
import io.teex.rpc.proto.ManagerStatusRequest;
import io.teex.rpc.proto.ManagerStatusResponse;
import io.teex.rpc.proto.OpenInputRequest;
import io.teex.rpc.proto.OpenInputResponse;
import io.teex.rpc.proto.RegisterDatasetRequest;
import io.teex.rpc.proto.RegisterImageRequest;
import io.teex.rpc.proto.ReleaseRequest;
import io.teex.rpc.proto.ReleaseResponse;
import io.teex.rpc.proto.RevokeRequest;
import io.teex.rpc.proto.StoreKeysRequest;
import io.teex.teeds.StoreNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The manager as its peers meet it, with a real chain, TEE-DS, blob store and attested channels.
 */
class LiveManagerTest {
  private static final int LANE = 0;
  private static final Amount DATA_PRICE = Amount.of(5);
  private static final byte[] DATA = "secret rows".getBytes(UTF_8);

  @TempDir Path directory;

  private final SigningKey user = DevAccounts.key(1);
  private final SigningKey provider = DevAccounts.key(2);
  private final SigningKey dataOwner = DevAccounts.key(3);
  private final SecretBytes imageKey = SealedContent.newKey(LiveMarket.RANDOM);
  private final SecretBytes dataKey = SealedContent.newKey(LiveMarket.RANDOM);
  private SealedSet data;
  private RegisterDatasetRequest registration = RegisterDatasetRequest.getDefaultInstance();
  private final Bytes32 inputSalt = Bytes32.random(LiveMarket.RANDOM);
  private LiveMarket market;
  private ManagerNode manager;
  private AttestedChannel stranger;

  @BeforeEach
  void begin() throws Exception {
    market = LiveMarket.begin(directory);
    data = SealedSet.store(market.blobs, dataKey, DATA, LiveMarket.RANDOM);
    manager = market.startManager();
    stranger = market.anonymous();
  }

  @AfterEach
  void end() {
    if (market != null) {
      stranger.close();
      market.close();
    }
  }

  @Test
  void admitsByRoleAndMeasurementOnly() {
    try (LiveNode worker = market.node(Role.WORKER);
        LiveNode unknown = market.unknownNode(Role.WORKER)) {
      Signed<NodeCertificate> certificate = worker.enrol();

      assertThat(certificate.value().role()).isEqualTo(Role.WORKER);
      assertThat(certificate.value().tlsKeyHash()).isEqualTo(worker.identity().tlsKeyHash());
      refuses(ErrorCode.ATTESTATION_REFUSED, unknown::enrol);
      refuses(
          ErrorCode.PERMISSION_DENIED,
          () ->
              worker
                  .manager()
                  .call(
                      ManagerGrpc.getStoreKeysMethod(),
                      StoreKeysRequest.newBuilder().setShard("main").build()));
      refuses(
          ErrorCode.PERMISSION_DENIED,
          () -> stranger.call(ManagerGrpc.getReleaseMethod(), ReleaseRequest.getDefaultInstance()));
    }
  }

  @Test
  void opensAWidelyTrustedRoleOnlyOnceAnOperatorAnswersForIt() {
    try (LiveNode dispatcher = market.unoperatedNode(Role.DISPATCHER);
        LiveNode store = market.unoperatedNode(Role.STORE)) {
      refuses(ErrorCode.NODE_NOT_OPERATED, dispatcher::enrol);
      refuses(ErrorCode.NODE_NOT_OPERATED, store::enrol);

      market.operate(Role.DISPATCHER, dispatcher.address());

      assertThat(dispatcher.enrol().value().role()).isEqualTo(Role.DISPATCHER);
      refuses(ErrorCode.NODE_NOT_OPERATED, store::enrol);
    }
  }

  @Test
  void givesAStoresKeysOnlyToOneThatEnrolled() {
    try (LiveNode store = market.node(Role.STORE)) {
      StoreKeysRequest wish = StoreKeysRequest.newBuilder().setShard("main").build();
      refuses(
          ErrorCode.NODE_NOT_ENROLLED,
          () -> store.manager().call(ManagerGrpc.getStoreKeysMethod(), wish));

      store.enrol();

      assertThat(store.manager().call(ManagerGrpc.getStoreKeysMethod(), wish).getKey().size())
          .isEqualTo(32);

      market.revoke(store.address());

      refuses(
          ErrorCode.CERTIFICATE_INVALID,
          () -> store.manager().call(ManagerGrpc.getStoreKeysMethod(), wish));
    }
  }

  @Test
  void enrolsNoForgedStoreOrDispatcher() {
    for (Role role : List.of(Role.STORE, Role.DISPATCHER)) {
      try (LiveNode forged = market.forgedNode(role)) {
        refuses(ErrorCode.NODE_NOT_OPERATED, forged::enrol);

        // Not even under the word of an operator who was made to sign for a machine of hers.
        market.operate(role, forged.address());

        refuses(ErrorCode.NODE_NOT_OPERATED, forged::enrol);
      }
    }
  }

  @Test
  void talksToNoStoreOnAMachineThatNobodyAnswersFor() {
    try (LiveNode genuine = market.node(Role.STORE);
        LiveNode forged = market.forgedNode(Role.STORE);
        AttestedServer served = market.serveAsStore(forged)) {
      assertThat(served.endpoint()).isNotNull();
      refuses(ErrorCode.NODE_NOT_ENROLLED, this::status);

      // Nor with a certificate that is good, but another node's.
      forged.identity().show(genuine.enrol());

      refuses(ErrorCode.CERTIFICATE_INVALID, this::status);
    }
  }

  @Test
  void provesToUsersWhichManagerItIs() {
    List<Address> shown = new ArrayList<>();
    try (AttestedChannel user =
        market.anonymous(peer ->
            shown.add(
                NodeCertificates.managerShownBy(
                    peer, market.domain, () -> TimeInterval.at(LiveMarket.CLOCK.instant()))))) {
      user.call(ManagerGrpc.getStatusMethod(), ManagerStatusRequest.getDefaultInstance());
    }

    assertThat(shown).containsExactly(manager.address());
  }

  @Test
  @Timeout(60)
  void letsAStoreInThatWaitedForItsOperator() throws Exception {
    SigningKey key = SigningKey.generate(LiveMarket.RANDOM);
    CompletableFuture<StoreNode> store = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> store.complete(market.startStore(key)));
    assertThat(status().getStateReady()).isFalse();

    market.operate(Role.STORE, key.address());

    assertThat(store.get().address()).isEqualTo(key.address());
    assertThat(status().getStateReady()).isTrue();
  }

  @Test
  void cutsOffAStoreThatItsOperatorAbandoned() {
    Address store = market.startStore().address();
    assertThat(status().getStateReady()).isTrue();

    market.abandon(store);
    manager.judgeAgain();

    refuses(ErrorCode.NODE_NOT_OPERATED, this::status);
  }

  @Test
  void cutsOffAStoreThatWasRevoked() {
    Address store = market.startStore().address();
    assertThat(status().getStateReady()).isTrue();

    market.revoke(store);
    manager.judgeAgain();

    refuses(ErrorCode.CERTIFICATE_INVALID, this::status);
  }

  @Test
  void cutsOffAStoreOnAMachineThatWasTakenAway() {
    market.startStore();
    assertThat(status().getStateReady()).isTrue();

    market.unlistPlatform();
    manager.judgeAgain();

    // It was this manager's machine as well, whose certificates are worth nothing any more.
    refuses(ErrorCode.CERTIFICATE_INVALID, this::status);
  }

  @Test
  void keepsItsStoreForAWhileWhenTheChainIsAway() {
    market.startStore();
    assertThat(status().getStateReady()).isTrue();

    market.stopChain();
    manager.judgeAgain();

    assertThat(status().getStateReady()).isTrue();
  }

  @Test
  void leavesItsOperatorWhatToSign() {
    NodeFile said = NodeFile.read(market.managerData());

    assertThat(said.role()).isEqualTo(Role.MANAGER);
    assertThat(said.address().value().toHex())
        .isEqualTo(HexFormat.of().formatHex(status().getAddress().toByteArray()));
  }

  @Test
  @Timeout(60)
  void saysThatItsStateIsNotConnectedUntilItIs() {
    market.stopManager();
    market.startManager(Duration.ofMillis(100));
    ManagerStatusResponse before = status();
    refuses(
        ErrorCode.UNAVAILABLE,
        "store",
        () ->
            stranger.call(
                ManagerGrpc.getFindServiceKeyMethod(),
                FindServiceKeyRequest.newBuilder()
                    .setImageDigest(ByteString.copyFrom(new byte[32]))
                    .build()));

    market.startStore();

    ManagerStatusResponse after = status();
    while (!after.getStateReady()) {
      after = status();
    }
    assertThat(before.getStateReady()).isFalse();
    assertThat(after.getRollbackProtection()).isEqualTo("ROLLBACK-UNPROTECTED");
    assertThat(after.getSimulated()).isTrue();
    assertThat(after.getChainTrust()).isEqualTo("UNVERIFIED");
    assertThat(after.getAddress()).isEqualTo(before.getAddress());
  }

  @Test
  void refusesToStartOnADamagedRoot() throws Exception {
    market.stopManager();
    Path root = market.managerData().resolve("root.sealed");
    byte[] damaged = Files.readAllBytes(root);
    damaged[damaged.length - 1] ^= 1;
    Files.write(root, damaged);

    refuses(ErrorCode.STORE_CORRUPT, () -> market.startManager());
    assertThat(Files.readAllBytes(root)).isEqualTo(damaged);
  }

  @Test
  void releasesKeysForOneTaskFromRegistrationToRevocation() throws Exception {
    market.startStore();
    Listed listed = list();
    try (Pair nodes = enrolledPair()) {
      market.allow(user, nodes.dispatcher().address(), LANE, Amount.of(10_000));
      Order order = order(listed, nodes, 1);

      ReleaseResponse released = release(nodes, order, 1);
      ReleaseResponse again = release(nodes, order, 1);

      assertThat(released.getImageKey().toByteArray()).isEqualTo(imageKey.expose());
      assertThat(released.getImageCid()).isEqualTo(listed.imageCid());
      assertThat(released.getDatasets(0).getKeys().toByteArray())
          .isEqualTo(data.keys().encode().expose());
      assertThat(released.getDatasets(0).getOutputBytesMax()).isEqualTo(64);
      assertThat(again).isEqualTo(released);

      Order sealed = order(listed, nodes, 2);
      SealedInput input =
          SealedInput.seal(
              listed.publicKey(),
              InputBinding.of(market.domain, sealed),
              SaltedContent.of(inputSalt, new byte[] {7}),
              LiveMarket.RANDOM);
      SecretBytes inputKey = openInput(nodes, sealed, input.sealedKey());
      assertThat(input.open(inputKey).content().expose()).containsExactly(7);
      release(nodes, sealed, 1);

      // Two of three uses are taken; a restart of the manager forgets none of them.
      market.stopManager();
      market.startManager();
      release(nodes, order(listed, nodes, 3), 1);
      assertThat(release(nodes, order, 1)).isEqualTo(released);
      refuses(ErrorCode.LICENCE_EXHAUSTED, () -> release(nodes, order(listed, nodes, 4), 1));

      revoke(listed.licence());
      refuses(ErrorCode.LICENCE_REVOKED, () -> release(nodes, order, 2));
      // Who carries sealed requests can send them again: what came before undoes nothing.
      stranger.call(ManagerGrpc.getRegisterDatasetMethod(), registration);
      revoke(dataOwner, listed.licence());
      refuses(ErrorCode.LICENCE_REVOKED, () -> release(nodes, order, 2));
      assertNoKeyIn(market.managerData());
    }
  }

  @Test
  void honoursWhatWasRevokedOnChainFromTheNextReleaseOn() throws Exception {
    market.startStore();
    Listed listed = list();
    try (Pair nodes = enrolledPair()) {
      market.allow(user, nodes.dispatcher().address(), LANE, Amount.of(10_000));
      release(nodes, order(listed, nodes, 1), 1);

      market.data().revoke(market.sender(dataOwner), listed.dataset(), listed.licence().digest());
      refuses(ErrorCode.LICENCE_REVOKED, () -> release(nodes, order(listed, nodes, 2), 1));

      market.revoke(nodes.worker().address());
      refuses(ErrorCode.CERTIFICATE_INVALID, () -> release(nodes, order(listed, nodes, 3), 1));
    }
  }

  @Test
  void releaseCostsFewMilliseconds() throws Exception {
    int warmUp = 200;
    int measured = 300;
    market.startStore();
    Listed listed = list(warmUp + measured);
    try (Pair nodes = enrolledPair()) {
      market.allow(user, nodes.dispatcher().address(), LANE, Amount.of(1_000_000));
      List<ReleaseRequest> requests =
          LongStream.rangeClosed(1, warmUp + measured)
              .mapToObj(sequence -> request(nodes, order(listed, nodes, sequence), 1))
              .toList();
      long[] nanos = new long[measured];
      long cpu = 0;
      for (int i = 0; i < requests.size(); i++) {
        cpu = i == warmUp ? cpuNanos() : cpu;
        long start = System.nanoTime();
        nodes.worker().manager().call(ManagerGrpc.getReleaseMethod(), requests.get(i));
        if (i >= warmUp) {
          nanos[i - warmUp] = System.nanoTime() - start;
        }
      }
      cpu = cpuNanos() - cpu;
      Arrays.sort(nanos);
      System.out.printf(
          "%d releases over RA-TLS, with anvil and TEE-DS: p50 %.2f ms, p99 %.2f ms,"
              + " CPU of worker, manager and store %.2f ms each%n",
          measured,
          nanos[measured / 2] / 1e6,
          nanos[measured * 99 / 100] / 1e6,
          cpu / 1e6 / measured);
      assertThat(nanos[measured / 2]).isLessThan(100_000_000);
    }
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  private record Listed(
      ServiceId service,
      Bytes32 imageDigest,
      Bytes32 publicKey,
      String imageCid,
      DatasetId dataset,
      Licence licence) {}

  private record Pair(
      LiveNode dispatcher,
      Signed<NodeCertificate> dispatcherCertificate,
      LiveNode worker,
      Signed<NodeCertificate> workerCertificate)
      implements AutoCloseable {
    @Override
    public void close() {
      dispatcher.close();
      worker.close();
    }
  }

  private Pair enrolledPair() {
    LiveNode dispatcher = market.node(Role.DISPATCHER);
    LiveNode worker = market.node(Role.WORKER);
    Pair pair = new Pair(dispatcher, dispatcher.enrol(), worker, worker.enrol());
    market.admit(pair.dispatcherCertificate());
    return pair;
  }

  private Listed list() {
    return list(3);
  }

  /** What a provider and a data provider do: seal, register, list. */
  private Listed list(long uses) {
    Bytes32 imageSalt = Bytes32.random(LiveMarket.RANDOM);
    Bytes32 imageDigest = Commitment.image(imageSalt, Modules.NO_OP);
    String imageCid = seal(imageKey, imageSalt, Modules.NO_OP);
    Signed<ServiceKey> serviceKey =
        Signed.decode(
            ServiceKey.class,
            stranger
                .call(
                    ManagerGrpc.getRegisterImageMethod(),
                    RegisterImageRequest.newBuilder()
                        .setRegistration(
                            bytes(
                                provider.sign(
                                    market.domain,
                                    new ImageRegistration(
                                        provider.address(), imageDigest, imageCid))))
                        .setImageKey(ByteString.copyFrom(imageKey.expose()))
                        .build())
                .getServiceKey()
                .toByteArray());
    Bytes32 publicKey = serviceKey.value().publicKey();
    ServiceId service =
        market
            .services()
            .publish(
                market.sender(provider),
                new ServiceMarket.NewVersion(imageDigest, publicKey, ""),
                new Price(Amount.of(10), Amount.ZERO, Amount.of(1), Amount.ZERO))
            .id();
    Licence licence = registerData(imageDigest, uses);
    DatasetId dataset =
        market
            .data()
            .list(market.sender(dataOwner), licence.dataDigest(), licence.digest(), DATA_PRICE, "")
            .id();
    return new Listed(service, imageDigest, publicKey, imageCid, dataset, licence);
  }

  private Licence registerData(Bytes32 imageDigest, long uses) {
    long now = market.chain.head().time();
    Licence licence =
        new Licence(
            dataOwner.address(),
            data.digest(),
            List.of(imageDigest),
            List.of(),
            "",
            DATA_PRICE,
            uses,
            now,
            now + 3_600,
            64,
            1_000_000,
            Bytes32.random(LiveMarket.RANDOM));
    registration =
        RegisterDatasetRequest.newBuilder()
            .setRegistration(
                bytes(
                    dataOwner.sign(
                        market.domain, new DatasetRegistration(licence.digest(), data.cid()))))
            .setLicence(ByteString.copyFrom(TypedData.encode(licence)))
            .setDatasetKeys(ByteString.copyFrom(data.keys().encode().expose()))
            .build();
    stranger.call(ManagerGrpc.getRegisterDatasetMethod(), registration);
    return licence;
  }

  private String seal(SecretBytes key, Bytes32 salt, byte[] content) {
    return market
        .blobs
        .put(
            SealedContent.seal(key, SaltedContent.of(salt, content).encode(), LiveMarket.RANDOM)
                .copy())
        .toString();
  }

  private Order order(Listed listed, Pair nodes, long sequence) {
    var head = market.chain.head();
    return new Order(
        user.address(),
        nodes.dispatcher().address(),
        LANE,
        sequence,
        new ServiceRef(listed.service(), 1, listed.imageDigest(), 1),
        List.of(new DatasetUse(listed.dataset(), listed.licence().digest(), DATA_PRICE)),
        "",
        Commitment.input(inputSalt, new byte[] {7}),
        new OutputTerms(Bytes32.ZERO, 1_024, 0),
        new FeeTerms(Amount.of(100), 100),
        new Limits(1_000_000, 1_000, 1 << 20),
        Tier.single(Isolation.PROCESS, TeeKind.SIMULATED.bit()),
        new BlockRef(head.number(), head.hash()),
        LiveMarket.CLOCK.instant().getEpochSecond() + 600,
        Bytes32.random(LiveMarket.RANDOM));
  }

  private SecretBytes openInput(Pair nodes, Order order, Bytes sealedKey) {
    OpenInputResponse opened =
        nodes
            .worker()
            .manager()
            .call(
                ManagerGrpc.getOpenInputMethod(),
                OpenInputRequest.newBuilder()
                    .setAttempt(request(nodes, order, 1))
                    .setSealedInputHeader(ByteString.copyFrom(sealedKey.copy()))
                    .build());
    return SecretBytes.copyOf(opened.getInputKey().toByteArray());
  }

  private ReleaseResponse release(Pair nodes, Order order, int attempt) {
    return nodes
        .worker()
        .manager()
        .call(ManagerGrpc.getReleaseMethod(), request(nodes, order, attempt));
  }

  private ReleaseRequest request(Pair nodes, Order order, int attempt) {
    Lease lease =
        new Lease(
            order.id(market.domain),
            attempt,
            nodes.worker().address(),
            nodes.dispatcher().address(),
            LiveMarket.CLOCK.instant().getEpochSecond() + 300,
            attempt);
    return ReleaseRequest.newBuilder()
        .setOrder(bytes(user.sign(market.domain, order)))
        .setLease(bytes(nodes.dispatcher().identity().signer().sign(market.domain, lease)))
        .setDispatcherCertificate(bytes(nodes.dispatcherCertificate()))
        .setWorkerCertificate(bytes(nodes.workerCertificate()))
        .build();
  }

  private void revoke(Licence licence) {
    refuses(ErrorCode.SIGNATURE_INVALID, () -> revoke(user, licence));
    revoke(dataOwner, licence);
  }

  private void revoke(SigningKey by, Licence licence) {
    stranger.call(
        ManagerGrpc.getRevokeMethod(),
        RevokeRequest.newBuilder()
            .setRevocation(bytes(by.sign(market.domain, new Revocation(licence.digest()))))
            .build());
  }

  private ManagerStatusResponse status() {
    return stranger.call(ManagerGrpc.getStatusMethod(), ManagerStatusRequest.getDefaultInstance());
  }

  private void assertNoKeyIn(Path files) throws Exception {
    String keys = HexFormat.of().formatHex(data.keys().encode().expose());
    try (var all = Files.walk(files)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String content = HexFormat.of().formatHex(Files.readAllBytes(file));
        assertThat(content)
            .doesNotContain(HexFormat.of().formatHex(imageKey.expose()))
            .doesNotContain(keys.substring(keys.length() - 64));
      }
    }
  }

  private static ByteString bytes(Signed<?> signed) {
    return ByteString.copyFrom(signed.encode());
  }
}
