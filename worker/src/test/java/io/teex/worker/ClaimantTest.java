package io.teex.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a worker demands, and when it does not. */
class ClaimantTest {
  private static final long SETTLE_BY = 10_000;
  private static final long DUE = SETTLE_BY + FakeForum.GRACE + 1;
  private static final long FINAL_AT = DUE + 500;
  private static final long PAY = 40;

  @TempDir private Path directory;
  private final SplittableRandom random = new SplittableRandom(3);
  private final SigningKey dispatcher = SigningKey.generate(random);
  private final Domain domain = new Domain(31337, dispatcher.address());
  private final Address payee = SigningKey.generate(random).address();
  private final Claims claims = new Claims(domain, dispatcher, payee, random);
  private final FakeForum forum = new FakeForum();
  private final WorkerLog log = new WorkerLog();
  private ClaimBook book;
  private Claimant claimant;

  @BeforeEach
  void start() {
    book = ClaimBook.open(directory, domain, log);
    claimant = new Claimant(book, forum, new Claimant.Limits(2, Amount.ZERO), log);
    forum.now = DUE;
  }

  private Claim kept(long sequence) throws IOException {
    Claim claim = claims.of(new Claim.Place(payee, 0, sequence, 1), PAY, SETTLE_BY);
    book.keep(claim);
    return claim;
  }

  private void passed(Claim claim, long credited) {
    forum.passed.put(
        claim.id(), new Forum.Settled.Passed(FakeForum.BATCH, FINAL_AT, Amount.of(credited)));
  }

  @Test
  void demandsWhatWasNotSettledFollowsAndCollects() throws IOException {
    Claim claim = kept(1);

    claimant.poll();
    claimant.poll();
    assertThat(forum.demanded).containsExactly(claim.id());
    assertThat(forum.enforced).isEmpty();
    forum.now += FakeForum.ANSWER_TIME + 1;
    claimant.poll();

    assertThat(forum.enforced).containsExactly(claim.id());
    assertThat(forum.owed()).as("collected").isEqualTo(Amount.ZERO);
    assertThat(book.all()).isEmpty();
  }

  @Test
  void waitsForTheSettleByDateAndTheGrace() throws IOException {
    kept(1);
    forum.now = DUE - 1;

    claimant.poll();

    assertThat(forum.demanded).isEmpty();
    assertThat(book.all()).hasSize(1);
  }

  @Test
  void neverDemandsWhatWasSettledAndForgetsItOnceThatIsFinal() throws IOException {
    Claim claim = kept(1);
    passed(claim, PAY);

    claimant.poll();
    assertThat(book.all()).containsExactly(claim);
    forum.now = FINAL_AT;
    claimant.poll();

    assertThat(forum.demanded).isEmpty();
    assertThat(book.all()).isEmpty();
  }

  @Test
  void demandsWhatACancelledBatchSettled() throws IOException {
    Claim claim = kept(1);
    passed(claim, PAY);
    claimant.poll();

    forum.cancelled.add(FakeForum.BATCH);
    forum.now = FINAL_AT;
    claimant.poll();

    assertThat(forum.demanded).containsExactly(claim.id());
  }

  @Test
  void demandsAgainWhenTheBatchThatAnsweredWasCancelled() throws IOException {
    Claim claim = kept(1);
    claimant.poll();
    forum.answer(claim.id(), FakeForum.BATCH);
    claimant.poll();
    assertThat(forum.demanded).hasSize(1);

    forum.cancelled.add(FakeForum.BATCH);
    forum.now += 3_600;
    claimant.poll();

    assertThat(forum.demanded).containsExactly(claim.id(), claim.id());
  }

  @Test
  void demandsWhenABatchVoidedWhatItsDispatcherHadAcknowledged() throws IOException {
    Claim first = kept(1);
    Claim second = kept(2);
    passed(first, PAY);
    passed(second, PAY); // for both together

    claimant.poll();

    assertThat(forum.demanded).hasSize(1);
  }

  @Test
  void goesOnAfterARestartAndDemandsNothingTwice() throws IOException {
    Claim claim = kept(1);
    claimant.poll();

    ClaimBook reopened = ClaimBook.open(directory, domain, log);
    Claimant next = new Claimant(reopened, forum, new Claimant.Limits(2, Amount.ZERO), log);
    next.poll();
    assertThat(forum.demanded).containsExactly(claim.id());
    forum.now += FakeForum.ANSWER_TIME + 1;
    next.poll();

    assertThat(forum.enforced).containsExactly(claim.id());
  }

  @Test
  void laysDownSoManyBondsAtOnceAndNoMore() throws IOException {
    for (int sequence = 1; sequence <= 5; sequence++) {
      kept(sequence);
    }

    claimant.poll();
    claimant.poll();
    assertThat(forum.demanded).hasSize(2);
    forum.now += FakeForum.ANSWER_TIME + 1;
    claimant.poll();
    claimant.poll();

    assertThat(forum.demanded).hasSize(4);
  }

  @Test
  void demandsAllThatADispatcherLeftThatWasFrozen() throws IOException {
    for (int sequence = 1; sequence <= 5; sequence++) {
      kept(sequence);
    }
    forum.frozen = true;

    claimant.poll();

    assertThat(forum.demanded).hasSize(5);
  }

  @Test
  void demandsNothingWithoutABondOrWhenItIsTooLate() throws IOException {
    kept(1);
    forum.solvent = false;
    claimant.poll();
    assertThat(book.all()).as("kept for later").hasSize(1);

    forum.now = SETTLE_BY + FakeForum.MEMORY + 1;
    claimant.poll();

    assertThat(forum.demanded).isEmpty();
    assertThat(book.all()).isEmpty();
  }

  @Test
  void aFileThatWasChangedIsNoClaim() throws IOException {
    kept(1);
    try (Stream<Path> files = Files.list(directory)) {
      Path file = files.findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    }

    assertThat(ClaimBook.open(directory, domain, log).all()).isEmpty();
  }

  @Test
  void aClaimIsReadAsItWasWritten() throws IOException {
    Claim claim = kept(7);

    assertThat(Claim.decode(domain, claim.encode())).isEqualTo(claim);
    assertThat(ClaimBook.open(directory, domain, log).all()).containsExactly(claim);
    assertThat(claim.id()).isNotEqualTo(Bytes32.ZERO);
  }
}
