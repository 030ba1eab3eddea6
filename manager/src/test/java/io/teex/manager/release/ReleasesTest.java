package io.teex.manager.release;

import static io.teex.manager.testing.Codes.refuses;
import static io.teex.manager.testing.World.NOW;
import static io.teex.manager.testing.World.SERVICE;
import static io.teex.protocol.ErrorCode.ALLOWANCE_CLOSED;
import static io.teex.protocol.ErrorCode.ALLOWANCE_TOO_SMALL;
import static io.teex.protocol.ErrorCode.CERTIFICATE_INVALID;
import static io.teex.protocol.ErrorCode.LEASE_INVALID;
import static io.teex.protocol.ErrorCode.NODE_NOT_ENROLLED;
import static io.teex.protocol.ErrorCode.NOT_FOUND;
import static io.teex.protocol.ErrorCode.ORDER_EXPIRED;
import static io.teex.protocol.ErrorCode.ORDER_MISMATCH;
import static io.teex.protocol.ErrorCode.PERMISSION_DENIED;
import static io.teex.protocol.ErrorCode.SEALED_INPUT_REFUSED;
import static io.teex.protocol.ErrorCode.SEQUENCE_REUSED;
import static io.teex.protocol.ErrorCode.SERVICE_INACTIVE;
import static io.teex.protocol.ErrorCode.SIGNATURE_INVALID;
import static io.teex.protocol.ErrorCode.UNAVAILABLE;
import static io.teex.protocol.ErrorCode.UNKNOWN_SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.ChainClient.Block;
import io.teex.chain.ServiceMarket;
import io.teex.chain.Settlement;
import io.teex.chain.Settlement.RequestState;
import io.teex.manager.keys.ManagerIdentity;
import io.teex.manager.testing.AskBuilder;
import io.teex.manager.testing.AskBuilder.Node;
import io.teex.manager.testing.World;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.InputBinding;
import io.teex.protocol.Order;
import io.teex.protocol.Pricing;
import io.teex.protocol.Role;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedInput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Session;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeeKind;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a release needs besides data: see {@link LicensedReleasesTest} for that. */
class ReleasesTest {
  private final World world = new World();

  @Test
  void releasesEverythingThatOneAttemptNeeds() {
    Order order = world.order().build();

    Grant grant = world.releases.release(world.ask(order).build());

    assertThat(grant.imageCid()).isEqualTo("image-cid");
    assertThat(grant.imageKey().sameAs(world.imageKey)).isTrue();
    assertThat(grant.datasets()).isEmpty();
    assertThat(grant.seed().sameAs(world.keys.seed(order.id(world.domain)))).isTrue();
  }

  @Test
  void attemptsOfATaskShareItsSeedAndOtherTasksDoNot() {
    Order order = world.order().build();

    SecretBytes first = world.releases.release(world.ask(order).build()).seed();
    SecretBytes second =
        world
            .releases
            .release(world.ask(order).attempt(2).worker(world.otherWorker).build())
            .seed();
    SecretBytes other = world.releases.release(world.ask(world.order()).build()).seed();

    assertThat(first.sameAs(second)).isTrue();
    assertThat(first.sameAs(other)).isFalse();
  }

  @Test
  void refusesAnOrderThatItsUserDidNotSign() {
    refused(SIGNATURE_INVALID, world.ask(world.order()).orderSignedBy(world.provider));
  }

  @Test
  void acceptsTheKeyOfASession() {
    SigningKey key = SigningKey.generate(world.random);

    world.releases.release(
        world
            .ask(world.order())
            .orderSignedBy(key)
            .session(world.user.sign(world.domain, session(key.address(), NOW + 60)))
            .build());
  }

  @Test
  void refusesASessionThatTheUserDidNotSign() {
    SigningKey key = SigningKey.generate(world.random);

    refused(
        SIGNATURE_INVALID,
        world
            .ask(world.order())
            .orderSignedBy(key)
            .session(key.sign(world.domain, session(key.address(), NOW + 60))));
  }

  @Test
  void refusesAnOrderBeyondItsSession() {
    SigningKey key = SigningKey.generate(world.random);

    refused(
        ORDER_EXPIRED,
        world
            .ask(world.order())
            .orderSignedBy(key)
            .session(world.user.sign(world.domain, session(key.address(), NOW + 59))));
  }

  @Test
  void judgesADeadlineByTheLaterEndOfTime() {
    world.releases.release(world.ask(world.order().deadline(NOW)).build());
    refused(
        ORDER_EXPIRED,
        "the order's deadline %s has passed".formatted(Instant.ofEpochSecond(NOW - 1)),
        world.ask(world.order().deadline(NOW - 1)));

    world.hostTime = Instant.ofEpochSecond(NOW, 1);

    refused(ORDER_EXPIRED, world.ask(world.order().deadline(NOW)));
  }

  @Test
  void hostThatSetsItsClockBackRevivesNothing() {
    world.hostTime = Instant.ofEpochSecond(NOW + 61);
    refused(ORDER_EXPIRED, world.ask(world.order()));

    world.hostTime = Instant.ofEpochSecond(NOW);

    refused(ORDER_EXPIRED, world.ask(world.order()));
  }

  @Test
  void chainThatIsAheadOfTheHostDecides() {
    Block ahead = world.block(102, NOW + 61);
    world.chain.append(ahead);

    refused(
        ORDER_EXPIRED,
        world.ask(world.order().recentBlock(new BlockRef(ahead.number(), ahead.hash()))));
  }

  @Test
  void looksAtTheChainAgainWhenTheUserHasSeenANewerBlock() {
    world.releases.release(world.ask(world.order()).build());
    Block next = world.block(102, NOW + 1);
    world.chain.append(next);

    world.releases.release(
        world.ask(world.order().recentBlock(new BlockRef(next.number(), next.hash()))).build());
  }

  @Test
  void releasesDataByTheNewestBlockOnly() {
    world.releases.release(world.ask(world.order()).build());
    world.chain.append(world.block(102, NOW + 61));

    refused(ORDER_EXPIRED, world.ask(world.dataOrder()));
  }

  @Test
  void refusesADispatcherThatEnrolledItself() {
    Node forged = selfEnrolled(Role.DISPATCHER);
    world.chain.admit(forged.address(), Role.DISPATCHER);

    refused(
        CERTIFICATE_INVALID,
        "not signed by this manager",
        world.ask(world.order().to(forged.address())).leasedBy(forged));
  }

  @Test
  void refusesAWorkerThatEnrolledItself() {
    refused(
        CERTIFICATE_INVALID,
        "not signed by this manager",
        world.ask(world.order()).worker(selfEnrolled(Role.WORKER)));
  }

  @Test
  void refusesAWorkerThatActsAsDispatcher() {
    Node worker = world.otherWorker;
    world.chain.admit(worker.address(), Role.DISPATCHER);

    refused(
        CERTIFICATE_INVALID,
        "for role WORKER",
        world.ask(world.order().to(worker.address())).leasedBy(worker));
  }

  @Test
  void refusesADispatcherThatActsAsWorker() {
    refused(CERTIFICATE_INVALID, "role", world.ask(world.order()).worker(world.dispatcher));
  }

  @Test
  void refusesACertificateThatEnded() {
    Node late = world.node(Role.WORKER, world.manager, NOW - 1);

    refused(CERTIFICATE_INVALID, "ended", world.ask(world.order()).worker(late));
  }

  @Test
  void refusesACertificateOfAnotherEpoch() {
    ManagerIdentity next = new ManagerIdentity(world.domain, world.keys.signer(), 2);

    refused(
        CERTIFICATE_INVALID,
        "epoch",
        world.ask(world.order()).worker(world.node(Role.WORKER, next, NOW + 60)));
  }

  @Test
  void refusesACertificateOfAnotherDeployment() {
    ManagerIdentity elsewhere =
        new ManagerIdentity(new Domain(1, world.domain.settlement()), world.keys.signer(), 1);

    refused(
        CERTIFICATE_INVALID,
        world.ask(world.order()).worker(world.node(Role.WORKER, elsewhere, NOW + 60)));
  }

  @Test
  void refusesACertificateOnAnotherTlsKey() {
    refused(
        CERTIFICATE_INVALID,
        "another TLS key",
        world.ask(world.order()).calledFrom(world.otherWorker));
  }

  @Test
  void refusesAnotherWorkersLease() {
    refused(LEASE_INVALID, "for worker", world.ask(world.order()).calledBy(world.otherWorker));
  }

  @Test
  void refusesAKindOfTeeThatTheUserDoesNotAccept() {
    refused(LEASE_INVALID, "does not accept", world.ask(world.order()).callerKind(TeeKind.TDX));
  }

  @Test
  void refusesALeaseThatTheDispatcherDidNotSign() {
    refused(LEASE_INVALID, "signed", world.ask(world.order()).leaseSignedBy(world.user));
  }

  @Test
  void refusesALeaseForAnotherTask() {
    refused(
        LEASE_INVALID,
        "is task",
        world.ask(world.order()).leasedTask(world.order().build().id(world.domain)));
  }

  @Test
  void refusesALeaseThatEnded() {
    refused(LEASE_INVALID, "ended", world.ask(world.order()).leaseExpiry(NOW - 1));
  }

  @Test
  void refusesADispatcherThatTheOrderDoesNotName() {
    Node other = world.node(Role.DISPATCHER);
    world.chain.admit(other.address(), Role.DISPATCHER);

    refused(ORDER_MISMATCH, "names dispatcher", world.ask(world.order()).leasedBy(other));
  }

  @Test
  void refusesADispatcherThatIsNotAdmittedOnChain() {
    world.chain.dismiss(world.dispatcher.address());

    refused(NODE_NOT_ENROLLED, world.ask(world.order()));
  }

  @Test
  void refusesADispatcherThatWasRevokedOnChain() {
    world.chain.revoke(world.dispatcher.address());

    refused(CERTIFICATE_INVALID, "revoked", world.ask(world.order()));
  }

  @Test
  void refusesAWorkerThatWasRevokedOnChain() {
    world.chain.revoke(world.worker.address());

    refused(CERTIFICATE_INVALID, "revoked", world.ask(world.order()));
  }

  @Test
  void refusesWhenTheUserHasSeenANewerChain() {
    refused(
        UNAVAILABLE,
        "ends at block 101",
        world.ask(world.order().recentBlock(new BlockRef(102, world.bytes32()))));
  }

  @Test
  void refusesWhenTheUserHasSeenAnotherChain() {
    refused(
        ORDER_MISMATCH,
        "not on the manager's chain",
        world.ask(world.order().recentBlock(new BlockRef(101, world.bytes32()))));
  }

  @Test
  void refusesAnUnlistedService() {
    refused(UNKNOWN_SERVICE, world.ask(world.order().of(service(2, 1, world.imageDigest, 1))));
    refused(UNKNOWN_SERVICE, world.ask(world.order().of(service(1, 2, world.imageDigest, 1))));
  }

  @Test
  void refusesAnotherImageThanTheListedOne() {
    refused(
        ORDER_MISMATCH,
        "has image",
        world.ask(world.order().of(service(1, 1, world.bytes32(), 1))));
  }

  @Test
  void releasesForAnOrderThatWasSignedBeforeThePriceChanged() {
    world.chain.set(SERVICE, new ServiceMarket.Service(2, 2, true));
    world.chain.price(SERVICE, 1, NOW);

    assertThat(world.releases.release(world.ask(world.order()).build()).imageKey()).isNotNull();
  }

  @Test
  void refusesAPriceThatWasReplacedLongerAgoThanAnOrderLives() {
    world.chain.set(SERVICE, new ServiceMarket.Service(2, 2, true));
    long deadline = world.order().build().deadline();
    long last = deadline - Pricing.ORDER_LIFE_SECONDS_MAX;
    world.chain.price(SERVICE, 1, last - 1);

    refused(ORDER_MISMATCH, "is now version 2; version 1", world.ask(world.order()));

    world.chain.price(SERVICE, 1, last);
    world.releases.release(world.ask(world.order()).build());
  }

  @Test
  void refusesAPriceThatIsNotListed() {
    refused(
        UNKNOWN_SERVICE,
        "has no price version 2",
        world.ask(world.order().of(service(1, 1, world.imageDigest, 2))));
  }

  @Test
  void refusesAnImageThatNobodyRegistered() {
    Bytes32 other = world.bytes32();
    world.chain.list(
        SERVICE, 2, world.version(other, world.serviceKeys.publicKey(), world.provider.address()));

    refused(
        UNKNOWN_SERVICE, "not registered", world.ask(world.order().of(service(1, 2, other, 1))));
  }

  @Test
  void refusesACopiedListingOfAnothersImage() {
    ServiceId copy = new ServiceId(BigInteger.valueOf(66));
    world.chain.list(copy, 1, world.version(world.user.address()));
    world.chain.set(copy, new ServiceMarket.Service(2, 1, true));
    world.chain.price(copy, 1, 0);

    refused(
        PERMISSION_DENIED,
        "did not register",
        world.ask(world.order().of(new ServiceRef(copy, 1, world.imageDigest, 1))));
  }

  @Test
  void refusesAListingWithAPublicKeyThatIsNotTheManagers() {
    world.chain.list(
        SERVICE, 2, world.version(world.imageDigest, world.bytes32(), world.provider.address()));

    refused(
        PERMISSION_DENIED,
        "public key",
        world.ask(world.order().of(service(1, 2, world.imageDigest, 1))));
  }

  @Test
  void refusesAServiceThatTakesNoOrders() {
    world.chain.set(SERVICE, new ServiceMarket.Service(2, 1, false));

    refused(SERVICE_INACTIVE, world.ask(world.order()));
  }

  @Test
  void refusesATooSmallAllowance() {
    world.allow(new Settlement.Allowance(Amount.of(500), 0, NOW + 1_000));
    world.releases.release(world.ask(world.order().feeMax(500)).build());

    refused(ALLOWANCE_TOO_SMALL, world.ask(world.order().feeMax(501)));
  }

  @Test
  void refusesAnAllowanceThatWasNeverMade() {
    refused(
        ALLOWANCE_CLOSED,
        world.ask(world.order().by(world.provider.address())).orderSignedBy(world.provider));
  }

  @Test
  void refusesAClosedAllowance() {
    world.allow(new Settlement.Allowance(Amount.of(10_000), 0, NOW + 1));
    world.releases.release(world.ask(world.order()).build());

    world.allow(new Settlement.Allowance(Amount.of(10_000), 0, NOW));

    refused(ALLOWANCE_CLOSED, world.ask(world.order()));
  }

  @Test
  void refusesASettledSequence() {
    world.allow(new Settlement.Allowance(Amount.of(10_000), 7, NOW + 1_000));
    world.releases.release(world.ask(world.order().sequence(8)).build());

    refused(SEQUENCE_REUSED, world.ask(world.order().sequence(7)));
  }

  @Test
  void releasesAnOnChainRequestOutOfItsEscrow() {
    Order order = world.order().to(Address.ZERO).sequence(0).build();
    refused(NOT_FOUND, world.ask(order));

    world.chain.request(order.id(world.domain), escrow(RequestState.PAID));
    refused(NOT_FOUND, world.ask(order));

    world.chain.request(order.id(world.domain), escrow(RequestState.OPEN));

    world.releases.release(world.ask(order).build());
  }

  @Test
  void opensTheInputThatWasSealedForThisOrder() {
    Order order = world.order().input(world.inputCommitment).build();
    SealedInput sealed = seal(InputBinding.of(world.domain, order));

    SecretBytes key = world.releases.openInput(world.ask(order).build(), sealed.sealedKey());

    assertThat(sealed.open(key).content().expose()).containsExactly(42);
  }

  @Test
  void refusesTheSealedInputOfAnotherUser() {
    refusesSealedFor(
        world.order().by(world.provider.address()).input(world.inputCommitment).build());
  }

  @Test
  void refusesAnInputThatWasSealedForAnotherService() {
    refusesSealedFor(
        world.order().of(service(2, 1, world.imageDigest, 1)).input(world.inputCommitment).build());
    refusesSealedFor(
        world.order().of(service(1, 2, world.imageDigest, 1)).input(world.inputCommitment).build());
  }

  @Test
  void refusesAnInputThatWasSealedForAnotherCommitment() {
    refusesSealedFor(world.order().input(world.bytes32()).build());
  }

  @Test
  void refusesAnInputThatWasSealedForAnotherDeployment() {
    Order order = world.order().input(world.inputCommitment).build();
    Domain elsewhere = new Domain(1, world.domain.settlement());

    refusedToOpen(world.ask(order), seal(InputBinding.of(elsewhere, order)).sealedKey());
  }

  @Test
  void refusesWhatIsNoSealedInput() {
    refusedToOpen(world.ask(world.order()), Bytes.of(new byte[80]));
    refusedToOpen(world.ask(world.order()), Bytes.of((byte) 1));
  }

  @Test
  void asksTheStoreOnceForARepeatedService() {
    world.releases.release(world.ask(world.order()).build());
    int before = world.store.transactions();

    world.releases.release(world.ask(world.order()).build());

    assertThat(world.store.transactions()).isEqualTo(before + 1);
  }

  private void refusesSealedFor(Order other) {
    Order order = world.order().input(world.inputCommitment).build();

    refusedToOpen(world.ask(order), seal(InputBinding.of(world.domain, other)).sealedKey());
  }

  private SealedInput seal(InputBinding binding) {
    return SealedInput.seal(
        world.serviceKeys.publicKey(),
        binding,
        SaltedContent.of(world.bytes32(), new byte[] {42}),
        world.random);
  }

  private Node selfEnrolled(Role role) {
    ManagerIdentity impostor =
        new ManagerIdentity(world.domain, SigningKey.generate(world.random), 1);
    return world.node(role, impostor, NOW + 60);
  }

  private Settlement.Request escrow(RequestState state) {
    return new Settlement.Request(world.user.address(), NOW + 1_000, state, Amount.of(500));
  }

  private Session session(Address key, long expiry) {
    return new Session(
        world.user.address(),
        key,
        world.dispatcher.address(),
        World.LANE,
        Amount.of(1_000),
        Amount.of(500),
        List.of(SERVICE),
        expiry,
        world.bytes32());
  }

  private static ServiceRef service(long id, int version, Bytes32 image, int price) {
    return new ServiceRef(new ServiceId(BigInteger.valueOf(id)), version, image, price);
  }

  private void refusedToOpen(AskBuilder ask, Bytes sealedKey) {
    refuses(SEALED_INPUT_REFUSED, () -> world.releases.openInput(ask.build(), sealedKey));
  }

  private void refused(ErrorCode code, AskBuilder ask) {
    refuses(code, () -> world.releases.release(ask.build()));
  }

  private void refused(ErrorCode code, String because, AskBuilder ask) {
    refuses(code, because, () -> world.releases.release(ask.build()));
  }
}
