package io.teex.protocol;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * One request sealed to a public key, and its answer sealed back to whoever sealed the request, so
 * that both may travel through others: the shape of Oblivious HTTP.
 *
 * <pre>
 * request = HPKE(info = "TEEX sealed call 1", aad = path): encapsulated key (32 bytes) ‖ ciphertext
 * secret  = HPKE export("TEEX sealed answer 1"), 32 bytes
 * prk     = HKDF-Extract(salt = encapsulated key ‖ nonce, secret), nonce = 32 random bytes
 * key     = HKDF-Expand(prk, "key"), 32 bytes
 * iv      = HKDF-Expand(prk, "nonce"), 12 bytes
 * answer  = nonce ‖ AES-256-GCM(key, iv, aad = nothing, plaintext)
 * </pre>
 *
 * <p>Only the holder of the private key reads the request, and only it and the sender read the
 * answer, which answers this request and no other. It does not say who asked, it does not keep
 * others from sending the same request again, and whoever gets the private key later opens what was
 * recorded.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9458#section-4">RFC 9458, section 4</a>
 */
public final class SealedCall {
  /** Bytes by which a sealed request is longer than the request. */
  public static final int REQUEST_OVERHEAD_BYTES = Hpke.OVERHEAD_BYTES;

  private static final int NONCE_BYTES = 32;
  private static final int IV_BYTES = 12;
  private static final int TAG_BYTES = 16;

  /** Bytes by which a sealed answer is longer than the answer. */
  public static final int ANSWER_OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;

  private static final byte[] INFO = ascii("TEEX sealed call 1");
  private static final byte[] EXPORT = ascii("TEEX sealed answer 1");

  private final Bytes encapsulation;
  private final SecretBytes secret;

  private SealedCall(Bytes request, SecretBytes secret) {
    this.encapsulation = request.slice(0, Bytes32.SIZE);
    this.secret = secret;
  }

  /** A request on its way: the sender's side. */
  public static final class Asked implements AutoCloseable {
    private final Bytes request;
    private final SealedCall call;

    private Asked(Hpke.Sealed sealed) {
      request = sealed.message();
      call = new SealedCall(request, sealed.exported());
    }

    /** What to send. */
    public Bytes request() {
      return request;
    }

    /**
     * Opens the answer.
     *
     * @throws TeexException {@code BLOB_TAMPERED} if it was changed, or answers another request
     */
    public SecretBytes open(Bytes answer) {
      return call.openAnswer(answer);
    }

    @Override
    public void close() {
      call.secret.destroy();
    }
  }

  /** A request that came: the receiver's side. */
  public static final class Received implements AutoCloseable {
    private final SecretBytes request;
    private final SealedCall call;

    private Received(Bytes sealed, Hpke.Opened opened) {
      request = opened.message();
      call = new SealedCall(sealed, opened.exported());
    }

    /** What was asked; destroyed with this. */
    public SecretBytes request() {
      return request;
    }

    /**
     * Seals an answer for whoever sealed the request.
     *
     * @param random cryptographically strong outside of tests
     */
    public Bytes answer(SecretBytes answer, RandomGenerator random) {
      return call.sealAnswer(answer, random);
    }

    @Override
    public void close() {
      request.destroy();
      call.secret.destroy();
    }
  }

  /**
   * Seals a request.
   *
   * @param publicKey of whom it is for, as evidence binds it
   * @param path of the method, ASCII: the request opens under no other
   * @param random cryptographically strong outside of tests
   * @throws TeexException {@code MALFORMED} if the public key is a point of small order
   */
  public static Asked ask(
      Bytes32 publicKey, String path, SecretBytes request, RandomGenerator random) {
    return ask(publicKey, path, request, Hpke.KeyPair.generate(random));
  }

  static Asked ask(Bytes32 publicKey, String path, SecretBytes request, Hpke.KeyPair ephemeral) {
    return new Asked(Hpke.sealAndExport(publicKey, INFO, ascii(path), request, ephemeral, EXPORT));
  }

  /**
   * Opens a request.
   *
   * @throws TeexException {@code BLOB_TAMPERED} if it was changed, or sealed to another key or for
   *     another path
   */
  public static Received receive(Hpke.KeyPair keys, String path, Bytes sealed) {
    return new Received(sealed, Hpke.openAndExport(keys, INFO, ascii(path), sealed, EXPORT));
  }

  private Bytes sealAnswer(SecretBytes answer, RandomGenerator random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed = Arrays.copyOf(nonce, ANSWER_OVERHEAD_BYTES + answer.size());
    answer.exposeTo(plain -> {
      try {
        cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(plain, 0, plain.length, sealed, NONCE_BYTES);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has AES-256-GCM", e);
      }
    });
    return Bytes.owned(sealed);
  }

  private SecretBytes openAnswer(Bytes answer) {
    if (answer.size() < ANSWER_OVERHEAD_BYTES) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "a sealed answer of %d bytes, expected at least %d"
              .formatted(answer.size(), ANSWER_OVERHEAD_BYTES));
    }
    byte[] sealed = answer.copy();
    try {
      return SecretBytes.owned(
          cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_BYTES))
              .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES));
    } catch (AEADBadTagException e) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "the sealed answer does not open: changed, or to another request; ask again",
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  /** Keyed for one answer: another one has another nonce, and so another key. */
  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    byte[] salt = Bytes.concat(encapsulation, Bytes.owned(nonce)).copy();
    byte[] exposed = secret.expose();
    try {
      KDF hkdf = KDF.getInstance("HKDF-SHA256");
      HKDFParameterSpec.Builder extract =
          HKDFParameterSpec.ofExtract().addSalt(salt).addIKM(exposed);
      SecretKey key = hkdf.deriveKey("AES", extract.thenExpand(ascii("key"), Bytes32.SIZE));
      byte[] iv = hkdf.deriveData(extract.thenExpand(ascii("nonce"), IV_BYTES));
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, iv));
      return cipher;
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
