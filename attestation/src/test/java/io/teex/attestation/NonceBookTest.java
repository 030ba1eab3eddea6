package io.teex.attestation;

import static io.teex.attestation.Simulation.NOW;
import static io.teex.attestation.Simulation.RANDOM;
import static io.teex.attestation.Simulation.reportData;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import io.teex.protocol.Role;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NonceBookTest {
  private static final Duration LIFETIME = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final NonceBook book = new NonceBook(LIFETIME, 2, RANDOM);

  @Test
  void aNonceIsGoodOnce() {
    Bytes nonce = book.issue(NOW);

    assertThat(book.redeem(nonce, TimeInterval.at(NOW)).passed()).isTrue();
    assertThat(book.redeem(nonce, TimeInterval.at(NOW)).failure()).contains(Reason.NONCE_UNKNOWN);
  }

  @Test
  void aNonceOfSomebodyElseIsUnknown() {
    Bytes nonce = new NonceBook(LIFETIME, 2, RANDOM).issue(NOW);

    assertThat(book.redeem(nonce, TimeInterval.at(NOW)).failure()).contains(Reason.NONCE_UNKNOWN);
  }

  @Test
  void aNonceExpiresByTheLatestTimeThatItMayBe() {
    TimeInterval justInTime = new TimeInterval(NOW, NOW.plus(LIFETIME));
    TimeInterval late = new TimeInterval(NOW, NOW.plus(LIFETIME).plusNanos(1));

    assertThat(book.redeem(book.issue(NOW), justInTime).passed()).isTrue();
    assertThat(book.redeem(book.issue(NOW), late).failure()).contains(Reason.NONCE_EXPIRED);
  }

  @Test
  void forgetsTheOldestWhenThereAreTooMany() {
    Bytes first = book.issue(NOW);
    Bytes second = book.issue(NOW);
    book.issue(NOW);

    assertThat(book.redeem(first, TimeInterval.at(NOW)).passed()).isFalse();
    assertThat(book.redeem(second, TimeInterval.at(NOW)).passed()).isTrue();
  }

  @Test
  void aVerdictWithAStaleNonceIsARefusal() {
    Simulation simulation = new Simulation(directory.resolve("platform"));
    Verdict verdict =
        Simulation.verify(
            simulation.worker.evidence(reportData(1)),
            simulation.policy(),
            new Expected(reportData(1), Role.WORKER));
    Bytes nonce = book.issue(NOW);

    assertThat(verdict.and(book.redeem(nonce, TimeInterval.at(NOW))).accepted()).isTrue();
    Verdict again = verdict.and(book.redeem(nonce, TimeInterval.at(NOW)));
    assertThat(again.accepted()).isFalse();
    assertThat(again.codes()).containsExactly("nonce-unknown");
  }
}
