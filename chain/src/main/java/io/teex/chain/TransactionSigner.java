package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.Signature;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningDomain;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.net.URI;
import java.util.Optional;

/** Who signs an account's transactions, and typed data in its name. The key is never shown. */
public abstract sealed class TransactionSigner implements AutoCloseable {
  TransactionSigner() {}

  /** A key that is in this process. */
  public static TransactionSigner of(SigningKey key) {
    return new Local(key);
  }

  /**
   * A signer of its own, such as Web3Signer, that is asked over JSON-RPC: {@code
   * eth_signTransaction} for transactions, {@code eth_signTypedData_v4} for all else. What it
   * answers is checked: it has to be what was asked for, signed by the account.
   */
  public static TransactionSigner remote(URI endpoint, Address account) {
    return new RemoteSigner(new ExternalSigner(endpoint, account));
  }

  public abstract Address address();

  /** The key, if it is in this process. */
  public abstract Optional<SigningKey> key();

  /**
   * Signs typed data for a contract.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if a signer of its own does not answer; {@code
   *     PERMISSION_DENIED} if it refuses; {@code SIGNATURE_INVALID} if it signed something else
   */
  public abstract Signature sign(SigningDomain domain, Record value);

  /**
   * Signs a value for one deployment.
   *
   * @throws TeexException as {@link #sign(SigningDomain, Record)}
   */
  public <T extends Record> Signed<T> sign(Domain domain, T value) {
    return new Signed<>(value, sign(domain.named(), value));
  }

  @Override
  public void close() {}

  abstract Transaction.Raw sign(Transaction transaction);

  private static final class Local extends TransactionSigner {
    private final SigningKey key;

    Local(SigningKey key) {
      this.key = key;
    }

    @Override
    public Address address() {
      return key.address();
    }

    @Override
    public Optional<SigningKey> key() {
      return Optional.of(key);
    }

    @Override
    public Signature sign(SigningDomain domain, Record value) {
      return key.sign(TypedData.hash(domain.separator(), value));
    }

    @Override
    Transaction.Raw sign(Transaction transaction) {
      return transaction.sign(key);
    }
  }

  /** See {@link #remote}. */
  static final class RemoteSigner extends TransactionSigner {
    private final ExternalSigner signer;

    private RemoteSigner(ExternalSigner signer) {
      this.signer = signer;
    }

    @Override
    public Address address() {
      return signer.account();
    }

    @Override
    public Optional<SigningKey> key() {
      return Optional.empty();
    }

    @Override
    public void close() {
      signer.close();
    }

    @Override
    public Signature sign(SigningDomain domain, Record value) {
      return TypedElsewhere.ask(signer, domain, value);
    }

    @Override
    Transaction.Raw sign(Transaction transaction) {
      return SignedElsewhere.ask(signer, transaction);
    }
  }
}
