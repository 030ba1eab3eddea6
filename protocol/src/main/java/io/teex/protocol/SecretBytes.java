package io.teex.protocol;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.security.auth.Destroyable;

/**
 * Bytes that must not be seen: a key, a seed, a plaintext. It never prints them, has no value
 * equality, and {@link #expose()} and {@link #exposeTo} are the only ways to them, so that every
 * use can be found by searching for it. {@link #destroy()} overwrites this copy; copies made by
 * {@code expose} are their callers' to clear.
 */
public final class SecretBytes implements Destroyable, AutoCloseable {
  private final byte[] value;
  private volatile boolean destroyed;

  private SecretBytes(byte[] value) {
    this.value = value;
  }

  public static SecretBytes copyOf(byte[] value) {
    return new SecretBytes(value.clone());
  }

  /**
   * @param random cryptographically strong outside of tests
   */
  public static SecretBytes random(RandomGenerator random, int size) {
    byte[] value = new byte[size];
    random.nextBytes(value);
    return new SecretBytes(value);
  }

  /** Takes ownership of an array that nobody else holds or will use. */
  public static SecretBytes owned(byte[] value) {
    return new SecretBytes(value);
  }

  /**
   * A fresh copy of the secret.
   *
   * @throws IllegalStateException after {@link #destroy()}
   */
  public byte[] expose() {
    if (destroyed) {
      throw new IllegalStateException("the secret was destroyed");
    }
    return value.clone();
  }

  /** Whoever is lent the bytes themselves: it may neither change nor keep the array. */
  @FunctionalInterface
  public interface Borrower<E extends Exception> {
    void accept(byte[] secret) throws E;
  }

  /**
   * Lends the bytes without a copy, for large ones that are only passed on.
   *
   * @throws IllegalStateException after {@link #destroy()}
   */
  public <E extends Exception> void exposeTo(Borrower<E> borrower) throws E {
    if (destroyed) {
      throw new IllegalStateException("the secret was destroyed");
    }
    borrower.accept(value);
  }

  public int size() {
    return value.length;
  }

  /** Compares in a time that depends on the sizes only. */
  public boolean sameAs(SecretBytes other) {
    return MessageDigest.isEqual(value, other.value);
  }

  @Override
  public void destroy() {
    destroyed = true;
    Arrays.fill(value, (byte) 0);
  }

  @Override
  public boolean isDestroyed() {
    return destroyed;
  }

  @Override
  public void close() {
    destroy();
  }

  @Override
  public String toString() {
    return "SecretBytes[%d bytes, redacted]".formatted(value.length);
  }
}
