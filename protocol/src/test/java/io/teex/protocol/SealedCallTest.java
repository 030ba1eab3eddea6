package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a relay between the two can do to a request and its answer: nothing that goes unseen. */
class SealedCallTest {
  private static final String PATH = "/call/teex.Worker/Execute";
  private static final SecretBytes REQUEST = secret("the request");
  private static final SecretBytes ANSWER = secret("the answer");

  private final RandomGenerator random = Seeds.random();
  private final Hpke.KeyPair keys = Hpke.KeyPair.generate(random);

  @Test
  void bothSidesUnderstandEachOther() {
    try (SealedCall.Asked asked = SealedCall.ask(keys.publicKey(), PATH, REQUEST, random);
        SealedCall.Received received = SealedCall.receive(keys, PATH, asked.request())) {
      Bytes answer = received.answer(ANSWER, random);

      assertThat(asked.request().size())
          .isEqualTo(REQUEST.size() + SealedCall.REQUEST_OVERHEAD_BYTES);
      assertThat(answer.size()).isEqualTo(ANSWER.size() + SealedCall.ANSWER_OVERHEAD_BYTES);
      assertThat(received.request().sameAs(REQUEST)).isTrue();
      assertThat(asked.open(answer).sameAs(ANSWER)).isTrue();
    }
  }

  @Test
  void nothingMayBeEmptyOfItsSealButContentMay() {
    SecretBytes nothing = secret("");
    SealedCall.Asked asked = SealedCall.ask(keys.publicKey(), PATH, nothing, random);
    SealedCall.Received received = SealedCall.receive(keys, PATH, asked.request());

    assertThat(received.request().size()).isZero();
    assertThat(asked.open(received.answer(nothing, random)).size()).isZero();
  }

  @Test
  void aRequestOpensForItsPathAndKeyAlone() {
    Bytes request = SealedCall.ask(keys.publicKey(), PATH, REQUEST, random).request();
    Hpke.KeyPair others = Hpke.KeyPair.generate(random);

    refuses(() -> SealedCall.receive(keys, "/call/teex.Worker/Assign", request));
    refuses(() -> SealedCall.receive(others, PATH, request));
    refuses(() -> Hpke.open(keys, new byte[0], PATH.getBytes(StandardCharsets.US_ASCII), request));
  }

  @Test
  void everyChangeOfAnAnswerIsSeen() {
    SealedCall.Asked asked = SealedCall.ask(keys.publicKey(), PATH, REQUEST, random);
    SealedCall.Received received = SealedCall.receive(keys, PATH, asked.request());
    Bytes answer = received.answer(ANSWER, random);

    for (int bit = 0; bit < answer.size() * 8; bit++) {
      byte[] flipped = answer.copy();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      refuses(() -> asked.open(Bytes.of(flipped)));
    }
    for (int size = 0; size < answer.size(); size++) {
      Bytes cut = answer.slice(0, size);
      refuses(() -> asked.open(cut));
    }
    refuses(() -> asked.open(Bytes.concat(answer, Bytes.of((byte) 0))));
  }

  @Test
  void anAnswerAnswersItsOwnRequestAlone() {
    SealedCall.Asked asked = SealedCall.ask(keys.publicKey(), PATH, REQUEST, random);
    SealedCall.Asked again = SealedCall.ask(keys.publicKey(), PATH, REQUEST, random);
    Bytes toOther = SealedCall.receive(keys, PATH, again.request()).answer(ANSWER, random);

    assertThat(asked.request()).isNotEqualTo(again.request());
    refuses(() -> asked.open(toOther));
  }

  /** A relay may send a request again: the answers must not share a key stream. */
  @Test
  void twoAnswersToOneRequestShareNothing() {
    SealedCall.Asked asked = SealedCall.ask(keys.publicKey(), PATH, REQUEST, random);

    Bytes first = SealedCall.receive(keys, PATH, asked.request()).answer(ANSWER, random);
    Bytes second = SealedCall.receive(keys, PATH, asked.request()).answer(ANSWER, random);

    assertThat(first.slice(32, first.size())).isNotEqualTo(second.slice(32, second.size()));
    assertThat(asked.open(first).sameAs(ANSWER)).isTrue();
    assertThat(asked.open(second).sameAs(ANSWER)).isTrue();
  }

  @Test
  void aClosedSideKeepsNoSecret() {
    SealedCall.Asked asked = SealedCall.ask(keys.publicKey(), PATH, REQUEST, random);
    SealedCall.Received received = SealedCall.receive(keys, PATH, asked.request());
    Bytes answer = received.answer(ANSWER, random);
    asked.close();
    received.close();

    assertThat(received.request().isDestroyed()).isTrue();
    assertThatThrownBy(() -> asked.open(answer)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> received.answer(ANSWER, random))
        .isInstanceOf(IllegalStateException.class);
  }

  private static void refuses(ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_TAMPERED));
  }

  private static SecretBytes secret(String text) {
    return SecretBytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }
}
