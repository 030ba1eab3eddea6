package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RpcPoolTest {
  private final List<ScriptedNode> nodes = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final List<Duration> pauses = new ArrayList<>();

  @AfterEach
  void stop() {
    nodes.forEach(ScriptedNode::close);
  }

  private ScriptedNode node() {
    try {
      ScriptedNode node = new ScriptedNode();
      nodes.add(node);
      return node;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private RpcPool pool() {
    return new RpcPool(
        new ChainEndpoints(nodes.stream().map(ScriptedNode::endpoint).toList()),
        nanos::get,
        nanoseconds -> {
          pauses.add(Duration.ofNanos(nanoseconds));
          nanos.addAndGet(nanoseconds);
        });
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static Bytes32 hash(String name) {
    return Keccak.hash(name.getBytes(StandardCharsets.UTF_8));
  }

  private static String who(RpcPool pool) {
    return pool.call("who").asString();
  }

  @Test
  void thePreferredNodeIsAskedWhileItAnswers() {
    ScriptedNode first = node();
    ScriptedNode second = node();
    try (RpcPool pool = pool()) {
      assertThat(who(pool)).isEqualTo(first.name());
      first.status = 500;
      assertThat(who(pool)).isEqualTo(second.name());
      first.status = 200;

      assertThat(who(pool)).as("it is given a rest").isEqualTo(second.name());
      pass(Duration.ofSeconds(2));
      assertThat(who(pool)).isEqualTo(first.name());
    }
  }

  @Test
  void ifNobodyAnswersTheMessageSaysWhatEachSaid() {
    ScriptedNode first = node();
    ScriptedNode second = node();
    ScriptedNode third = node();
    third.head = 1;
    try (RpcPool pool = pool()) {
      who(pool);
      first.status = 500;
      second.close();

      assertThatThrownBy(() -> who(pool))
          .hasMessageContaining(first.name() + " answered with HTTP status 500")
          .hasMessageContaining(second.name() + " does not answer")
          .hasMessageContaining(third.name() + " is left out, since it is behind")
          .isInstanceOfSatisfying(
              TeexException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
    }
  }

  @Test
  void aNodeThatLagsIsLeftOutUntilItHasCaughtUp() {
    ScriptedNode first = node();
    ScriptedNode second = node();
    first.head = 10;
    try (RpcPool pool = pool()) {
      assertThat(who(pool)).isEqualTo(second.name());
      assertThat(pool.faults()).containsOnlyKeys(first.name());

      first.head = 100;
      pass(Duration.ofSeconds(RpcPool.COMPARE_SECONDS));
      assertThat(who(pool)).isEqualTo(first.name());
    }
  }

  @Test
  void aNodeThatTellsAnotherBlockIsLeftOut() {
    ScriptedNode liar = node();
    node();
    node();
    liar.fork = hash("lie");
    try (RpcPool pool = pool()) {
      assertThat(who(pool)).isEqualTo(nodes.get(1).name());
      assertThat(pool.faults().get(liar.name())).contains("block 88", "where others have");
    }
  }

  @Test
  void aNodeOfAnotherChainThatComesUpLateIsNeverAsked() {
    ScriptedNode stranger = node();
    ScriptedNode second = node();
    stranger.chainId = 5;
    stranger.status = 500;
    node();
    try (RpcPool pool = pool()) {
      assertThat(who(pool)).isEqualTo(second.name());
      stranger.status = 200;
      second.status = 500;
      assertThat(who(pool)).isEqualTo(nodes.get(2).name());

      pass(Duration.ofSeconds(RpcPool.COMPARE_SECONDS));
      second.status = 200;
      assertThat(who(pool)).isNotEqualTo(stranger.name());
      assertThat(pool.faults().get(stranger.name())).contains("chain 5");
    }
  }

  @Test
  void oneThatLimitsTheRateIsLeftInPeace() {
    ScriptedNode first = node();
    ScriptedNode second = node();
    try (RpcPool pool = pool()) {
      who(pool);
      first.limit("9");

      assertThat(who(pool)).isEqualTo(second.name());
      first.status = 200;
      assertThat(who(pool)).isEqualTo(second.name());
      assertThat(pauses).isEmpty();
      pass(Duration.ofSeconds(9));
      assertThat(who(pool)).isEqualTo(first.name());
    }
  }

  @Test
  void ifAllLimitTheRateTheCallWaitsForTheFirst() {
    ScriptedNode only = node();
    only.limit("4");
    try (RpcPool pool = pool()) {
      only.limitedCalls.set(2);

      assertThat(who(pool)).isEqualTo(only.name());
      assertThat(pauses).containsExactly(Duration.ofSeconds(4), Duration.ofSeconds(4));
    }
  }

  @Test
  void theWaitHasAnEnd() {
    node().limit("20");
    try (RpcPool pool = pool()) {
      assertThatThrownBy(() -> who(pool))
          .isInstanceOf(TeexException.class)
          .hasMessageContaining("limits the rate");
      assertThat(pauses).containsExactly(Duration.ofSeconds(20));
    }
  }

  @Test
  void aBlockThatOneDoesNotKnowIsAskedForElsewhere() {
    ScriptedNode first = node();
    ScriptedNode second = node();
    first.unknownBlock = true;
    try (RpcPool pool = pool()) {
      assertThat(who(pool)).isEqualTo(second.name());

      second.unknownBlock = true;
      assertThatThrownBy(() -> who(pool))
          .isInstanceOf(RpcException.class)
          .hasMessageContaining("unknown block");
    }
  }
}
