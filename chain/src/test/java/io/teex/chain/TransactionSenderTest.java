package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(NodeKind.class)
class TransactionSenderTest {
  @Parameter NodeKind kind;

  private static final Address SOMEBODY =
      Address.fromHex("0x00000000000000000000000000000000000000aa");

  private static EmbeddedChain chain;

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
  void manyThreadsOfOneAccountLeaveNoGap() throws Exception {
    TransactionSender sender = chain.sender(DevAccounts.key(1));
    BigInteger before = chain.client.ether(SOMEBODY);
    List<Future<Mined>> sent = new ArrayList<>();

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        sent.add(threads.submit(() -> sender.transfer(SOMEBODY, BigInteger.ONE)));
      }
    }

    assertThat(sent.stream().map(Future::resultNow).map(Mined::transaction).distinct()).hasSize(40);
    assertThat(chain.client.ether(SOMEBODY)).isEqualTo(before.add(BigInteger.valueOf(40)));
    assertThat(sender.nextNonce()).isEqualTo(40);
  }

  @Test
  void aCallThatWouldRevertIsNotSent() {
    TransactionSender sender = chain.sender(DevAccounts.key(2));
    long nonce = sender.nextNonce();

    assertThatThrownBy(() -> chain.token().mint(sender, SOMEBODY, Amount.of(1)))
        .hasMessageContaining("minting for " + SOMEBODY)
        .hasMessageContaining("OwnableUnauthorizedAccount(account " + sender.address() + ")")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REJECTED));
    assertThat(sender.nextNonce()).isEqualTo(nonce);
  }

  @Test
  void anAccountWithoutEtherIsRefused() {
    SigningKey poor = SigningKey.generate(new SplittableRandom(11));

    assertThatThrownBy(() -> chain.sender(poor).transfer(SOMEBODY, BigInteger.ONE))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REJECTED));
  }

  @Test
  void aTransactionTellsWhatItDid() {
    Mined mined = chain.token().mint(chain.governance, SOMEBODY, Amount.of(5));

    assertThat(mined.succeeded()).isTrue();
    assertThat(mined.gasUsed()).isBetween(21_000L, 100_000L);
    assertThat(mined.created()).isEmpty();
    assertThat(mined.logs())
        .singleElement()
        .satisfies(log -> assertThat(log.address()).isEqualTo(chain.addresses.token()));
    assertThat(chain.client.receipt(mined.transaction())).contains(mined);
    assertThat(chain.client.block(mined.block()).orElseThrow().hash()).isEqualTo(mined.blockHash());
  }

  @Test
  void tokensMove() {
    SigningKey owner = DevAccounts.key(3);
    chain.fund(owner.address(), Amount.of(100));

    chain.token().transfer(chain.sender(owner), DevAccounts.key(4).address(), Amount.of(30));
    chain.token().approve(chain.sender(owner), DevAccounts.key(4).address(), Amount.of(20));

    assertThat(chain.token().balanceOf(owner.address())).isEqualTo(Amount.of(70));
    assertThat(chain.token().allowance(owner.address(), DevAccounts.key(4).address()))
        .isEqualTo(BigInteger.valueOf(20));
  }
}
