package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Debit;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.FeeTerms;
import io.teex.protocol.Isolation;
import io.teex.protocol.Keccak;
import io.teex.protocol.Limits;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Order;
import io.teex.protocol.OutputTerms;
import io.teex.protocol.Price;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Sha256;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeexException;
import io.teex.protocol.Tier;
import io.teex.protocol.TypedData;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The bindings against the real contracts on a real node. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class MarketOnChainTest {
  @Parameter NodeKind kind;

  private static final SigningKey MANAGER = DevAccounts.key(1);
  private static final SigningKey PROVIDER = DevAccounts.key(2);
  private static final SigningKey OPERATOR = DevAccounts.key(3);
  private static final Bytes32 PLATFORM = Keccak.hash(new byte[] {4});
  private static final Bytes MEASUREMENT = Bytes.of(new byte[48]);
  private static final Bytes32 DIGEST = Sha256.hash(new byte[] {1});
  private static final Amount STAKE = Amount.of(1_000_000);
  private static final Price PRICE =
      new Price(Amount.of(100), Amount.of(10), Amount.of(50), Amount.of(5));

  private static EmbeddedChain chain;

  @BeforeParameterizedClassInvocation
  static void start(NodeKind kind) {
    chain = EmbeddedChain.start(kind);
    chain.registry().setPlatform(chain.governance, PLATFORM, OPERATOR.address());
    chain.registry().setManager(chain.governance, MANAGER.address(), 1, true);
    operate(Role.MANAGER, MANAGER.address());
    chain.registry().setMeasurement(chain.governance, Role.DISPATCHER, MEASUREMENT, true);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  @Test
  void javaAndSolidityAgreeOnTheDomain() {
    assertThat(chain.settlement().domainSeparator())
        .isEqualTo(chain.addresses.domain().separator());
    assertThat(chain.settlement().withdrawDelay()).isEqualTo(EmbeddedChain.WITHDRAW_DELAY);
  }

  @Test
  void aServiceIsPublishedPricedAndSwitchedOff() {
    TransactionSender provider = chain.sender(PROVIDER);
    ServiceMarket market = chain.services();

    ServiceId id =
        market
            .publish(provider, new ServiceMarket.NewVersion(DIGEST, DIGEST, "bafy-meta"), PRICE)
            .id();
    Price dearer = new Price(Amount.of(200), Amount.ZERO, Amount.ZERO, Amount.ZERO);
    market.setPrice(provider, id, dearer);
    market.setActive(provider, id, false);

    assertThat(market.service(id)).contains(new ServiceMarket.Service(1, 2, false));
    assertThat(market.version(id, 1).orElseThrow().metadataCid()).isEqualTo("bafy-meta");
    assertThat(market.version(id, 1).orElseThrow().publisher()).isEqualTo(PROVIDER.address());
    assertThat(market.price(id, 1)).contains(PRICE);
    assertThat(market.price(id, 2)).contains(dearer);
    assertThat(market.priceReplacedAt(id, 1).orElseThrow()).isBetween(1L, chain.now());
    assertThat(market.priceReplacedAt(id, 2)).contains(0L);
    assertThat(market.priceReplacedAt(id, 3)).isEmpty();
    assertThat(market.owner(id)).contains(PROVIDER.address());
    assertThat(market.listed(0, chain.client.blockNumber()))
        .extracting(ServiceMarket.Listed::id)
        .contains(id);
    assertThat(market.versions(0, chain.client.blockNumber()))
        .filteredOn(listed -> listed.id().equals(id))
        .extracting(ServiceMarket.VersionListed::number, ServiceMarket.VersionListed::version)
        .containsExactly(tuple(1, market.version(id, 1).orElseThrow()));
  }

  @Test
  void whatWasNeverListedIsAbsent() {
    ServiceId nobody = ServiceId.of(999);

    assertThat(chain.services().service(nobody)).isEmpty();
    assertThat(chain.services().version(nobody, 1)).isEmpty();
    assertThat(chain.services().price(nobody, 1)).isEmpty();
    assertThat(chain.services().owner(nobody)).isEmpty();
    assertThat(chain.data().dataset(DatasetId.of(999))).isEmpty();
    assertThat(chain.data().licence(DatasetId.of(999), DIGEST)).isEmpty();
    assertThat(chain.data().owner(DatasetId.of(999))).isEmpty();
    assertThat(chain.registry().node(PROVIDER.address())).isEmpty();
    assertThat(chain.settlement().request(new TaskId(DIGEST))).isEmpty();
  }

  @Test
  void aLicenceIsListedAndRevoked() {
    TransactionSender owner = chain.sender(DevAccounts.key(3));
    Bytes32 licence = Sha256.hash(new byte[] {2});

    DatasetId id = chain.data().list(owner, DIGEST, licence, Amount.of(7), "bafy-data").id();

    assertThat(chain.data().licence(id, licence).orElseThrow())
        .isEqualTo(
            new DataMarket.Licence(
                owner.address(), DIGEST, Amount.of(7), DataMarket.LicenceState.ACTIVE));

    chain.data().revoke(owner, id, licence);

    assertThat(chain.data().licence(id, licence).orElseThrow().isActive()).isFalse();
    rejected("LicenceNotActive", () -> chain.data().revoke(owner, id, licence));
    assertThat(chain.data().licences(0, chain.client.blockNumber()))
        .extracting(DataMarket.LicenceListed::licenceDigest)
        .contains(licence);
  }

  @Test
  void anotherCannotTouchAService() {
    TransactionSender provider = chain.sender(PROVIDER);
    ServiceId id =
        chain
            .services()
            .publish(provider, new ServiceMarket.NewVersion(DIGEST, DIGEST, ""), PRICE)
            .id();

    rejected(
        "ServiceOwnerOnly",
        () -> chain.services().setActive(chain.sender(DevAccounts.key(4)), id, false));
  }

  @Test
  void aBatchSettlesOnceAndPaysEverybody() {
    SigningKey payee = DevAccounts.key(4);
    SigningKey user = DevAccounts.key(5);
    TransactionSender sender = chain.sender(user);
    SigningKey dispatcher = admitted(DevAccounts.key(6));
    chain.fund(user.address(), Amount.of(10_000));
    long expiry = chain.now() + 3_600;
    Permit permit =
        chain
            .token()
            .permit(user, chain.addresses.settlement(), Amount.of(10_000), chain.now() + 600);
    chain
        .settlement()
        .depositAndAllow(sender, dispatcher.address(), 1, Amount.of(10_000), expiry, permit);
    Address worker = Address.fromHex("0x00000000000000000000000000000000000000aa");
    SignedBatch batch =
        batch(
            dispatcher,
            1,
            Bytes32.ZERO,
            3,
            List.of(new Debit(user.address(), 1, 3, Amount.of(300))),
            List.of(),
            List.of(
                new Credit(worker, Amount.of(100)), new Credit(payee.address(), Amount.of(200))));

    Mined settled = chain.settlement().settle(sender, batch);

    assertThat(chain.settlement().pending(worker)).isEqualTo(Amount.of(100));
    assertThat(chain.settlement().claimable(worker)).isEqualTo(Amount.ZERO);
    assertThat(chain.settlement().unfinalDebits(dispatcher.address())).isEqualTo(Amount.of(300));
    assertThat(chain.settlement().allowance(user.address(), dispatcher.address(), 1))
        .isEqualTo(new Settlement.Allowance(Amount.of(9_700), 3, expiry));
    Settlement.BatchChain after = chain.settlement().batchChain(dispatcher.address());
    assertThat(after.number()).isEqualTo(1);
    assertThat(after.frozen()).isFalse();
    assertThat(after.head())
        .isEqualTo(TypedData.hash(chain.addresses.domain(), batch.header().value()));
    assertThat(after.newer()).isEqualTo(Amount.of(300));
    assertThat(chain.settlement().batches(dispatcher.address(), 0, settled.block()))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.transaction()).isEqualTo(settled.transaction());
          assertThat(event.total()).isEqualTo(Amount.of(300));
          assertThat(event.count()).isEqualTo(3);
        });
    rejected("BatchOutOfOrder", () -> chain.settlement().settle(chain.sender(user), batch));
    assertThat(chain.settlement().settle(sender, batch))
        .as("whoever sent it is told again where it was settled")
        .isEqualTo(settled);

    rejected("NothingToClaim", () -> chain.settlement().claim(chain.sender(payee)));
    chain.pass(chain.settlement().period().multipliedBy(2));
    assertThat(chain.settlement().claimable(worker)).isEqualTo(Amount.of(100));
    chain.settlement().claim(chain.sender(payee));

    assertThat(chain.token().balanceOf(payee.address())).isEqualTo(Amount.of(200));
    rejected("NothingToClaim", () -> chain.settlement().claim(chain.sender(payee)));
  }

  @Test
  void aClosedLaneIsReleasedAfterTheDelayOnly() {
    SigningKey user = DevAccounts.key(7);
    TransactionSender sender = chain.sender(user);
    Address dispatcher = DevAccounts.key(6).address();
    chain.fund(user.address(), Amount.of(500));
    chain.token().approve(sender, chain.addresses.settlement(), Amount.of(500));
    chain.settlement().deposit(sender, Amount.of(500));
    chain.settlement().allow(sender, dispatcher, 2, Amount.of(400), chain.now() + 3_600);
    rejected("BalanceTooSmall", () -> chain.settlement().withdraw(sender, Amount.of(101)));

    chain.settlement().close(sender, dispatcher, 2);

    rejected("AllowanceNotReleasable", () -> chain.settlement().release(sender, dispatcher, 2));
    chain.pass(EmbeddedChain.WITHDRAW_DELAY.plusSeconds(1));
    chain.settlement().release(sender, dispatcher, 2);
    chain.settlement().withdraw(sender, Amount.of(500));
    assertThat(chain.token().balanceOf(user.address())).isEqualTo(Amount.of(500));
    assertThat(chain.settlement().balance(user.address())).isEqualTo(Amount.ZERO);
  }

  @Test
  void aRequestIsFoundByItsEventPaidAndRefunded() {
    SigningKey user = DevAccounts.key(8);
    TransactionSender sender = chain.sender(user);
    SigningKey dispatcher = admitted(DevAccounts.key(9));
    chain.fund(user.address(), Amount.of(1_000));
    Signed<Order> order = user.sign(chain.addresses.domain(), order(user.address()));
    Permit permit =
        chain
            .token()
            .permit(user, chain.addresses.settlement(), Amount.of(1_000), chain.now() + 600);

    Mined mined = chain.settlement().request(sender, order, "bafy-input", permit);

    TaskId task = order.value().id(chain.addresses.domain());
    assertThat(chain.settlement().requests(mined.block(), mined.block()))
        .containsExactly(
            new Settlement.Requested(
                task, order, "bafy-input", mined.block(), mined.transaction()));
    assertThat(chain.settlement().request(task).orElseThrow().escrow()).isEqualTo(Amount.of(1_000));

    chain
        .settlement()
        .settle(
            sender,
            batch(
                dispatcher,
                1,
                Bytes32.ZERO,
                1,
                List.of(),
                List.of(new RequestPayment(task, Amount.of(600))),
                List.of(new Credit(PROVIDER.address(), Amount.of(600)))));

    assertThat(chain.settlement().request(task).orElseThrow().state())
        .isEqualTo(Settlement.RequestState.PAID);
    assertThat(chain.settlement().balance(user.address())).isEqualTo(Amount.of(400));
  }

  @Test
  void aRequestThatNobodyServedIsReclaimed() {
    SigningKey user = DevAccounts.key(3);
    TransactionSender sender = chain.sender(user);
    chain.fund(user.address(), Amount.of(1_000));
    Permit permit =
        chain
            .token()
            .permit(user, chain.addresses.settlement(), Amount.of(1_000), chain.now() + 600);
    chain.settlement().deposit(sender, Amount.of(1_000), permit);
    Signed<Order> order = user.sign(chain.addresses.domain(), order(user.address()));
    TaskId task = order.value().id(chain.addresses.domain());

    chain.settlement().request(sender, order, "bafy-input");

    rejected("RequestExists", () -> chain.settlement().request(sender, order, "bafy-input"));
    rejected("RequestNotReclaimable", () -> chain.settlement().reclaim(sender, task));
    chain.pass(EmbeddedChain.WITHDRAW_DELAY.plusSeconds(601));
    chain.settlement().reclaim(chain.governance, task);
    assertThat(chain.settlement().request(task).orElseThrow().state())
        .isEqualTo(Settlement.RequestState.RECLAIMED);
    assertThat(chain.settlement().balance(user.address())).isEqualTo(Amount.of(1_000));
  }

  @Test
  void versionsAndLicencesAreOnlyAdded() {
    TransactionSender owner = chain.sender(DevAccounts.key(3));
    ServiceMarket.NewVersion version = new ServiceMarket.NewVersion(DIGEST, DIGEST, "one");
    ServiceId service = chain.services().publish(owner, version, PRICE).id();
    DatasetId dataset = chain.data().list(owner, DIGEST, DIGEST, Amount.of(7), "data").id();
    Bytes32 second = Sha256.hash(new byte[] {2});

    chain
        .services()
        .addVersion(owner, service, new ServiceMarket.NewVersion(second, DIGEST, "two"));
    chain.data().addLicence(owner, dataset, second, Amount.of(8));

    assertThat(chain.services().version(service, 1).orElseThrow().metadataCid()).isEqualTo("one");
    assertThat(chain.services().version(service, 2).orElseThrow().imageDigest()).isEqualTo(second);
    assertThat(chain.data().licence(dataset, DIGEST).orElseThrow().pricePerUse())
        .isEqualTo(Amount.of(7));
    assertThat(chain.data().licence(dataset, second).orElseThrow().pricePerUse())
        .isEqualTo(Amount.of(8));
    assertThat(chain.data().dataset(dataset)).contains(new DataMarket.Dataset(DIGEST, "data"));
    assertThat(chain.data().owner(dataset)).contains(owner.address());
    assertThat(chain.data().listed(0, chain.client.blockNumber()))
        .extracting(DataMarket.Listed::id)
        .contains(dataset);
  }

  @Test
  void governanceSaysWhoMayCertifyWhat() {
    assertThat(chain.registry().manager(MANAGER.address()))
        .matches(manager -> manager.epoch() == 1 && manager.active() && manager.from() > 0);
    assertThat(chain.registry().isAccepted(Role.DISPATCHER, MEASUREMENT)).isTrue();
    assertThat(chain.registry().isAccepted(Role.WORKER, MEASUREMENT)).isFalse();
    rejected(
        "OwnableUnauthorizedAccount",
        () -> chain.registry().setManager(chain.sender(PROVIDER), PROVIDER.address(), 1, true));
  }

  @Test
  void machinesAreListedWhileTheyHaveAnOperator() {
    Bytes32 platform = NodeOperation.platform(Bytes.of((byte) 5));

    chain.registry().setPlatform(chain.governance, platform, OPERATOR.address());

    assertThat(chain.registry().platforms(0, chain.client.blockNumber()))
        .containsKeys(PLATFORM, platform)
        .extractingByKey(platform)
        .isEqualTo(chain.registry().platform(platform));

    chain.registry().setPlatform(chain.governance, platform, Address.ZERO);

    assertThat(chain.registry().platforms(0, chain.client.blockNumber()))
        .containsKey(PLATFORM)
        .doesNotContainKey(platform);
  }

  @Test
  void aNodeIsActiveUntilItIsRevoked() {
    SigningKey node = SigningKey.generate(new SplittableRandom(7));
    admitted(node);
    assertThat(chain.registry().isActive(node.address(), Role.DISPATCHER)).isTrue();
    assertThat(chain.registry().isActive(node.address(), Role.WORKER)).isFalse();

    chain.registry().revoke(chain.governance, node.address());

    assertThat(chain.registry().isActive(node.address(), Role.DISPATCHER)).isFalse();
    assertThat(chain.registry().node(node.address()).orElseThrow().revoked()).isTrue();
    rejected("NodeIsRevoked", () -> admitted(node));
  }

  @Test
  void aCertificateOfAnUnknownManagerIsRefused() {
    NodeCertificate certificate = certificate(PROVIDER.address());

    rejected(
        "ManagerNotActive",
        () ->
            chain
                .registry()
                .admit(chain.governance, PROVIDER.sign(chain.addresses.domain(), certificate)));
  }

  @Test
  void anOperatorAnswersForANodeUntilSheAbandonsIt() {
    SigningKey node = SigningKey.generate(new SplittableRandom(11));
    rejected("NodeNotOperated", () -> admit(node));
    operate(Role.DISPATCHER, node.address());
    admit(node);
    EnclaveRegistry.Operation operation = chain.registry().operation(node.address());
    assertThat(operation.role()).isEqualTo(Role.DISPATCHER.code());
    assertThat(operation.platform()).isEqualTo(PLATFORM);
    assertThat(chain.registry().platform(operation.platform()).operator())
        .isEqualTo(OPERATOR.address());
    assertThat(chain.registry().isOperated(node.address(), Role.STORE)).isFalse();

    chain.registry().abandon(chain.sender(OPERATOR), node.address());

    assertThat(chain.registry().isOperated(node.address(), Role.DISPATCHER)).isFalse();
    assertThat(chain.registry().isActive(node.address(), Role.DISPATCHER)).isFalse();
  }

  @Test
  void anOperationByAnybodyElseIsRefused() {
    NodeOperation operation = new NodeOperation(Role.STORE, PROVIDER.address(), PLATFORM);

    rejected(
        "WrongSigner",
        () ->
            chain
                .registry()
                .operate(chain.governance, PROVIDER.sign(chain.addresses.domain(), operation)));
  }

  private static void operate(Role role, Address node) {
    chain
        .registry()
        .operate(
            chain.governance,
            OPERATOR.sign(chain.addresses.domain(), new NodeOperation(role, node, PLATFORM)));
  }

  @Test
  void aStakeIsBondedCountedAndTakenOutLater() {
    SigningKey staker = PROVIDER;
    TransactionSender sender = chain.sender(staker);
    Address node = Address.fromHex("0x00000000000000000000000000000000000000bb");
    Stakes stakes = chain.stakes();
    chain.fund(staker.address(), Amount.of(100));
    chain.token().approve(sender, stakes.address(), Amount.of(100));

    stakes.bond(sender, node, Amount.of(100));
    stakes.unbond(sender, node, Amount.of(30));

    assertThat(stakes.bonded(node)).isEqualTo(Amount.of(70));
    Stakes.Stake stake = stakes.stake(node, staker.address());
    assertThat(stake.bonded()).isEqualTo(Amount.of(70));
    assertThat(stake.leaving()).isEqualTo(Amount.of(30));
    rejected("NotWithdrawable", () -> stakes.withdraw(sender, node));
    chain.pass(Duration.ofSeconds(stake.withdrawableAt() - chain.now()));
    stakes.withdraw(sender, node);
    assertThat(chain.token().balanceOf(staker.address())).isEqualTo(Amount.of(30));
  }

  @Test
  void aBatchBeyondTheStakeIsRefused() {
    SigningKey user = DevAccounts.key(1);
    SigningKey dispatcher = SigningKey.generate(new SecureRandom());
    operate(Role.DISPATCHER, dispatcher.address());
    admit(dispatcher);
    chain.bond(dispatcher.address(), Amount.of(299));
    chain.fund(user.address(), Amount.of(1_000));
    TransactionSender sender = chain.sender(user);
    chain.token().approve(sender, chain.addresses.settlement(), Amount.of(1_000));
    chain.settlement().deposit(sender, Amount.of(1_000));
    chain
        .settlement()
        .allow(sender, dispatcher.address(), 0, Amount.of(1_000), chain.now() + 3_600);
    SignedBatch batch =
        batch(
            dispatcher,
            1,
            Bytes32.ZERO,
            1,
            List.of(new Debit(user.address(), 0, 1, Amount.of(300))),
            List.of(),
            List.of(new Credit(user.address(), Amount.of(300))));

    rejected("StakeTooSmall", () -> chain.settlement().settle(sender, batch));
    chain.bond(dispatcher.address(), Amount.of(1));
    chain.settlement().settle(sender, batch);
  }

  private static SigningKey admitted(SigningKey dispatcher) {
    if (!chain.registry().isOperated(dispatcher.address(), Role.DISPATCHER)) {
      operate(Role.DISPATCHER, dispatcher.address());
      chain.bond(dispatcher.address(), STAKE);
    }
    return admit(dispatcher);
  }

  private static SigningKey admit(SigningKey dispatcher) {
    chain
        .registry()
        .admit(
            chain.governance,
            MANAGER.sign(chain.addresses.domain(), certificate(dispatcher.address())));
    return dispatcher;
  }

  private static NodeCertificate certificate(Address node) {
    return new NodeCertificate(
        Role.DISPATCHER,
        DIGEST,
        node,
        node,
        MEASUREMENT,
        DIGEST,
        TcbStatus.SIMULATED,
        1,
        chain.now() + Duration.ofDays(30).toSeconds());
  }

  private static Order order(Address user) {
    ChainClient.Block head = chain.client.head();
    return new Order(
        user,
        Address.ZERO,
        0,
        0,
        new ServiceRef(ServiceId.of(1), 1, DIGEST, 1),
        List.of(),
        "",
        DIGEST,
        new OutputTerms(DIGEST, 1_024, 0),
        new FeeTerms(Amount.of(1_000), 100),
        new Limits(1_000_000, 1, 1 << 20),
        Tier.single(Isolation.PROCESS, 1),
        new BlockRef(head.number(), head.hash()),
        head.time() + 600,
        Keccak.hash(new byte[] {9}));
  }

  private static SignedBatch batch(
      SigningKey dispatcher,
      long number,
      Bytes32 previous,
      int count,
      List<Debit> debits,
      List<RequestPayment> requests,
      List<Credit> credits) {
    BatchHeader header =
        new BatchHeader(
            dispatcher.address(),
            number,
            previous,
            DIGEST,
            count,
            credits.stream().map(Credit::amount).reduce(Amount.ZERO, Amount::plus),
            BatchHeader.digest(Debit.class, debits),
            BatchHeader.digest(RequestPayment.class, requests),
            BatchHeader.digest(Credit.class, credits));
    return new SignedBatch(
        dispatcher.sign(chain.addresses.domain(), header), debits, requests, credits);
  }

  private static void rejected(String error, Runnable action) {
    assertThatThrownBy(action::run)
        .hasMessageContaining(error + "(")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REJECTED));
  }
}
