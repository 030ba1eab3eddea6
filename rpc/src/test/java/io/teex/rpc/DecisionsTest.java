package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Decision;
import io.teex.attestation.DecisionLog;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.rpc.Fixture.EchoStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DecisionsTest {
  @TempDir Path directory;
  private Fixture fixture;
  private Path data;
  private NodeIdentity worker;

  @BeforeEach
  void start() {
    fixture = new Fixture(directory.resolve("platform"));
    data = directory.resolve("data");
    worker =
        NodeIdentity.open(
            Role.WORKER,
            fixture.platform.tee(Fixture.measurement(Role.WORKER)),
            data,
            Fixture.CLOCK,
            Fixture.RANDOM);
  }

  private List<Decision.Recorded> kept(String outcome) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("decisions").resolve(outcome))) {
      return files.sorted().map(DecisionLog::read).toList();
    }
  }

  @Test
  void aNodeKeepsWhatItDecidedAboutAPeerSoThatItCanBeReplayed() throws IOException {
    try (AttestedServer server = fixture.storeServing(new EchoStore());
        AttestedChannel channel = fixture.channel(server).as(worker).open()) {
      channel.connect(Fixture.PATIENCE);
    }

    assertThat(kept("refused")).isEmpty();
    assertThat(kept("accepted"))
        .singleElement()
        .satisfies(recorded -> {
          assertThat(recorded.decider()).isEqualTo(worker.address());
          assertThat(recorded.decision().expected().role()).isEqualTo(Role.STORE);
          assertThat(recorded.decision().replay().same()).isTrue();
        });
  }

  private static Grounds grounds(Supplier<Policy> policy, Collateral collateral) {
    return new Grounds() {
      @Override
      public Policy policy() {
        return policy.get();
      }

      @Override
      public Collateral collateral(Evidence evidence, Collateral alongside) {
        return collateral;
      }

      @Override
      public TimeInterval time() {
        return TimeInterval.at(Fixture.CLOCK.instant());
      }
    };
  }

  @Test
  void aPeerIsJudgedWithTheCollateralOfItsEvidence() throws IOException {
    Collateral collateral = new Collateral(Map.of(CollateralName.TCB_INFO, Bytes.of((byte) 1)));
    Grounds grounds = grounds(() -> fixture.policy, collateral);
    try (AttestedServer server = fixture.storeServing(new EchoStore());
        AttestedChannel channel =
            AttestedChannel.to(server.endpoint(), Role.STORE, grounds).as(worker).open()) {
      channel.connect(Fixture.PATIENCE);
      channel.judgeAgain();
    }

    assertThat(kept("accepted"))
        .singleElement()
        .satisfies(recorded -> {
          assertThat(recorded.decision().collateral()).isEqualTo(collateral);
          assertThat(recorded.decision().replay().same()).isTrue();
        });
  }

  @Test
  void aNodeKeepsThatItRefusedAPeerLater() throws IOException {
    AtomicReference<Policy> current = new AtomicReference<>(fixture.policy);
    Grounds grounds = grounds(current::get, Collateral.none());
    try (AttestedServer server = fixture.storeServing(new EchoStore());
        AttestedChannel channel =
            AttestedChannel.to(server.endpoint(), Role.STORE, grounds).as(worker).open()) {
      channel.connect(Fixture.PATIENCE);
      current.set(Policy.refuseAll());
      channel.judgeAgain();
    }

    assertThat(kept("accepted")).hasSize(1);
    assertThat(kept("refused"))
        .singleElement()
        .satisfies(recorded -> assertThat(recorded.decision().replay().same()).isTrue());
  }

  @Test
  void aNodeThatCannotSealHasNoKeyAndLeavesNoFile() {
    Path elsewhere = directory.resolve("elsewhere");
    FakeTee tee = new FakeTee(fixture.platform.tee(Fixture.measurement(Role.DISPATCHER))::endorsed);

    assertThatThrownBy(
            () -> NodeIdentity.open(Role.DISPATCHER, tee, elsewhere, Fixture.CLOCK, Fixture.RANDOM))
        .isInstanceOfSatisfying(
            TeexException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SEALING_UNAVAILABLE));
    assertThat(elsewhere.resolve("signer.sealed")).doesNotExist();
    assertThat(
            NodeIdentity.create(
                    Role.WORKER,
                    tee,
                    SigningKey.generate(Fixture.RANDOM),
                    elsewhere,
                    Fixture.CLOCK,
                    Fixture.RANDOM)
                .role())
        .isEqualTo(Role.WORKER);
  }

  @Test
  void aNodeKeepsWhyItRefusedAPeer() throws IOException {
    NodeIdentity pretender = fixture.node(Role.STORE, Fixture.measurement(Role.DISPATCHER));
    try (AttestedServer server = AttestedServer.as(pretender, fixture.policy).start();
        AttestedChannel channel = fixture.channel(server).as(worker).open()) {
      assertThatThrownBy(() -> channel.connect(Fixture.PATIENCE)).isInstanceOf(TeexException.class);
    }

    assertThat(kept("accepted")).isEmpty();
    assertThat(kept("refused"))
        .isNotEmpty()
        .allSatisfy(recorded -> {
          assertThat(recorded.decision().outcome().codes())
              .containsExactly(Reason.ROLE_NOT_ALLOWED.code());
          assertThat(recorded.decision().replay().same()).isTrue();
        });
  }
}
