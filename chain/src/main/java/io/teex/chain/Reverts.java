package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns revert data into a sentence: the name of the error and the values that the contract gave,
 * then what that means and what to do.
 */
final class Reverts {
  private static final Bytes ERROR_STRING = Bytes.fromHex("08c379a0");
  private static final Bytes PANIC = Bytes.fromHex("4e487b71");
  private static final int WORD = 32;
  private static final BigInteger YEAR_9999 = BigInteger.valueOf(253_000_000_000L);

  private static final Set<String> BOUNDS = Set.of("from", "to");

  /** Parameters of errors that are seconds since the epoch, whichever error it is. */
  private static final Set<String> TIMES =
      Set.of(
          "deadline",
          "expiry",
          "listedAt",
          "notAfter",
          "reclaimableAt",
          "releasableAt",
          "time",
          "until",
          "withdrawableAt");

  private static final Map<Bytes, ContractArtifact.ErrorType> KNOWN = ContractArtifact.ALL_ERRORS;

  private Reverts() {}

  static TeexException rejected(String what, RpcException e) {
    String data = e.data();
    if (data.length() >= 10) {
      return new TeexException(
          ErrorCode.CHAIN_REJECTED, "%s: %s".formatted(what, explain(Hex.data(data))), e);
    }
    return new TeexException(ErrorCode.CHAIN_REJECTED, "%s: %s".formatted(what, e.getMessage()), e);
  }

  /**
   * What a read that failed means: a contract's refusal, or a node that cannot tell (it has
   * forgotten the block, or a reorganisation took it away).
   */
  static TeexException refusedRead(String what, RpcException e) {
    if (e.data().length() >= 10) {
      return rejected(what, e);
    }
    return new TeexException(
        ErrorCode.CHAIN_UNAVAILABLE, "%s: %s".formatted(what, e.getMessage()), e);
  }

  /** Whether the contract refused with a custom error of one of these names. */
  static boolean isOneOf(RpcException e, String... names) {
    return name(e).filter(List.of(names)::contains).isPresent();
  }

  /** The name of the custom error with which the contract refused. */
  static Optional<String> name(RpcException e) {
    if (e.data().length() < 10) {
      return Optional.empty();
    }
    return Optional.ofNullable(KNOWN.get(Hex.data(e.data().substring(0, 10))))
        .map(ContractArtifact.ErrorType::name);
  }

  static String explain(Bytes data) {
    if (data.size() < 4) {
      return "the contract gave no reason";
    }
    Bytes selector = data.slice(0, 4);
    ContractArtifact.ErrorType error = KNOWN.get(selector);
    if (error != null && !error.isStatic()) {
      return error.name() + meaning(error);
    }
    if (error != null && data.size() == 4 + WORD * error.parameters().size()) {
      return custom(error, data) + meaning(error);
    }
    if (selector.equals(PANIC) && data.size() == 4 + WORD) {
      return "the contract panicked (code 0x%x)".formatted(word(data, 0));
    }
    if (selector.equals(ERROR_STRING) && data.size() >= 4 + 2 * WORD) {
      return text(data);
    }
    return "unknown error %s, of another contract such as the token".formatted(selector);
  }

  private static String meaning(ContractArtifact.ErrorType error) {
    return RevertMessages.of(error.name()).map(text -> ": " + text).orElse("");
  }

  private static String custom(ContractArtifact.ErrorType error, Bytes data) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < error.parameters().size(); i++) {
      ContractArtifact.Parameter parameter = error.parameters().get(i);
      values.add("%s %s".formatted(parameter.name(), value(error, parameter, data, i)).strip());
    }
    return error.name() + "(" + String.join(", ", values) + ")";
  }

  private static String value(
      ContractArtifact.ErrorType error,
      ContractArtifact.Parameter parameter,
      Bytes data,
      int index) {
    String type = parameter.type();
    Bytes word = data.slice(4 + WORD * index, 4 + WORD * (index + 1));
    if (type.equals("address")) {
      return new Address(word.slice(12, WORD)).toString();
    }
    if (!type.startsWith("uint")) {
      return word.toString();
    }
    BigInteger number = word(data, index);
    return isTime(error, parameter.name()) && isTime(number)
        ? Instant.ofEpochSecond(number.longValueExact()).toString()
        : number.toString();
  }

  /** What something holds from and to stands beside the time that it is, or until when it was. */
  private static boolean isTime(ContractArtifact.ErrorType error, String name) {
    return TIMES.contains(name)
        || (BOUNDS.contains(name)
            && error.parameters().stream()
                .anyMatch(it -> it.name().equals("time") || it.name().equals("until")));
  }

  /** A lane that was never opened has no expiry, and anybody's order may say anything. */
  private static boolean isTime(BigInteger seconds) {
    return seconds.signum() > 0 && seconds.compareTo(YEAR_9999) < 0;
  }

  private static String text(Bytes data) {
    int length = word(data, 1).min(BigInteger.valueOf(data.size())).intValue();
    int from = 4 + 2 * WORD;
    int to = Math.min(data.size(), from + length);
    return new String(data.slice(from, to).copy(), StandardCharsets.UTF_8);
  }

  private static BigInteger word(Bytes data, int index) {
    return new BigInteger(1, data.slice(4 + WORD * index, 4 + WORD * (index + 1)).copy());
  }
}
