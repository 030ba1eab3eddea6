package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Price;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceId;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(NodeKind.class)
class RpcChainViewsTest {
  @Parameter NodeKind kind;

  private static final Bytes32 DIGEST = Sha256.hash(new byte[] {1});
  private static final Price PRICE =
      new Price(Amount.of(100), Amount.of(10), Amount.of(50), Amount.of(5));
  private static final Address SOMEBODY =
      Address.fromHex("0x00000000000000000000000000000000000000aa");

  private static EmbeddedChain chain;

  private final AtomicLong nanos = new AtomicLong();
  private Instant time = Instant.ofEpochSecond(1_000);

  @BeforeParameterizedClassInvocation
  static void start(NodeKind kind) {
    chain = EmbeddedChain.start(kind);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  @Test
  void aViewStandsStillWhileTheChainMovesOn() {
    TransactionSender provider = chain.sender(DevAccounts.key(1));
    ServiceId id = publish(provider);
    RpcChainViews views = views(0);
    ChainView before = views.latest();

    chain.services().setActive(provider, id, false);
    chain.services().setPrice(provider, id, PRICE);
    ChainView after = views.refresh();

    assertThat(before.service(id).value()).contains(new ServiceMarket.Service(1, 1, true));
    assertThat(before.price(id, 2).value()).isEmpty();
    assertThat(before.priceReplacedAt(id, 1).value()).contains(0L);
    assertThat(after.priceReplacedAt(id, 1).value().orElseThrow()).isPositive();
    assertThat(after.service(id).value()).contains(new ServiceMarket.Service(1, 2, false));
    assertThat(after.price(id, 2).value()).contains(PRICE);
    assertThat(after.block().number()).isEqualTo(before.block().number() + 2);
    assertThat(after.blockHash(before.block().number()).value()).contains(before.block().hash());
    assertThat(after.blockHash(after.block().number() + 1).value()).isEmpty();
  }

  @Test
  void factsSayHowTheyAreKnownAndAsOfWhen() {
    ChainView view = views(0).latest();

    Fact<Settlement.Allowance> allowance = view.allowance(SOMEBODY, SOMEBODY, 0);

    assertThat(allowance.trust()).isEqualTo(Trust.UNVERIFIED);
    assertThat(allowance.block()).isEqualTo(view.block().number());
    assertThat(allowance.value()).isEqualTo(new Settlement.Allowance(Amount.ZERO, 0, 0));
    assertThat(allowance.map(Settlement.Allowance::remaining).trust()).isEqualTo(Trust.UNVERIFIED);
    assertThat(view.seenAt()).isEqualTo(time);
    assertThat(view.isActive(SOMEBODY, Role.WORKER).value()).isFalse();
    assertThat(view.node(SOMEBODY).value()).isEmpty();
    assertThat(view.licence(DatasetId.of(77), DIGEST).value()).isEmpty();
    assertThat(view.datasetOwner(DatasetId.of(77)).value()).isEmpty();
    assertThat(view.serviceOwner(ServiceId.of(77)).value()).isEmpty();
    assertThat(view.batchChain(SOMEBODY).value().number()).isZero();
  }

  @Test
  void theNodeIsAskedAgainWhenTheLastAnswerIsOld() {
    RpcChainViews views = views(0);
    ChainView first = views.latest();
    chain.client.development("evm_mine");

    nanos.addAndGet(Duration.ofMillis(RpcChainViews.POLL_MILLIS - 1).toNanos());
    assertThat(views.latest()).isSameAs(first);
    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    time = time.plusSeconds(5);
    ChainView second = views.latest();

    assertThat(second.block().number()).isEqualTo(first.block().number() + 1);
    assertThat(second.seenAt()).isEqualTo(time);
  }

  @Test
  void aViewThatIsStillTheNewestIsSeenAgain() {
    RpcChainViews views = views(0);
    ChainView first = views.latest();
    time = time.plusSeconds(5);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());

    ChainView second = views.latest();

    assertThat(second.block()).isEqualTo(first.block());
    assertThat(second.seenAt()).isEqualTo(first.seenAt().plusSeconds(5));
  }

  @Test
  void whatAReorganisationTookAwayIsForgotten() {
    assumeTrue(kind == NodeKind.ANVIL, "SKIPPED: only anvil can be told to reorganise its chain");
    TransactionSender provider = chain.sender(DevAccounts.key(2));
    RpcChainViews views = views(0);
    ServiceId id = publish(provider);
    ChainView before = views.refresh();
    assertThat(before.version(id, 1).value()).isPresent();

    chain.client.development("anvil_reorg", BigInteger.valueOf(1), List.of());
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    ChainView after = views.refresh();

    assertThat(after.version(id, 1).value()).isEmpty();
    assertThatThrownBy(() -> before.serviceOwner(id))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
  }

  @Test
  void onlyConfirmedBlocksCount() {
    chain.client.development("hardhat_mine", "0x3");

    ChainView view = views(2).latest();

    assertThat(view.block().number()).isEqualTo(chain.client.blockNumber() - 2);
  }

  @Test
  void addressesOfAnotherChainAreRefused() {
    Addresses other =
        new Addresses(
            1,
            chain.addresses.token(),
            chain.addresses.registry(),
            chain.addresses.services(),
            chain.addresses.data(),
            chain.addresses.settlement());

    assertThatThrownBy(() -> new RpcChainViews(chain.client, other))
        .hasMessageContaining("chain 1")
        .isInstanceOf(TeexException.class);
  }

  @Test
  void aContractThatIsNotThereIsNoAnswer() {
    Addresses nowhere =
        new Addresses(Anvil.CHAIN_ID, SOMEBODY, SOMEBODY, SOMEBODY, SOMEBODY, SOMEBODY);

    ChainView view = new RpcChainViews(chain.client, nowhere).latest();

    assertThatThrownBy(() -> view.service(ServiceId.of(1)))
        .hasMessageContaining("no contract at " + SOMEBODY)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
  }

  private RpcChainViews views(int depth) {
    InstantSource clock = () -> time;
    return new RpcChainViews(
        chain.client, chain.addresses, new Finality.Depth(depth), clock, nanos::incrementAndGet);
  }

  private static ServiceId publish(TransactionSender provider) {
    return chain
        .services()
        .publish(provider, new ServiceMarket.NewVersion(DIGEST, DIGEST, "bafy"), PRICE)
        .id();
  }
}
