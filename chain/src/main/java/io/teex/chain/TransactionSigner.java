package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.SigningKey;
import java.net.URI;

/** Who signs the transactions of one account. The key itself is never shown. */
public abstract sealed class TransactionSigner implements AutoCloseable {
  TransactionSigner() {}

  /** A key that is in this process. */
  public static TransactionSigner of(SigningKey key) {
    return new Local(key);
  }

  /**
   * A signer of its own, such as Web3Signer, that is asked over JSON-RPC ({@code
   * eth_signTransaction}). What it answers is checked: it has to be the transaction that was asked
   * for, signed by the account.
   */
  public static TransactionSigner remote(URI endpoint, Address account) {
    return new RemoteSigner(new RpcPool(ChainEndpoints.of(endpoint)), account);
  }

  public abstract Address address();

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
    Transaction.Raw sign(Transaction transaction) {
      return transaction.sign(key);
    }
  }

  /** See {@link #remote}. */
  static final class RemoteSigner extends TransactionSigner {
    private final RpcPool rpc;
    private final Address account;

    private RemoteSigner(RpcPool rpc, Address account) {
      this.rpc = rpc;
      this.account = account;
    }

    @Override
    public Address address() {
      return account;
    }

    @Override
    public void close() {
      rpc.close();
    }

    @Override
    Transaction.Raw sign(Transaction transaction) {
      return SignedElsewhere.ask(rpc, account, transaction);
    }
  }
}
