package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.net.URI;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A program that keeps the key of an account, and is asked over JSON-RPC to sign with it. */
final class ExternalSigner implements AutoCloseable {
  /** A person may have to look at what is signed. */
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private final JsonRpc rpc;
  private final Address account;

  ExternalSigner(URI endpoint, Address account) {
    this.rpc = new JsonRpc(endpoint, "the signer", TIMEOUT);
    this.account = account;
  }

  Address account() {
    return account;
  }

  /**
   * @param what for messages: "a transaction"
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if it does not answer, {@code
   *     PERMISSION_DENIED} if it refuses
   */
  JsonNode ask(String what, String method, Object... params) {
    try {
      return rpc.call(method, params);
    } catch (RateLimited e) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE, "%s: try again later".formatted(e.getMessage()), e);
    } catch (RpcException e) {
      throw new TeexException(
          ErrorCode.PERMISSION_DENIED,
          "the signer at %s does not sign for %s, asked for %s: %s"
              .formatted(rpc.shown(), account, what, e.getMessage()),
          e);
    }
  }

  /** What it answered is not what it was asked for. */
  TeexException wrong(String what, String why) {
    return new TeexException(
        ErrorCode.SIGNATURE_INVALID,
        "the signer at %s was asked to sign %s of %s: %s; nothing was sent"
            .formatted(rpc.shown(), what, account, why));
  }

  @Override
  public void close() {
    rpc.close();
  }
}
