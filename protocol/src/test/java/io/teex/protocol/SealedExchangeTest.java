package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Inputs sealed to a service and outputs sealed to a user. */
class SealedExchangeTest {
  private static final TaskId TASK = new TaskId(Sha256.hash(new byte[] {1}));

  private final RandomGenerator random = Seeds.random();
  private final Hpke.KeyPair keys = Hpke.KeyPair.generate(random);
  private final SaltedContent input =
      SaltedContent.of(
          Bytes32.random(random), "to be or not to be".getBytes(StandardCharsets.UTF_8));
  private final InputBinding binding = InputBinding.of(Examples.DOMAIN, Examples.order());

  @Test
  void theManagerOpensTheKeyAndTheWorkerTheInput() {
    SealedInput sealed =
        SealedInput.decode(SealedInput.seal(keys.publicKey(), binding, input, random).encode());

    SecretBytes contentKey = sealed.openKey(keys, binding);
    SaltedContent opened = sealed.open(contentKey);

    assertThat(opened.content().sameAs(input.content())).isTrue();
    assertThat(opened.inputCommitment()).isEqualTo(input.inputCommitment());
  }

  @Test
  void nobodySubmitsAnothersSealedInput() {
    SealedInput sealed = SealedInput.seal(keys.publicKey(), binding, input, random);

    List<InputBinding> others =
        List.of(
            new InputBinding(
                1,
                binding.settlement(),
                binding.service(),
                2,
                binding.user(),
                binding.inputCommitment()),
            new InputBinding(
                31337,
                Address.ZERO,
                binding.service(),
                2,
                binding.user(),
                binding.inputCommitment()),
            new InputBinding(
                31337,
                binding.settlement(),
                ServiceId.of(2),
                2,
                binding.user(),
                binding.inputCommitment()),
            new InputBinding(
                31337,
                binding.settlement(),
                binding.service(),
                3,
                binding.user(),
                binding.inputCommitment()),
            new InputBinding(
                31337,
                binding.settlement(),
                binding.service(),
                2,
                Address.ZERO,
                binding.inputCommitment()),
            new InputBinding(
                31337, binding.settlement(), binding.service(), 2, binding.user(), Bytes32.ZERO));
    for (InputBinding other : others) {
      refuses(ErrorCode.SEALED_INPUT_REFUSED, () -> sealed.openKey(keys, other));
    }
    Hpke.KeyPair otherService = Hpke.KeyPair.generate(random);
    refuses(ErrorCode.SEALED_INPUT_REFUSED, () -> sealed.openKey(otherService, binding));
  }

  @Test
  void aSealedInputThatIsTooShortIsMalformed() {
    refuses(ErrorCode.MALFORMED, () -> SealedInput.decode(Bytes.of(new byte[79])));
    refuses(ErrorCode.MALFORMED, () -> SaltedContent.decode(SecretBytes.copyOf(new byte[31])));
  }

  @Test
  void outputsComeBackWithoutTheirPadding() {
    SecretBytes key = SealedContent.newKey(random);

    for (int size : new int[] {0, 1, 255, 256, 257}) {
      SaltedContent output =
          new SaltedContent(Bytes32.random(random), SecretBytes.random(random, size));
      Bytes sealed = SealedOutput.seal(key, output, 256, random);

      assertThat((sealed.size() - SealedContent.sealedBytes(40)) % 256).isZero();
      assertThat(SealedOutput.open(key, sealed).outputCommitment())
          .isEqualTo(output.outputCommitment());
    }
    assertThat(SealedOutput.seal(key, input, 0, random).size())
        .isEqualTo((int) SealedContent.sealedBytes(40 + input.content().size()));
  }

  @Test
  void anOutputThatDoesNotKeepTheFormatIsMalformed() {
    SecretBytes key = SealedContent.newKey(random);
    byte[] tooShort = new byte[39];
    byte[] sizeTooLarge = new byte[41];
    sizeTooLarge[39] = 2;
    byte[] sizeNegative = new byte[41];
    sizeNegative[32] = (byte) 0x80;
    byte[] dirty = new byte[41];
    dirty[40] = 1;

    for (byte[] content : List.of(tooShort, sizeTooLarge, sizeNegative, dirty)) {
      Bytes sealed = SealedContent.seal(key, SecretBytes.copyOf(content), random);
      refuses(ErrorCode.MALFORMED, () -> SealedOutput.open(key, sealed));
    }
  }

  @Test
  void anOutputKeyOpensForItsUserAndAttemptOnly() {
    SecretBytes key = SealedContent.newKey(random);
    Bytes sealed = SealedOutput.sealKey(keys.publicKey(), TASK, 1, key, random);

    assertThat(SealedOutput.openKey(keys, TASK, 1, sealed).sameAs(key)).isTrue();
    refuses(ErrorCode.BLOB_TAMPERED, () -> SealedOutput.openKey(keys, TASK, 2, sealed));
    refuses(
        ErrorCode.BLOB_TAMPERED,
        () -> SealedOutput.openKey(keys, new TaskId(Bytes32.ZERO), 1, sealed));
    Hpke.KeyPair other = Hpke.KeyPair.generate(random);
    refuses(ErrorCode.BLOB_TAMPERED, () -> SealedOutput.openKey(other, TASK, 1, sealed));
  }

  @Test
  void contentIsNeverPrinted() {
    assertThat(input.toString()).doesNotContain("to be").doesNotContain(input.salt().toString());
  }

  private static void refuses(ErrorCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
