package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Signature;
import io.teex.protocol.SigningDomain;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.math.BigInteger;
import java.util.Optional;

/** The settlement token: an ERC-20 with EIP-2612 permits. */
public final class Token extends Contract {
  private record OfAccount(Address account) {}

  private record Grant(Address spender, BigInteger amount) {}

  private record Movement(Address to, BigInteger amount) {}

  private record Between(Address owner, Address spender) {}

  private record TextValue(String value) {}

  private final long chainId;

  public Token(ChainReader chain, Addresses addresses) {
    super(chain, addresses.token());
    this.chainId = addresses.chainId();
  }

  public Amount balanceOf(Address account) {
    return new Amount(number(TypedData.encodeCall("balanceOf", new OfAccount(account))));
  }

  /** What {@code spender} may still take of the owner's tokens; up to 2²⁵⁶−1. */
  public BigInteger allowance(Address owner, Address spender) {
    return number(TypedData.encodeCall("allowance", new Between(owner, spender)));
  }

  public Mined approve(TransactionSender owner, Address spender, Amount amount) {
    return send(
        owner,
        "approving " + spender,
        TypedData.encodeCall("approve", new Grant(spender, amount.value())));
  }

  public Mined transfer(TransactionSender owner, Address to, Amount amount) {
    return send(
        owner,
        "transferring tokens to " + to,
        TypedData.encodeCall("transfer", new Movement(to, amount.value())));
  }

  /** The development token's owner only. */
  public Mined mint(TransactionSender governance, Address account, Amount amount) {
    return send(
        governance,
        "minting for " + account,
        TypedData.encodeCall("mint", new Movement(account, amount.value())));
  }

  /**
   * Signs leave for {@code spender} to take {@code amount}, which costs no transaction.
   *
   * @param deadline seconds since the epoch
   */
  public io.teex.chain.Permit permit(
      SigningKey owner, Address spender, Amount amount, long deadline) {
    Bytes32 separator = values(HashValue.class, TypedData.encodeCall("DOMAIN_SEPARATOR")).value();
    Record leave = leave(owner.address(), spender, amount, deadline);
    return permit(deadline, owner.sign(TypedData.hash(separator, leave)));
  }

  /**
   * The same, whoever signs.
   *
   * @return empty if a signer of its own would have to be told the domain of the token, and the
   *     token does not tell it: then {@link #approve} does what a permit would
   */
  public Optional<io.teex.chain.Permit> permit(
      TransactionSigner owner, Address spender, Amount amount, long deadline) {
    return owner
        .key()
        .map(key -> permit(key, spender, amount, deadline))
        .or(() ->
            domain()
                .map(domain ->
                    permit(
                        deadline,
                        owner.sign(domain, leave(owner.address(), spender, amount, deadline)))));
  }

  private Record leave(Address account, Address receiver, Amount amount, long until) {
    // The record's name and its components are the struct's in EIP-2612.
    record Permit(
        Address owner, Address spender, BigInteger value, BigInteger nonce, BigInteger deadline) {}

    BigInteger nonce = number(TypedData.encodeCall("nonces", new OfAccount(account)));
    return new Permit(account, receiver, amount.value(), nonce, BigInteger.valueOf(until));
  }

  private static io.teex.chain.Permit permit(long deadline, Signature signature) {
    return new io.teex.chain.Permit(
        BigInteger.valueOf(deadline),
        signature.v(),
        new Bytes32(signature.bytes().slice(0, 32)),
        new Bytes32(signature.bytes().slice(32, 64)));
  }

  /**
   * The domain whose separator the token has. A signer that shows a person what it signs is told
   * the domain itself, which no separator tells.
   */
  private Optional<SigningDomain> domain() {
    Optional<Bytes32> separator = answer(HashValue.class, "DOMAIN_SEPARATOR").map(HashValue::value);
    Optional<String> name = answer(TextValue.class, "name").map(TextValue::value);
    if (separator.isEmpty() || name.isEmpty()) {
      return Optional.empty();
    }
    // Tokens that do not say their version have the first.
    String version = answer(TextValue.class, "version").map(TextValue::value).orElse("1");
    return Optional.of(new SigningDomain(name.get(), version, chainId, address()))
        .filter(domain -> domain.separator().equals(separator.get()));
  }

  /** Empty if the token has no such function. */
  private <T extends Record> Optional<T> answer(Class<T> type, String function) {
    try {
      return Optional.of(values(type, TypedData.encodeCall(function)));
    } catch (TeexException e) {
      // It reverted, or returned something else; a node that does not answer says nothing about it.
      if (e.getCause() instanceof RpcException || e.getCause() instanceof TeexException) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
