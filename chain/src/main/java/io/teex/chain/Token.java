package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Signature;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TypedData;
import java.math.BigInteger;

/** The settlement token: an ERC-20 with EIP-2612 permits. */
public final class Token extends Contract {
  private record OfAccount(Address account) {}

  private record Grant(Address spender, BigInteger amount) {}

  private record Movement(Address to, BigInteger amount) {}

  private record Between(Address owner, Address spender) {}

  public Token(ChainReader chain, Addresses addresses) {
    super(chain, addresses.token());
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
    // The record's name is the struct's in EIP-2612.
    record Permit(
        Address owner, Address spender, BigInteger value, BigInteger nonce, BigInteger deadline) {}

    BigInteger until = BigInteger.valueOf(deadline);
    BigInteger nonce = number(TypedData.encodeCall("nonces", new OfAccount(owner.address())));
    Bytes32 separator = values(HashValue.class, TypedData.encodeCall("DOMAIN_SEPARATOR")).value();
    Signature signature =
        owner.sign(
            TypedData.hash(
                separator, new Permit(owner.address(), spender, amount.value(), nonce, until)));
    return new io.teex.chain.Permit(
        until,
        signature.v(),
        new Bytes32(signature.bytes().slice(0, 32)),
        new Bytes32(signature.bytes().slice(32, 64)));
  }
}
