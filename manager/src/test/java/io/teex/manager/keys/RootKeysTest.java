package io.teex.manager.keys;

import static io.teex.manager.testing.Codes.refuses;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.manager.keys.KeyWrap.Kind;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TaskId;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RootKeysTest {
  private static final byte[] ROOT = new byte[32];

  static {
    Arrays.fill(ROOT, (byte) 7);
  }

  private final RootKeys keys = new RootKeys(SecretBytes.copyOf(ROOT));
  private final TaskId task = new TaskId(Bytes32.ZERO);

  @Test
  void sameRootMakesTheSameKeys() {
    RootKeys again = new RootKeys(SecretBytes.copyOf(ROOT));

    assertThat(again.signer().address()).isEqualTo(keys.signer().address());
    assertThat(again.seed(task).sameAs(keys.seed(task))).isTrue();
    assertThat(again.platformTag(Bytes.of((byte) 1)))
        .isEqualTo(keys.platformTag(Bytes.of((byte) 1)));
    assertThat(again.storeKey("main", 1).sameAs(keys.storeKey("main", 1))).isTrue();
  }

  @Test
  void everyKeyIsItsOwn() {
    List<SecretBytes> all =
        List.of(
            keys.signer().secret(),
            keys.seed(task),
            keys.storeKey("main", 1),
            keys.storeKey("main", 2),
            keys.storeKey("other", 1),
            keys.wrappingKey("IMAGE"),
            keys.wrappingKey("DATASET"),
            new RootKeys(SecretBytes.copyOf(new byte[32])).storeKey("main", 1));
    Set<String> distinct = new HashSet<>();
    all.forEach(key -> distinct.add(HexFormat.of().formatHex(key.expose())));

    assertThat(distinct).hasSameSizeAs(all);
  }

  /**
   * RFC 5869 by hand, so that a change of derivation cannot go unseen: it would orphan all keys.
   */
  @Test
  void derivesAsRfc5869Says() throws Exception {
    byte[] pseudorandom = hmac(new byte[32], ROOT);
    byte[] expected = hmac(pseudorandom, "TEEX manager 1 store 1 main\u0001".getBytes(US_ASCII));

    assertThat(keys.storeKey("main", 1).expose()).isEqualTo(expected);
  }

  @Test
  void refusesARootOfAnotherSize() {
    assertThatThrownBy(() -> new RootKeys(SecretBytes.copyOf(new byte[31])))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tellsNothingOfItsRoot() {
    assertThat(keys.toString()).doesNotContain("0707");
  }

  @Test
  void wrappedKeyOpensForItsKindIdAndTermsOnly() {
    KeyWrap wrap = new KeyWrap(keys, new SecureRandom());
    SecretBytes key = SecretBytes.copyOf(new byte[] {1, 2, 3});
    Bytes32 id = Bytes32.ZERO;
    Bytes terms = Bytes.of((byte) 4, (byte) 5);
    Bytes wrapped = wrap.wrap(Kind.IMAGE, id, terms, key);

    assertThat(wrap.unwrap(Kind.IMAGE, id, terms, wrapped).sameAs(key)).isTrue();
    corrupt(() -> wrap.unwrap(Kind.DATASET, id, terms, wrapped));
    corrupt(() -> wrap.unwrap(Kind.IMAGE, Bytes32.of(ROOT), terms, wrapped));
    corrupt(() -> wrap.unwrap(Kind.IMAGE, id, Bytes.of((byte) 4), wrapped));
    corrupt(() -> wrap.unwrap(Kind.IMAGE, id, terms, wrapped.slice(0, wrapped.size() - 1)));
    corrupt(() -> wrap.unwrap(Kind.IMAGE, id, terms, Bytes.EMPTY));
    KeyWrap other = new KeyWrap(new RootKeys(SecretBytes.copyOf(new byte[32])), new SecureRandom());
    corrupt(() -> other.unwrap(Kind.IMAGE, id, terms, wrapped));
  }

  private static void corrupt(ThrowingCallable call) {
    refuses(ErrorCode.STORE_CORRUPT, call);
  }

  private static byte[] hmac(byte[] key, byte[] message) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }
}
