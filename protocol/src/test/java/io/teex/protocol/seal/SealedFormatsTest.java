package io.teex.protocol.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Commitment;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceId;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.protocol.seal.SealedBlob.Kind;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SealedFormatsTest {
  private static final byte[] NONE = new byte[0];

  private final Random random = new Random(7);
  private final SecretBytes key = SealedBlob.newKey(random);
  private final byte[] content = "to be or not to be".getBytes(StandardCharsets.UTF_8);
  private final Bytes32 salt = Bytes32.random(random);

  @Test
  void blobOpensOnlyWithItsKeyKindAndContext() {
    byte[] sealed = SealedBlob.seal(Kind.IMAGE, key, new byte[] {1}, content, random);

    assertThat(sealed).hasSize(content.length + SealedBlob.OVERHEAD_BYTES);
    assertThat(SealedBlob.open(Kind.IMAGE, key, new byte[] {1}, sealed)).isEqualTo(content);
    refuses(() -> SealedBlob.open(Kind.DATASET, key, new byte[] {1}, sealed));
    refuses(() -> SealedBlob.open(Kind.IMAGE, SealedBlob.newKey(random), new byte[] {1}, sealed));
    refuses(() -> SealedBlob.open(Kind.IMAGE, key, NONE, sealed));
    refuses(() -> SealedBlob.open(Kind.IMAGE, key, NONE, NONE));
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      refuses(() -> SealedBlob.open(Kind.IMAGE, key, new byte[] {1}, changed));
    }
  }

  @Test
  void saltedContentOpensItsCommitment() {
    byte[] sealed = SaltedContent.of(salt, content.clone()).seal(Kind.DATASET, key, NONE, random);

    byte[] inside;
    try (SaltedContent opened = SaltedContent.open(Kind.DATASET, key, NONE, sealed)) {
      inside = opened.content();
      assertThat(Commitment.data(opened.salt(), inside)).isEqualTo(Commitment.data(salt, content));
      assertThat(opened.toString()).doesNotContain("to be");
    }
    assertThat(inside).containsOnly((byte) 0);
  }

  @Test
  void saltedContentWithoutASaltIsRefused() {
    byte[] sealed = SealedBlob.seal(Kind.DATASET, key, NONE, new byte[31], random);

    refuses(() -> SaltedContent.open(Kind.DATASET, key, NONE, sealed));
  }

  @Test
  void sealedInputTakesTheManagersHeaderAndTheBlob() {
    Hpke.KeyPair service = Hpke.generate();
    SealedInput.Binding binding = binding(7, 1);
    byte[] sealed =
        SealedInput.seal(
            service.publicKey(), binding, SaltedContent.of(salt, content.clone()), random);

    SecretBytes inputKey =
        SealedInput.openHeader(service.privateKey(), binding, SealedInput.header(sealed));

    try (SaltedContent input = SealedInput.open(inputKey, binding, sealed)) {
      assertThat(input.content()).isEqualTo(content);
      assertThat(input.salt()).isEqualTo(salt);
    }
    refuses(() -> SealedInput.open(inputKey, binding(8, 1), sealed));
    refuses(() -> SealedInput.header(new byte[79]));
  }

  @Test
  void anotherUsersSealedInputIsRefused() {
    Hpke.KeyPair service = Hpke.generate();
    byte[] header =
        SealedInput.header(
            SealedInput.seal(
                service.publicKey(),
                binding(7, 1),
                SaltedContent.of(salt, content.clone()),
                random));

    for (SealedInput.Binding other : new SealedInput.Binding[] {binding(8, 1), binding(7, 2)}) {
      assertThatThrownBy(() -> SealedInput.openHeader(service.privateKey(), other, header))
          .isInstanceOfSatisfying(
              TeexException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.SEALED_INPUT_REFUSED));
    }
  }

  @Test
  void bindingIsWhatTheDesignSays() {
    SealedInput.Binding binding =
        new SealedInput.Binding(
            new Domain(31337, Address.ZERO),
            new ServiceId(BigInteger.ONE.shiftLeft(255)),
            3,
            user(7),
            salt);

    assertThat(Bytes.of(binding.encode()).toHex())
        .isEqualTo(
            "0000000000007a69"
                + "00".repeat(20)
                + "80"
                + "00".repeat(31)
                + "00000003"
                + user(7).value().toHex()
                + salt.value().toHex());
  }

  @Test
  void paddedOutputsOfDifferentSizesLookAlike() {
    TaskOutput.Binding binding = new TaskOutput.Binding(new TaskId(salt), 1);

    byte[] sealedShort = TaskOutput.seal(key, binding, salt, new byte[] {1}, 1024, random);
    byte[] sealedLong = TaskOutput.seal(key, binding, salt, new byte[984], 1024, random);
    byte[] sealedLonger = TaskOutput.seal(key, binding, salt, new byte[985], 1024, random);

    assertThat(sealedShort).hasSize(1024 + SealedBlob.OVERHEAD_BYTES);
    assertThat(sealedLong).hasSameSizeAs(sealedShort);
    assertThat(sealedLonger).hasSize(2048 + SealedBlob.OVERHEAD_BYTES);
    assertThat(TaskOutput.open(key, binding, sealedShort).content()).containsExactly(1);
    assertThat(TaskOutput.open(key, binding, sealedLonger).content()).hasSize(985);
  }

  @Test
  void outputBelongsToOneAttemptOfOneTask() {
    TaskOutput.Binding binding = new TaskOutput.Binding(new TaskId(salt), 1);
    TaskOutput.Binding other = new TaskOutput.Binding(new TaskId(salt), 2);
    Hpke.KeyPair user = Hpke.generate();
    byte[] sealed = TaskOutput.seal(key, binding, salt, content, 0, random);
    byte[] sealedKey = TaskOutput.sealKey(user.publicKey(), binding, key);

    SecretBytes opened = TaskOutput.openKey(user.privateKey(), binding, sealedKey);

    assertThat(TaskOutput.open(opened, binding, sealed).content()).isEqualTo(content);
    refuses(() -> TaskOutput.open(key, other, sealed));
    refuses(() -> TaskOutput.openKey(user.privateKey(), other, sealedKey));
    refuses(() -> TaskOutput.openKey(Hpke.generate().privateKey(), binding, sealedKey));
  }

  @Test
  void outputThatLiesAboutItsLengthIsRefused() {
    TaskOutput.Binding binding = new TaskOutput.Binding(new TaskId(salt), 1);
    for (long length : new long[] {-1, 1, Long.MAX_VALUE}) {
      byte[] plaintext = ByteBuffer.allocate(40).put(salt.copy()).putLong(length).array();
      byte[] sealed = SealedBlob.seal(Kind.OUTPUT, key, binding.encode(), plaintext, random);

      refuses(() -> TaskOutput.open(key, binding, sealed));
    }
  }

  private SealedInput.Binding binding(int user, int version) {
    return new SealedInput.Binding(
        new Domain(31337, Address.ZERO),
        new ServiceId(BigInteger.TEN),
        version,
        user(user),
        Commitment.input(salt, content));
  }

  private static Address user(int number) {
    byte[] value = new byte[20];
    Arrays.fill(value, (byte) number);
    return new Address(Bytes.of(value));
  }

  private static void refuses(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_TAMPERED));
  }
}
